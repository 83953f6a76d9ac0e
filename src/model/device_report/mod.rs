//! PingOne's report of the devices of a whole environment, kept in memory.
//!
//! An environment may have a million devices: each costs 41 bytes here. Who has which phone is
//! personal data: no `Debug` text holds any of it.

use std::fmt;

use aws_lc_rs::digest::{SHA256, digest};

use super::email::EmailAddress;
use super::ids::{DeviceId, UserId};
use super::request::{Address, DeviceKey, DeviceStatus, DeviceType};

/// Where a device of the report sends its passcodes, in a form that is compared and never shown.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct ReportedAddress(u64);

impl fmt::Debug for ReportedAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ReportedAddress")
    }
}

impl ReportedAddress {
    /// It is masked, missing, or can be read in more than one way: it may be any.
    pub const UNCLEAR: Self = Self(0);
    /// No number in E.164 is that long, and no address has this digest but by chance.
    pub const OTHER: Self = Self(u64::MAX);

    /// Whether it may be any.
    pub fn is_unclear(self) -> bool {
        self == Self::UNCLEAR
    }

    /// A phone of these digits, country code first.
    pub fn of_digits(digits: &str) -> Self {
        // A country code never begins with 0, and one that did would be lost in the number.
        match digits.parse() {
            Ok(number) if !digits.starts_with('0') => Self(number),
            Ok(_) | Err(_) => Self::OTHER,
        }
    }

    /// A mailbox.
    pub fn of_mailbox(email: &EmailAddress) -> Self {
        let sum = digest(&SHA256, email.key().as_bytes());
        let first = sum.as_ref().first_chunk().copied().unwrap_or_default();
        Self(u64::from_be_bytes(first).clamp(1, u64::MAX - 1))
    }

    /// The address of a row.
    pub fn of(address: &Address) -> Self {
        match address {
            Address::Phone(phone) => Self::of_digits(&phone.digits()),
            Address::Email(email) => Self::of_mailbox(email),
        }
    }
}

/// How a device of the report stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ReportedStatus {
    /// `ACTIVE`.
    Active,
    /// `ACTIVATION_REQUIRED`.
    ActivationRequired,
    /// Another word, or none.
    Other,
}

impl ReportedStatus {
    /// The word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            ReportedStatus::Active => DeviceStatus::Active.as_str(),
            ReportedStatus::ActivationRequired => DeviceStatus::ActivationRequired.as_str(),
            ReportedStatus::Other => "OTHER",
        }
    }
}

/// A device, as the report tells of it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct ReportedDevice {
    /// Whose it is.
    pub user: UserId,
    /// Where it sends passcodes.
    pub address: ReportedAddress,
    /// Its ID.
    pub id: DeviceId,
    /// How it stands.
    pub status: ReportedStatus,
}

impl fmt::Debug for ReportedDevice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ReportedDevice")
            .field("id", &self.id)
            .finish_non_exhaustive()
    }
}

/// A device without the space between its parts.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Packed {
    user: [u8; 16],
    address: [u8; 8],
    id: [u8; 16],
    status: ReportedStatus,
}

impl Packed {
    fn of(device: &ReportedDevice) -> Self {
        Self {
            user: *device.user.as_bytes(),
            address: device.address.0.to_be_bytes(),
            id: *device.id.as_bytes(),
            status: device.status,
        }
    }

    fn unpacked(&self) -> ReportedDevice {
        ReportedDevice {
            user: UserId::from_bytes(self.user),
            address: ReportedAddress(u64::from_be_bytes(self.address)),
            id: DeviceId::from_bytes(self.id),
            status: self.status,
        }
    }
}

/// One for each first byte of a user's ID: none of them is ever copied whole with all the others.
const SHELVES: usize = 256;

/// The devices of one type, while they come in.
pub struct Gathered {
    shelves: Vec<Vec<Packed>>,
}

impl fmt::Debug for Gathered {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Gathered")
    }
}

impl Default for Gathered {
    fn default() -> Self {
        Self {
            shelves: vec![Vec::new(); SHELVES],
        }
    }
}

impl Gathered {
    /// Adds a device.
    pub fn add(&mut self, device: &ReportedDevice) {
        let packed = Packed::of(device);
        let place = &mut self.shelves[usize::from(packed.user[0])];
        if place.len() == place.capacity() {
            // Doubled, a shelf would be half empty in the end.
            place.reserve_exact(16 + place.len() / 4);
        }
        place.push(packed);
    }

    /// Puts all in order; what stands on two pages under one ID is one device.
    fn in_order(mut self) -> TypeReport {
        let mut unclear = 0;
        for shelf in &mut self.shelves {
            shelf.sort_unstable();
            shelf.dedup_by_key(|packed| (packed.user, packed.address, packed.id));
            shelf.shrink_to_fit();
            let is_unclear =
                |packed: &&Packed| packed.unpacked().address == ReportedAddress::UNCLEAR;
            unclear += shelf.iter().filter(is_unclear).count();
        }
        TypeReport {
            shelves: self.shelves,
            unclear,
        }
    }
}

/// The devices of one type, by user.
struct TypeReport {
    shelves: Vec<Vec<Packed>>,
    unclear: usize,
}

impl TypeReport {
    fn of_user(&self, user: UserId) -> &[Packed] {
        let whose = user.as_bytes();
        let near = self.shelves.get(usize::from(whose[0]));
        let near = near.map_or(&[][..], Vec::as_slice);
        let from = near.partition_point(|packed| packed.user < *whose);
        let behind = near.partition_point(|packed| packed.user <= *whose);
        near.get(from..behind).unwrap_or_default()
    }
}

/// What the report tells of a device that is looked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reported {
    /// It does not say: devices of this type were not reported, or one of the user's cannot be read,
    /// or it is there more than once. The user's own listing tells.
    Unclear,
    /// It is there.
    There(DeviceId),
    /// It is not there, as far as the report goes: its data may be some minutes old.
    NotThere,
}

/// The devices of an environment, as far as they were reported.
#[derive(Default)]
pub struct DeviceReport {
    types: [Option<TypeReport>; DeviceType::ALL.len()],
}

impl fmt::Debug for DeviceReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DeviceReport")
            .field("devices", &self.devices())
            .finish_non_exhaustive()
    }
}

impl DeviceReport {
    /// Takes in all devices of a type.
    pub fn put(&mut self, kind: DeviceType, gathered: Gathered) {
        self.types[place(kind)] = Some(gathered.in_order());
    }

    /// Whether it tells of devices of this type.
    pub fn covers(&self, kind: DeviceType) -> bool {
        self.types[place(kind)].is_some()
    }

    /// How many devices it holds.
    pub fn devices(&self) -> usize {
        let shelves = self.types.iter().flatten().flat_map(|of| &of.shelves);
        shelves.map(Vec::len).sum()
    }

    /// How many of them have an address that cannot be read.
    pub fn unclear(&self) -> usize {
        self.types.iter().flatten().map(|of| of.unclear).sum()
    }

    /// What it tells of a device.
    pub fn tells(&self, key: &DeviceKey) -> Reported {
        if !self.covers(key.kind) {
            return Reported::Unclear;
        }
        let address = ReportedAddress::of(&key.address);
        let (mut there, mut is_unclear) = (None, false);
        for device in self.of_user(key.user, key.kind) {
            if device.address == address {
                is_unclear |= there.replace(device.id).is_some();
            }
            is_unclear |= device.address == ReportedAddress::UNCLEAR;
        }
        match there {
            _ if is_unclear => Reported::Unclear,
            Some(id) => Reported::There(id),
            None => Reported::NotThere,
        }
    }

    /// A user's devices of a type.
    pub fn of_user(
        &self,
        user: UserId,
        kind: DeviceType,
    ) -> impl Iterator<Item = ReportedDevice> + '_ {
        let of = self.types[place(kind)].as_ref();
        let devices = of.map_or(&[][..], |of| of.of_user(user));
        devices.iter().map(Packed::unpacked)
    }
}

fn place(kind: DeviceType) -> usize {
    match kind {
        DeviceType::WhatsApp => 0,
        DeviceType::Sms => 1,
        DeviceType::Voice => 2,
        DeviceType::Email => 3,
    }
}

#[cfg(test)]
mod tests;
