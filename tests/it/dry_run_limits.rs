//! An online dry run tells which rows a run could not create, or would create in vain.

use wavepair::testing::sandbox::{Kind, Options, Policies, SMS_ONLY_POLICY, Variant, WAVE_POLICY};

use crate::support::rehearsal::{Rehearsal, user};
use crate::support::texts::column;

const ONLINE: [&str; 2] = ["--dry-run", "--online"];

fn told(rehearsal: &Rehearsal, name: &str) -> Vec<String> {
    let rows = rehearsal.results("wave.dry-run.csv");
    column(&rows, name)
        .iter()
        .map(ToString::to_string)
        .collect()
}

/// Two devices are allowed. User 1 has two, of which one is waiting, and user 2 has two.
fn with_devices() -> Rehearsal {
    let rehearsal = Rehearsal::with(Options {
        max_devices: 2,
        ..Options::default()
    });
    rehearsal.pair(&user(1), "SMS", "+1.5125559991");
    rehearsal.pair(&user(2), "SMS", "+1.5125559992");
    rehearsal.pair(&user(2), "WHATSAPP", "+1.5125550002");
    let waiting = format!(
        r#"{{"type": "SMS", "phone": "+1.5125559993", "status": "ACTIVATION_REQUIRED",
            "policy": {{"id": "{WAVE_POLICY}"}}}}"#
    );
    let path = format!("/users/{}/devices", user(1));
    assert_eq!(rehearsal.ask("POST", &path, &waiting).status, 201);
    rehearsal
}

#[test]
fn a_user_has_room_for_as_many_devices_as_a_run_then_creates() {
    let rehearsal = with_devices();
    let row =
        |who, phone: &str, status: &str| format!("{},{phone},{WAVE_POLICY},{status}\n", user(who));
    let wave = "user_id,phone,policy_id,status\n".to_owned()
        + &row(1, "+15125550001", "")
        + &row(1, "+15125550011", "")
        + &row(2, "+15125550002", "")
        + &row(2, "+15125550022", "")
        + &row(2, "+15125550222", "ACTIVATION_REQUIRED")
        + &row(3, "+15125550003", "")
        + &row(3, "+15125550033", "")
        + &row(3, "+15125550333", "");
    rehearsal.wave(&wave).run(&ONLINE).exits(3);
    let expected = [
        "ready", "rejected", "existing", "rejected", "ready", "ready", "ready", "rejected",
    ];
    assert_eq!(told(&rehearsal, "outcome"), expected);
    for (code, outcome) in told(&rehearsal, "code").iter().zip(expected) {
        let limit = if outcome == "rejected" {
            "device_limit"
        } else {
            ""
        };
        assert_eq!(code, limit);
    }
    let messages = told(&rehearsal, "message");
    for (row, said) in [
        (
            1,
            "the user has 2 devices, 1 of them by rows above, and PingOne allows 2; ",
        ),
        (3, "the user has 2 devices, and PingOne allows 2; "),
    ] {
        assert!(messages[row].starts_with(said), "{messages:?}");
    }
    // A run meets just that.
    let run = rehearsal.run(&["--yes"]).exits(3);
    let created = expected.map(|outcome| {
        if outcome == "ready" {
            "created"
        } else {
            outcome
        }
    });
    assert_eq!(run.outcomes(), created);
}

#[test]
fn a_message_to_a_country_that_the_message_policy_denies_is_warned_of() {
    let rehearsal = Rehearsal::with(Options {
        policies: Policies::Known,
        ..Options::default()
    });
    let row = |who, phone: &str, kind: &str, policy: &str| {
        format!("{},{phone},{policy},{kind}\n", user(who))
    };
    // The policy `SMS only` keeps to the United States and Canada.
    let wave = "user_id,phone,policy_id,type\n".to_owned()
        + &row(1, "+15125550001", "SMS", SMS_ONLY_POLICY)
        + &row(2, "+447400123456", "SMS", SMS_ONLY_POLICY)
        + &row(3, "+14165550123", "SMS", SMS_ONLY_POLICY)
        + &row(4, "+18765550123", "SMS", SMS_ONLY_POLICY)
        + &row(5, "+447400123457", "SMS", WAVE_POLICY)
        + &row(6, "+447400123458", "WHATSAPP", WAVE_POLICY);
    let said = rehearsal.wave(&wave).run(&ONLINE).exits(0).said();
    let warnings = told(&rehearsal, "warning");
    assert_eq!(
        warnings,
        ["", "country_denied", "", "country_denied", "", ""]
    );
    let message = &told(&rehearsal, "message")[3];
    assert!(
        message.contains("lets no texts and calls go to JM:"),
        "{message}"
    );
    let sentence = "2 rows, such as on line 3, ask for texts or calls to a country ";
    assert_eq!(said.matches(sentence).count(), 1, "{said}");
    let reads = rehearsal.stats().requests_of(Kind::NotificationPolicies);
    assert_eq!(reads, 1);
}

#[test]
fn a_country_that_is_denied_is_warned_of_and_the_others_are_not() {
    let rehearsal = Rehearsal::with(Options {
        variants: [Variant::CountriesDenied].into_iter().collect(),
        ..Options::default()
    });
    let row = |who, phone: &str, kind: &str| format!("{},{phone},{kind}\n", user(who));
    let wave = "user_id,phone,type\n".to_owned()
        + &row(1, "+447400123456", "SMS")
        + &row(2, "+447400123457", "VOICE")
        + &row(3, "+447400123458", "WHATSAPP")
        + &row(4, "+4915123456789", "SMS");
    let said = rehearsal
        .wave(&wave)
        .run(&[ONLINE[0], ONLINE[1], "--policy", WAVE_POLICY])
        .exits(0)
        .said();
    let denied = "country_denied";
    assert_eq!(told(&rehearsal, "warning"), [denied, denied, "", ""]);
    let sentence = "2 rows, such as on line 2, ask for texts or calls to a country ";
    assert_eq!(said.matches(sentence).count(), 1, "{said}");
}

#[test]
fn what_the_role_does_not_let_it_read_is_told_and_hinders_nothing() {
    let rehearsal = Rehearsal::with_faults(
        "[[fault]]\non = 'settings'\nstatus = 403\n\
         [[fault]]\non = 'notification_policies'\nstatus = 403\n",
    );
    let wave = format!(
        "user_id,phone,policy_id,type\n{},+447400123456,{SMS_ONLY_POLICY},SMS\n",
        user(1)
    );
    let said = rehearsal.wave(&wave).run(&ONLINE).exits(0).said();
    for sentence in [
        "the MFA settings cannot be read, so it is not known how many devices a user may have; ",
        "the notification policies cannot be read, so it is not known to which countries ",
    ] {
        assert_eq!(said.matches(sentence).count(), 1, "{said}");
    }
}

#[test]
fn nothing_is_read_of_countries_for_a_wave_without_texts_and_calls() {
    let rehearsal = Rehearsal::new();
    rehearsal.rows(2).run(&ONLINE).exits(0);
    let reads = rehearsal.stats().requests_of(Kind::NotificationPolicies);
    assert_eq!(reads, 0);
}
