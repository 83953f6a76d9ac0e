//! What `resolve` is told.

use std::path::PathBuf;

use super::files;
use super::pace::Pace;
use super::sources::Sources;
use super::tenant::{GivenTenant, Problems, Tenant};
use super::which_ledger::WhichLedger;
use super::zone::check_zone;
use super::{Error, table};
use crate::clock::Now;
use crate::ledger::Binding;
use crate::model::ids::UserId;
use crate::model::phone::E164;
use crate::model::request::{Address, DeviceKey, DeviceType};
use crate::model::resolution::Claim;
use crate::model::row::RowNumber;
use crate::model::who::Who;

/// What `resolve` is told.
#[derive(Debug)]
pub enum Resolve {
    /// To list what needs a person.
    List {
        /// The ledger.
        ledger: PathBuf,
        /// What the ledger is bound to, where the settings say so.
        binding: Option<Binding>,
    },
    /// To write down what a person decides.
    Decide(Box<Decide>),
}

/// What a person decides.
#[derive(Debug)]
pub struct Decide {
    /// The device.
    pub(crate) device: Named,
    /// What is said of it.
    pub(crate) claim: Claim,
    /// Why.
    pub(crate) note: String,
    /// Whether it holds though PingOne lists it otherwise.
    pub(crate) overrides: bool,
    /// Whom to ask.
    pub(crate) tenant: Box<Tenant>,
    /// The ledger.
    pub(crate) ledger: PathBuf,
    /// How long to wait for an answer.
    pub(crate) pace: Pace,
}

/// A device, as somebody names it. A phone in it is masked where it is shown for debugging.
#[derive(Debug)]
pub(crate) enum Named {
    /// The one that a row asks for.
    Row(PathBuf, RowNumber),
    /// This one.
    Key(DeviceKey),
}

impl Resolve {
    /// Resolves what was typed; to list, no credential is looked at.
    ///
    /// # Errors
    ///
    /// A value that a setting cannot have, or something that is needed and missing.
    pub fn read(sources: &Sources<'_>, now: &Now) -> Result<Self, Error> {
        use table::resolve::{EVEN_IF_LISTED_OTHERWISE, IS, IS_ABSENT, NOTE};
        check_zone(sources.env, now)?;
        let named = named(sources)?;
        let device = sources.find(&IS)?;
        let claim = device.map(Claim::Is);
        let claim = claim.or_else(|| sources.is_on(&IS_ABSENT).then_some(Claim::Absent));
        let note = sources.find(&NOTE)?;
        let note = note.filter(|note| !note.trim().is_empty());
        let tenant = GivenTenant::read(sources);
        tenant.check()?;
        let Some(device) = named else {
            if claim.is_some() || note.is_some() {
                return Err(incomplete("nothing says which device is meant"));
            }
            let (ledger, binding) = WhichLedger::needed(sources)?;
            return Ok(Self::List { ledger, binding });
        };
        let claim = claim.ok_or_else(|| incomplete("nothing says what is decided"))?;
        let note = note.ok_or_else(|| incomplete("nothing says why"))?;
        let tenant = tenant.into_tenant(sources).map_err(Problems::into_error)?;
        Ok(Self::Decide(Box::new(Decide {
            device,
            claim,
            note,
            overrides: sources.is_on(&EVEN_IF_LISTED_OTHERWISE),
            ledger: files::ledger(sources, tenant.environment)?,
            tenant: Box::new(tenant),
            pace: Pace::resolve(sources)?,
        })))
    }
}

fn incomplete(what: &str) -> Error {
    Error::new(what).hint(
        "`wavepair resolve USER TYPE ADDRESS --is-absent --note TEXT`, or `--is DEVICE_ID`; a row such \
         as `wave.csv:17` names all three; without any word the devices that need a person are listed",
    )
}

/// Which device is meant, where one is. What was typed may be a phone, so no error repeats it.
fn named(sources: &Sources<'_>) -> Result<Option<Named>, Error> {
    use table::resolve::{ADDRESS, TYPE, USER};
    let who = sources.find(&USER)?;
    let (kind, address) = (sources.find(&TYPE)?, sources.find(&ADDRESS)?);
    match (who, kind, address) {
        (None, _, _) => Ok(None),
        (Some(Who::Row(wave, row)), None, None) => Ok(Some(Named::Row(wave, row))),
        (Some(Who::Id(user)), Some(kind), Some(address)) => {
            let wrong = || {
                Error::new(format!("the address is none of a device of type {kind}"))
                    .hint("write a phone with its country code, such as +15125551234; a mailbox for EMAIL")
            };
            Ok(Some(Named::Key(DeviceKey {
                user: UserId::from_uuid(user),
                kind,
                address: address_of(kind, &address).ok_or_else(wrong)?,
            })))
        }
        (Some(_), _, _) => Err(incomplete("that names no device")),
    }
}

fn address_of(kind: DeviceType, text: &str) -> Option<Address> {
    match kind {
        DeviceType::Email => text.parse().ok().map(Address::Email),
        DeviceType::WhatsApp | DeviceType::Sms | DeviceType::Voice => {
            let (phone, _) = E164::parse(text).ok()?;
            Some(Address::Phone(phone))
        }
    }
}
