//! What the tenant as a whole lets a wave do, in each way in which the sandbox can be a tenant.

use wavepair::testing::sandbox::{SMS_ONLY_POLICY, Variant};

use super::*;

fn of(variant: Variant) -> Rehearsal {
    Rehearsal::with(Options {
        variants: [variant].into_iter().collect(),
        policies: Policies::Known,
        ..Options::default()
    })
}

#[track_caller]
fn says(doctor: &str, line: &str) {
    assert!(
        doctor.lines().any(|said| said.starts_with(line)),
        "{line:?}: {doctor}"
    );
}

/// What is said of a check first.
#[track_caller]
fn line_of<'a>(doctor: &'a str, check: &str) -> &'a str {
    let starts = ["ok", "warning", "failed"].map(|mark| format!("{mark} {check} "));
    let mut lines = doctor.lines();
    let found = lines.find(|said| starts.iter().any(|start| said.starts_with(start)));
    found.unwrap_or_else(|| panic!("{check}: {doctor}"))
}

/// The checks that only PingOne can answer.
const OF_PINGONE: [&str; 10] = [
    "permission",
    "product",
    "policies",
    "sender",
    "countries",
    "limits",
    "new users",
    "rate",
    "address",
    "report",
];

#[test]
fn a_tenant_as_it_should_be_has_a_good_line_for_each_check() {
    let rehearsal = with_known_policies();
    let doctor = checked(&rehearsal, &[]).exits(0).stderr;
    for line in [
        "ok product the environment has PingOne MFA",
        "ok messages Wave MFA",
        "ok sender a policy allows WhatsApp",
        "ok countries Default notification policy lets texts and calls go to every country",
        "ok limits a user may have 5 devices",
        "warning new users new users cannot use MFA until `mfaEnabled` is switched on",
        "ok rate the license is for 100/s MFA requests, 35 % of which one address gets: `--rate 25/s` keeps below",
        "ok address 127.0.0.1 is not on the allow list",
        "ok report the report of all WhatsApp devices can be made and read",
    ] {
        says(&doctor, line);
    }
    assert!(
        !doctor.contains("rights"),
        "nothing tells of them: {doctor}"
    );
}

#[test]
fn each_variant_of_a_tenant_is_told() {
    for (variant, code, line) in [
        (
            Variant::NoMfaProduct,
            5,
            "failed product the environment has no PingOne MFA",
        ),
        (
            Variant::WhatsappMissing,
            0,
            "warning sender no policy allows WhatsApp",
        ),
        (Variant::PairingDisabled, 0, "warning policy Wave MFA"),
        (
            Variant::NewDeviceNotification,
            0,
            "warning messages Wave MFA",
        ),
        (
            Variant::CountriesDenied,
            0,
            "warning countries Default notification policy lets no texts and calls go to GB: phones there are paired",
        ),
        (
            Variant::AddressAllowed,
            0,
            "ok address 127.0.0.1 is on the allow list",
        ),
        (
            Variant::ReportForbidden,
            0,
            "warning report the report of all WhatsApp devices cannot be had: status 403",
        ),
        (
            Variant::ReportWithoutWhatsapp,
            0,
            "warning report the report of all WhatsApp devices cannot be had",
        ),
    ] {
        let rehearsal = of(variant);
        let doctor = checked(&rehearsal, &[]).exits(code).stderr;
        says(&doctor, line);
        // None stops the others.
        for check in OF_PINGONE.into_iter().chain(["ledger"]) {
            line_of(&doctor, check);
        }
    }
}

#[test]
fn the_policy_that_is_asked_about_says_to_which_countries_messages_go() {
    let rehearsal = with_known_policies();
    let doctor = checked(&rehearsal, &["--policy", SMS_ONLY_POLICY])
        .exits(0)
        .stderr;
    says(
        &doctor,
        "warning countries United States and Canada lets texts and calls go to US, CA alone",
    );
    says(&doctor, "warning policy SMS only");
}

#[test]
fn a_rate_beyond_the_license_of_one_address_is_told_with_one_that_fits() {
    let mut rehearsal = Rehearsal::with(Options {
        rate_limit: Some(40.0),
        policies: Policies::Known,
        ..Options::default()
    });
    let doctor = checked(&rehearsal, &[]).exits(0).stderr;
    says(&doctor, "warning rate the license is for 40/s MFA requests");
    assert!(doctor.contains("set `--rate 14/s`"), "{doctor}");
    rehearsal.set("WAVEPAIR_RATE", "14/s");
    let doctor = checked(&rehearsal, &[]).exits(0).stderr;
    says(&doctor, "ok rate the license is for 40/s MFA requests");
}

#[test]
fn what_cannot_be_asked_without_a_token_is_said_of_each_check() {
    let mut rehearsal = with_known_policies();
    rehearsal.set("PINGONE_CLIENT_SECRET", "wrong");
    let doctor = checked(&rehearsal, &[]).exits(5).stderr;
    says(&doctor, "failed credentials");
    for check in OF_PINGONE {
        says(
            &doctor,
            &format!("warning {check} not checked: there is no access token"),
        );
    }
    assert!(doctor.contains(" ledger "), "{doctor}");
    rehearsal.unset("PINGONE_CLIENT_ID");
    rehearsal.unset("PINGONE_CLIENT_SECRET");
    let doctor = checked(&rehearsal, &[]).exits(2).stderr;
    for check in OF_PINGONE {
        says(
            &doctor,
            &format!("warning {check} not checked: the settings do not say whom to ask"),
        );
    }
}

#[test]
fn what_the_role_does_not_let_us_read_is_said_and_stops_nothing() {
    for (kind, lines) in [
        ("products", &["product"][..]),
        ("capabilities", &["rate"]),
        ("allow_list", &["address"]),
        ("notification_policies", &["countries"]),
        ("settings", &["limits", "new users"]),
        ("policies", &["policies", "sender"]),
    ] {
        let faults = format!("[[fault]]\non = '{kind}'\nstatus = 403\n");
        let rehearsal = Rehearsal::with(Options {
            faults: faults.parse().unwrap(),
            policies: Policies::Known,
            ..Options::default()
        });
        let doctor = checked(&rehearsal, &[]).exits(0).stderr;
        for check in OF_PINGONE {
            let unread = lines.contains(&check);
            let said = line_of(&doctor, check);
            assert_eq!(said.contains("not checked"), unread, "{kind}: {said}");
        }
    }
}
