//! Which values a text comes to, and what is refused, with its place.

use super::reading::parse;
use super::*;
use crate::settings::origin::Level;
use crate::settings::table;

const FILE: &str = "/etc/wavepair/config.toml";

fn read(text: &str, profile: Option<&str>) -> Result<SettingsFile, Error> {
    let profile = profile.map(|name| Given::typed("--profile", name));
    parse(text, Path::new(FILE), profile.as_ref())
}

const TWO: &str = "\
rate = 25
default_profile = 'test'

[profile.test]
region = 'eu'
ledger = 'test.db'

[profile.prod]
region = 'na'
rate = '600/min'
strict = true
column = ['phone=Mobile', 'nickname=N']
";

#[test]
fn a_profile_goes_before_the_top_level_and_a_wanted_before_the_default() {
    for (profile, region, rate) in [
        (None, "eu", ("25", Level::Whole, 1)),
        (Some("prod"), "na", ("600/min", Level::Profile, 10)),
    ] {
        let file = read(TWO, profile).unwrap();
        let given = |about| file.given(about).pop().unwrap();
        assert_eq!(given(&table::REGION.about).value, region, "{profile:?}");
        let found = given(&table::RATE.about);
        let (value, level, line) = rate;
        assert_eq!(found.value, value);
        assert_eq!(found.origin.level(), level);
        let said = found.origin.to_string();
        assert!(said.contains(&format!("line {line}")), "{said}");
    }
}

#[test]
fn a_value_is_named_with_its_key_its_file_its_line_and_its_profile() {
    let file = read(TWO, Some("prod")).unwrap();
    let [given] = &file.given(&table::REGION.about)[..] else {
        panic!("one region");
    };
    assert_eq!(
        given.origin.to_string(),
        "`region` (/etc/wavepair/config.toml, line 9, profile prod)"
    );
}

#[test]
fn values_of_all_kinds_are_read_as_they_would_be_typed() {
    for (text, about, values) in [
        ("strict = false", &table::STRICT.about, &["false"][..]),
        ("verbose = 2", &table::VERBOSE.about, &["2"]),
        ("canary = 0", &table::CANARY.about, &["0"]),
        ("deadline = 06:00:00", &table::DEADLINE.about, &["06:00:00"]),
        ("column = 'phone=M'", &table::COLUMN.about, &["phone=M"]),
        (
            "column = ['a=b', 'c=d']",
            &table::COLUMN.about,
            &["a=b", "c=d"],
        ),
        ("ledger = '/var/l.db'", &table::LEDGER.about, &["/var/l.db"]),
        (
            "ledger = 'l.db'",
            &table::LEDGER.about,
            &["/etc/wavepair/l.db"],
        ),
        ("summary = '-'", &table::telling::SUMMARY.about, &["-"]),
        ("client_id = 'x'", &table::CLIENT_ID.about, &["x"]),
        (
            "log_level = 'wavepair=debug'",
            &table::LOG_LEVEL.about,
            &["wavepair=debug"],
        ),
    ] {
        let file = read(text, None).unwrap();
        let given: Vec<_> = file
            .given(about)
            .into_iter()
            .map(|given| given.value)
            .collect();
        assert_eq!(given, values, "{text}");
    }
}

/// What stands in a file, what is said of it, and what hint is given.
const WRONG: [(&str, &str, &str); 16] = [
    (
        "regoin = 'eu'",
        "line 1, column 1: there is no setting `regoin`",
        "did you mean `region`?",
    ),
    (
        "rate = 5\n  rte = 5",
        "line 2, column 3: there is no setting `rte`",
        "did you mean `rate`?",
    ),
    (
        "[profile.p]\nclient-id = 'x'",
        "line 2, column 1: there is no setting `client-id`",
        "did you mean `client_id`?",
    ),
    (
        "nonsense = 1",
        "there is no setting `nonsense`",
        "the keys are the long options",
    ),
    (
        "[prod]\nrate = 5",
        "line 1, column 2: there is no setting `prod`",
        "`[profile.prod]`",
    ),
    (
        "client_secret = 's3cr3t'",
        "column 1: `client_secret`: no secret stands",
        "`client_secret_command`",
    ),
    ("rate = ", "line 1, column ", ""),
    ("rate = 5\nrate = 6", "line 2, column 1: ", ""),
    (
        "strict = 'yes'",
        "line 1, column 10: `strict`: expected true or false",
        "",
    ),
    ("rate = [1]", "`rate`: expected a text or a number", ""),
    ("ledger = 5", "`ledger`: expected a path", ""),
    (
        "column = [true]",
        "`column`: expected an array of texts",
        "",
    ),
    (
        "profile = 'x'",
        "`profile` holds tables alone",
        "`[profile.NAME]`",
    ),
    ("default_profile = 5", "expected the name of a profile", ""),
    (
        "default_profile = 'prd'\n[profile.prod]",
        "default_profile names the profile 'prd', and",
        "did you mean `prod`?",
    ),
    (
        "client_secret_file = 'a'\nclient_secret_command = ['b']",
        "line 2: `client_secret_file` and",
        "keep one of them",
    ),
];

#[test]
fn what_is_wrong_is_told_with_its_place_and_what_may_be_meant() {
    for (text, why, hint) in WRONG {
        let error = read(text, None).unwrap_err();
        let said = error.to_string();
        assert!(said.contains(FILE) && said.contains(why), "{text}: {said}");
        let remedy = error.remedy().unwrap_or_default();
        assert!(remedy.contains(hint), "{text}: {remedy}");
        assert!(!format!("{error:?}").contains("s3cr3t"), "{error:?}");
    }
}

#[test]
fn a_profile_that_is_not_there_is_refused_whatever_it_would_say() {
    for (profile, hint) in [("prd", "did you mean `prod`?"), ("x", "it has test, prod")] {
        let error = read(TWO, Some(profile)).unwrap_err();
        assert_eq!(error.remedy(), Some(hint), "{error}");
    }
}
