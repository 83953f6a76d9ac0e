//! What a report tells, and what it costs.

use super::*;
use crate::model::phone::E164;

const KIND: DeviceType = DeviceType::WhatsApp;

fn user(number: u128) -> UserId {
    UserId::from_bytes((number << 64 | 7).to_be_bytes())
}

fn id(number: u128) -> DeviceId {
    DeviceId::from_bytes(number.to_be_bytes())
}

fn device(whose: u128, address: ReportedAddress, number: u128) -> ReportedDevice {
    ReportedDevice {
        user: user(whose),
        address,
        id: id(number),
        status: ReportedStatus::Active,
    }
}

fn report(devices: &[ReportedDevice]) -> DeviceReport {
    let mut gathered = Gathered::default();
    for device in devices {
        gathered.add(device);
    }
    let mut report = DeviceReport::default();
    report.put(KIND, gathered);
    report
}

fn key(whose: u128, kind: DeviceType, digits: &str) -> DeviceKey {
    DeviceKey {
        user: user(whose),
        kind,
        address: Address::Phone(E164::from_digits(digits).unwrap()),
    }
}

#[test]
fn a_device_is_told_by_user_type_and_digits() {
    let ours = ReportedAddress::of_digits("15125551234");
    let other = ReportedAddress::of_digits("15125559999");
    let report = report(&[
        device(3, other, 31),
        device(1, ours, 11),
        device(1, other, 12),
        device(2, ReportedAddress::OTHER, 21),
        device(4, ours, 41),
        device(4, ours, 42),
        device(5, ours, 51),
        device(5, ReportedAddress::UNCLEAR, 52),
        device(6, ours, 61),
        device(6, ours, 61),
    ]);
    for (whose, expected) in [
        (1, Reported::There(id(11))),
        (2, Reported::NotThere),
        (3, Reported::NotThere),
        (4, Reported::Unclear),
        (5, Reported::Unclear),
        (6, Reported::There(id(61))),
        (7, Reported::NotThere),
    ] {
        let told = report.tells(&key(whose, KIND, "15125551234"));
        assert_eq!(told, expected, "{whose}");
    }
    // Nothing was reported of another type.
    let other_type = key(1, DeviceType::Sms, "15125551234");
    assert_eq!(report.tells(&other_type), Reported::Unclear);
    assert_eq!((report.devices(), report.unclear()), (9, 1));
}

#[test]
fn a_mailbox_is_told_in_either_case() {
    let mailbox = |text: &str| text.parse::<EmailAddress>().unwrap();
    let address = ReportedAddress::of_mailbox(&mailbox("Ada@Example.com"));
    let mut gathered = Gathered::default();
    gathered.add(&device(1, address, 11));
    let mut report = DeviceReport::default();
    report.put(DeviceType::Email, gathered);
    let key = |text: &str| DeviceKey {
        user: user(1),
        kind: DeviceType::Email,
        address: Address::Email(mailbox(text)),
    };
    assert_eq!(
        report.tells(&key("ada@example.com")),
        Reported::There(id(11))
    );
    assert_eq!(report.tells(&key("bob@example.com")), Reported::NotThere);
}

#[test]
fn a_number_with_a_zero_in_front_is_nobodys_e164() {
    for digits in ["07911123456", "0", "", "123456789012345678901"] {
        let address = ReportedAddress::of_digits(digits);
        assert!(address == ReportedAddress::OTHER, "{digits}");
    }
}

#[test]
fn a_device_costs_no_more_than_its_parts() {
    assert_eq!(size_of::<Packed>(), 41);
    let mut gathered = Gathered::default();
    for number in 0..20_000u128 {
        let whose = number.wrapping_mul(0x9E37_79B9_7F4A_7C15) & u128::from(u64::MAX);
        gathered.add(&device(whose, ReportedAddress::OTHER, number));
    }
    let room: usize = gathered.shelves.iter().map(Vec::capacity).sum();
    assert!(room < 20_000 * 3 / 2, "{room}");
}

#[test]
fn nothing_personal_is_in_a_debug_text() {
    let one = device(1, ReportedAddress::of_digits("15125551234"), 11);
    let report = report(&[one]);
    for text in [format!("{one:?}"), format!("{report:?}")] {
        assert!(!text.contains("15125551234"), "{text}");
    }
}
