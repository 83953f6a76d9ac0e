//! Each line, for each answer that it may be made of.

use super::*;

fn read<T: serde::de::DeserializeOwned>(json: &str) -> T {
    serde_json::from_str(json).unwrap()
}

/// The mark of a line, and a part of what it says.
#[track_caller]
fn says(line: &Line, mark: Mark, part: &str) {
    assert_eq!(line.mark, mark, "{line:?}");
    assert!(line.found.contains(part), "{line:?}");
}

#[test]
fn an_environment_without_mfa_is_no_use() {
    for (json, mark, part) in [
        (
            r#"{"products": [{"type": "PING_ONE_BASE"}, {"type": "PING_ONE_MFA"}]}"#,
            Mark::Ok,
            "has PingOne MFA",
        ),
        (
            r#"{"products": [{"type": "PING_ONE_BASE"}]}"#,
            Mark::Failed,
            "refused with 403",
        ),
        (
            r#"{"products": [{"type": "PING_ONE_ID"}, {}]}"#,
            Mark::Failed,
            "PING_ONE_MFA",
        ),
        ("{}", Mark::Failed, "add it"),
    ] {
        says(&product(&read(json)), mark, part);
    }
}

#[test]
fn a_sender_is_known_by_a_policy_that_allows_whatsapp() {
    let license = |json| read::<Capabilities>(json);
    let (may, may_not, silent) = (
        license(r#"{"canUseWhatsAppOtp": true}"#),
        license(r#"{"canUseWhatsAppOtp": false}"#),
        license("{}"),
    );
    for (license, allows, mark, part) in [
        (Some(&may), Some(true), Mark::Ok, "takes a WhatsApp sender"),
        (
            Some(&silent),
            Some(true),
            Mark::Ok,
            "takes a WhatsApp sender",
        ),
        (None, Some(true), Mark::Ok, "takes a WhatsApp sender"),
        (
            Some(&may),
            Some(false),
            Mark::Warning,
            "set a WhatsApp sender up",
        ),
        (
            Some(&may_not),
            Some(true),
            Mark::Warning,
            "the license does not allow",
        ),
        (Some(&may), None, Mark::Warning, "not checked"),
    ] {
        says(&sender(license, allows), mark, part);
    }
}

#[test]
fn countries_are_those_of_the_policy_that_is_used() {
    let policies: Vec<NotificationPolicy> = read(
        r#"[{"id": "a", "name": "All", "default": true, "countryLimit": {"type": "NONE", "countries": []}},
            {"id": "b", "name": "Two", "countryLimit": {"type": "ALLOWED", "countries": ["US", "CA"]}},
            {"id": "c", "name": "But", "countryLimit": {"type": "DENIED", "countries": ["AQ"]}},
            {"id": "d", "name": "Bare"}]"#,
    );
    for (named, mark, part) in [
        (
            None,
            Mark::Ok,
            "All lets texts and calls go to every country",
        ),
        (Some("x"), Mark::Ok, "All lets"),
        (
            Some("b"),
            Mark::Warning,
            "Two lets texts and calls go to US, CA alone",
        ),
        (
            Some("c"),
            Mark::Warning,
            "But lets no texts and calls go to AQ",
        ),
        (Some("d"), Mark::Ok, "Bare lets"),
    ] {
        says(&countries(&policies, named), mark, part);
    }
    says(&countries(&[], None), Mark::Warning, "does not say");
}

#[test]
fn new_users_who_cannot_use_mfa_are_a_warning() {
    for (json, mark, part) in [
        (r#"{"users": {"mfaEnabled": true}}"#, Mark::Ok, "at once"),
        (
            r#"{"users": {"mfaEnabled": false}}"#,
            Mark::Warning,
            "switched on for each",
        ),
        (r#"{"users": {}}"#, Mark::Warning, "does not say"),
        ("{}", Mark::Warning, "does not say"),
    ] {
        says(&new_users(&read(json)), mark, part);
    }
}

const LIST: &str = r#"{"_embedded": {"rateLimitIpConfigs": [
    {"type": "WHITELIST", "value": "203.0.113.0/24"},
    {"type": "WHITELIST", "value": "198.51.100.7"},
    {"type": "WHITELIST", "value": "2001:db8::/32"},
    {"type": "OTHER", "value": "192.0.2.0/24"},
    {"type": "WHITELIST", "value": "nonsense"}]}}"#;

#[test]
fn an_address_is_on_the_list_by_itself_or_by_its_network() {
    let list: AllowList = read(LIST);
    let unknown = |why| Place::Unknown(why, 4);
    for (from, proxied, expected) in [
        (
            "203.0.113.9",
            false,
            Place::Listed("203.0.113.9".parse().unwrap()),
        ),
        (
            "198.51.100.7",
            false,
            Place::Listed("198.51.100.7".parse().unwrap()),
        ),
        (
            "198.51.100.8",
            false,
            Place::Unlisted("198.51.100.8".parse().unwrap()),
        ),
        (
            "192.0.2.1",
            false,
            Place::Unlisted("192.0.2.1".parse().unwrap()),
        ),
        (
            "2001:db8::1",
            false,
            Place::Listed("2001:db8::1".parse().unwrap()),
        ),
        (
            "127.0.0.1",
            false,
            Place::Unlisted("127.0.0.1".parse().unwrap()),
        ),
        (
            "10.1.2.3",
            false,
            unknown("this machine is in a private network"),
        ),
        (
            "100.64.0.1",
            false,
            unknown("this machine is in a private network"),
        ),
        (
            "fd00::1",
            false,
            unknown("this machine is in a private network"),
        ),
        ("203.0.113.9", true, unknown("a proxy is used")),
    ] {
        let place = Place::of(&list, Some(from.parse().unwrap()), proxied);
        assert_eq!(place, expected, "{from}");
    }
    let place = Place::of(&read("{}"), None, false);
    assert_eq!(place, Place::Unknown("the connection does not tell", 0));
}

#[test]
fn a_pace_that_is_found_keeps_to_any_limit() {
    let line = rate(Some(60.0), Pacing::Share(0.35), None);
    assert_eq!(line.mark, Mark::Ok, "{}", line.found);
    let line = rate(Some(60.0), Pacing::Share(0.5), None);
    assert_eq!(line.mark, Mark::Warning, "{}", line.found);
    let line = rate(Some(60.0), Pacing::Found, None);
    assert_eq!(line.mark, Mark::Ok);
    assert!(line.found.ends_with("`--rate auto` finds that by itself"));
}

#[test]
fn a_rate_beyond_what_the_address_gets_is_a_warning_with_one_that_fits() {
    let at = |rate: &str| rate.parse::<Pacing>().unwrap();
    let here = "198.51.100.8".parse().unwrap();
    let (listed, unlisted) = (Place::Listed(here), Place::Unlisted(here));
    for (license, given, place, mark, part) in [
        (
            Some(100.0),
            "25/s",
            Some(&unlisted),
            Mark::Ok,
            "`--rate 25/s` keeps below that (35/s)",
        ),
        (
            Some(100.0),
            "25/s",
            None,
            Mark::Ok,
            "35 % of which one address gets",
        ),
        (
            Some(60.0),
            "25/s",
            Some(&unlisted),
            Mark::Warning,
            "set `--rate 21/s`",
        ),
        (
            Some(60.0),
            "25/s",
            Some(&listed),
            Mark::Ok,
            "all of which this address gets",
        ),
        (
            Some(100.0),
            "max",
            Some(&listed),
            Mark::Warning,
            "set `--rate 100/s`",
        ),
        (
            Some(2.0),
            "25/s",
            Some(&unlisted),
            Mark::Warning,
            "set `--rate 42/min`",
        ),
        (
            None,
            "25/s",
            Some(&unlisted),
            Mark::Warning,
            "does not tell the limit",
        ),
    ] {
        says(&rate(license, at(given), place), mark, part);
    }
}

#[test]
fn the_limit_that_a_license_tells_is_read_and_silence_is_none() {
    let license = r#"{"licenseQuantities": {"rlgMfaRps": {"limit": 60}}}"#;
    assert_eq!(read::<Capabilities>(license).mfa_rate(), Some(60.0));
    for silent in [
        "{}",
        r#"{"licenseQuantities": {"rlgMfaRps": {"limit": 0}}}"#,
    ] {
        assert_eq!(read::<Capabilities>(silent).mfa_rate(), None, "{silent}");
    }
}

#[test]
fn a_client_that_sees_more_than_the_users_environment_has_too_many_rights() {
    assert_eq!((rights(1), rights(2)), (None, None));
    says(&rights(7).unwrap(), Mark::Warning, "7 environments");
}
