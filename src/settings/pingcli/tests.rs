//! Which values a file of Ping CLI comes to, as each version writes it, and what is refused.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;

use super::*;
use crate::settings::table;

const ID: &str = "9f1c2a34-5b6d-4e7f-8a90-b1c2d3e4f506";

/// As version 0.5 writes it.
const IN_SMALL_LETTERS: &str = "\
activeprofile: default
default:
    service:
        pingone:
            authentication:
                type: worker
                worker:
                    clientid: worker
                    clientsecret: s3cr3t
                    environmentid: 9f1c2a34-5b6d-4e7f-8a90-b1c2d3e4f506
            regioncode: NA
";

/// As version 1 has it, with what an older one has left.
const OF_VERSION_1: &str = "\
activeProfile: prod
default: {}
prod:
    service:
        pingOne:
            authentication:
                type: client_credentials
                environmentID: 9f1c2a34-5b6d-4e7f-8a90-b1c2d3e4f506
                clientCredentials:
                    clientID: service
                    clientSecret: s3cr3t
                worker:
                    clientID: old
                    clientSecret: 0ld
            endpoint:
                rootDomain: pingone.eu
            regionCode: NA
";

fn read(text: &str, name: &str) -> Result<PingCliProfile, Error> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("config.yaml");
    fs::write(&path, text).unwrap();
    fs::set_permissions(&path, Permissions::from_mode(0o600)).unwrap();
    let get = |name: &str| (name == FILE.name).then(|| path.clone().into_os_string());
    PingCliProfile::read(&Given::typed("--pingcli-profile", name), &Env::new(&get))
}

/// The environment, the client, its secret and the region.
fn values(text: &str, name: &str) -> [Option<String>; 4] {
    let profile = read(text, name).unwrap();
    assert!(!format!("{profile:?}").contains("s3cr3t"), "{profile:?}");
    let given = |about| Some(profile.given(about)?.text().unwrap().to_owned());
    [
        given(&table::HOME.about),
        given(&table::CLIENT_ID.about),
        given(&table::CLIENT_SECRET.about),
        given(&table::REGION.about),
    ]
}

#[test]
fn the_files_of_old_and_new_versions_say_the_same_things() {
    let old = [ID, "worker", "s3cr3t", "NA"].map(|value| Some(value.to_owned()));
    let new = [ID, "service", "s3cr3t", "eu"].map(|value| Some(value.to_owned()));
    for name in ["default", "-"] {
        assert_eq!(values(IN_SMALL_LETTERS, name), old, "{name}");
    }
    for name in ["prod", "-"] {
        assert_eq!(values(OF_VERSION_1, name), new, "{name}");
    }
    assert_eq!(values(OF_VERSION_1, "default"), [const { None }; 4]);
}

#[test]
fn the_values_of_two_applications_are_never_mixed() {
    for (kind, id, secret) in [
        ("client_credentials", "service", Some("s3cr3t")),
        ("worker", "old", None),
        ("''", "old", None),
    ] {
        let text = OF_VERSION_1
            .replace("type: client_credentials", &format!("type: {kind}"))
            .replace("clientSecret: 0ld", "clientSecret: ''");
        let [home, client, found, _] = values(&text, "prod");
        assert_eq!(home.as_deref(), Some(ID), "{kind}");
        assert_eq!(client.as_deref(), Some(id), "{kind}");
        assert_eq!(found.as_deref(), secret, "{kind}");
    }
}

#[test]
fn a_value_is_named_with_its_key_its_file_its_line_and_its_profile() {
    let profile = read(OF_VERSION_1, "prod").unwrap();
    let origin = profile.given(&table::CLIENT_ID.about).unwrap().origin;
    let path = profile.path().display();
    let key = "service.pingOne.authentication.clientCredentials.clientID";
    assert_eq!(
        origin.to_string(),
        format!("`{key}` ({path}, line 10, profile prod)")
    );
}

#[test]
fn a_profile_that_is_not_there_and_a_key_that_stands_twice_are_refused() {
    let twice = OF_VERSION_1.replace(
        "clientID: service",
        "clientID: a\n                    clientid: b",
    );
    for (text, name, why, hint) in [
        (
            OF_VERSION_1,
            "prd",
            "names the profile 'prd', and",
            "did you mean `prod`?",
        ),
        (
            OF_VERSION_1,
            "x",
            "names the profile 'x', and",
            "it has default, prod",
        ),
        ("a: b", "a", "names the profile 'a', and", "profiles create"),
        ("a: {}", "-", "names no active profile", "profiles use NAME"),
        (
            &twice,
            "-",
            "stands there twice, in lines 10 and 11",
            "keep one",
        ),
        (
            "a: [",
            "a",
            "line 2, column 1: it is no YAML",
            "profiles list",
        ),
    ] {
        let error = read(text, name).unwrap_err();
        let said = error.to_string();
        assert!(said.contains("config.yaml") && said.contains(why), "{said}");
        assert!(error.remedy().unwrap().contains(hint), "{error:?}");
    }
}
