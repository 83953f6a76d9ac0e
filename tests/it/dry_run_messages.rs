//! An online dry run tells how many users PingOne may tell of a new device.

use wavepair::testing::sandbox::{Options, Variant};

use crate::support::rehearsal::{Rehearsal, user};

const ONLINE: [&str; 4] = ["--dry-run", "--online", "--summary", "-"];

/// The policies tell users of each new device, or do not.
fn tenant(variant: Option<Variant>) -> Rehearsal {
    let rehearsal = Rehearsal::with(Options {
        variants: variant.into_iter().collect(),
        ..Options::default()
    });
    rehearsal.pair(&user(1), "WHATSAPP", "+1.5125559991");
    rehearsal.pair(&user(2), "SMS", "+1.5125559992");
    rehearsal.pair(&user(3), "WHATSAPP", "+1.5125550003");
    let row = |who, phone: &str| format!("{},{phone}\n", user(who));
    // The third has that device already, the fourth gets two, and the fifth the first one.
    let wave = "user_id,phone\n".to_owned()
        + &row(1, "+15125550001")
        + &row(2, "+15125550002")
        + &row(3, "+15125550003")
        + &row(4, "+15125550004")
        + &row(4, "+15125550044")
        + &row(5, "+15125550005");
    rehearsal.wave(&wave);
    rehearsal
}

fn told(rehearsal: &Rehearsal, existing: &str) -> (String, serde_json::Value) {
    let flags = [
        &ONLINE[..],
        &["--policy", "default", "--existing", existing],
    ]
    .concat();
    let ended = rehearsal.run(&flags).exits(0);
    let told = ended.summary()["told_of_new_device"].clone();
    (ended.said(), told)
}

#[test]
fn who_has_a_device_or_gets_two_is_counted_where_devices_are_listed() {
    let rehearsal = tenant(Some(Variant::NewDeviceNotification));
    let (said, told) = told(&rehearsal, "skip");
    assert_eq!(told, serde_json::json!({"users": 3, "not_known": 0}));
    for sentence in [
        "PingOne may tell 3 users of a new device (`newDeviceNotification`)",
        "a device that is created as `ACTIVE` is not documented",
    ] {
        assert!(said.contains(sentence), "{said}");
    }
}

#[test]
fn a_report_that_shows_no_device_of_a_user_says_nothing_of_other_types() {
    let rehearsal = tenant(Some(Variant::NewDeviceNotification));
    let (said, told) = told(&rehearsal, "report");
    assert_eq!(told, serde_json::json!({"users": 2, "not_known": 2}));
    for sentence in [
        "PingOne may tell 2 users of a new device",
        "Of 2 users it is not known whether PingOne tells them",
    ] {
        assert!(said.contains(sentence), "{said}");
    }
}

#[test]
fn where_no_policy_tells_anybody_nothing_is_said() {
    let (said, told) = told(&tenant(None), "skip");
    assert_eq!(told, serde_json::Value::Null);
    assert!(!said.contains("newDeviceNotification"), "{said}");
}

#[test]
fn where_nobody_has_a_device_nobody_is_told() {
    let rehearsal = tenant(Some(Variant::NewDeviceNotification));
    rehearsal.wave(&format!("user_id,phone\n{},+15125550005\n", user(5)));
    let (said, told) = told(&rehearsal, "skip");
    assert_eq!(told, serde_json::json!({"users": 0, "not_known": 0}));
    assert!(said.contains("Nobody is told of a new device"), "{said}");
}
