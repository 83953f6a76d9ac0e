//! Which variables make a tenant, and which are refused.

use std::ffi::OsString;

use super::*;
use crate::settings::env::Env;
use crate::settings::usage::typed_of;

const HOME: &str = "abfba8f6-49eb-49f5-a5d9-80ad5c98f9f6";

fn resolve(variables: &[(&str, &str)]) -> Result<Tenant, Error> {
    let get = |name: &str| {
        variables
            .iter()
            .find(|(known, _)| *known == name)
            .map(|(_, value)| OsString::from(value))
    };
    resolve_in(&Env::new(&get))
}

fn resolve_in(env: &Env<'_>) -> Result<Tenant, Error> {
    let typed = typed_of(&["run", "w.csv"]);
    let sources = Sources::new(&typed, env);
    let given = GivenTenant::read(&sources);
    given.into_tenant(&sources).map_err(Problems::into_error)
}

fn client(region: &'static str) -> Vec<(&'static str, &'static str)> {
    vec![
        ("PINGONE_ENVIRONMENT_ID", HOME),
        ("PINGONE_CLIENT_ID", "worker"),
        ("PINGONE_CLIENT_SECRET", "s3cr3t"),
        ("PINGONE_REGION_CODE", region),
    ]
}

#[test]
fn each_region_has_its_own_two_hosts() {
    for (code, end) in [
        ("NA", "com"),
        ("ca", "ca"),
        ("EU", "eu"),
        ("ap", "asia"),
        ("au", "com.au"),
        ("sg", "sg"),
    ] {
        let tenant = resolve(&client(code)).unwrap();
        assert_eq!(
            tenant.api_url.as_str(),
            format!("https://api.pingone.{end}/v1")
        );
        let Identity::Client(credentials) = tenant.identity else {
            panic!("a client was given")
        };
        let token = format!("https://auth.pingone.{end}/{HOME}/as/token");
        assert_eq!(credentials.token_url.as_str(), token);
    }
}

#[test]
fn the_target_environment_may_differ_from_the_worker_applications() {
    let target = "b30ac647-e33e-464f-a6ea-0275082d4c26";
    let mut variables = client("eu");
    variables.push(("WAVEPAIR_ENVIRONMENT", target));
    let tenant = resolve(&variables).unwrap();
    assert_eq!(tenant.environment.to_string(), target);
    let Identity::Client(credentials) = tenant.identity else {
        panic!("a client was given")
    };
    assert!(credentials.token_url.as_str().contains(HOME));
    assert_eq!(tenant.api_url.host_str(), Some("api.pingone.eu"));
}

#[test]
fn what_is_missing_is_named_with_what_to_set() {
    for missing in [
        "PINGONE_ENVIRONMENT_ID",
        "PINGONE_CLIENT_ID",
        "PINGONE_CLIENT_SECRET",
        "PINGONE_REGION_CODE",
    ] {
        let mut variables = client("eu");
        variables.retain(|(name, _)| *name != missing);
        let error = resolve(&variables).unwrap_err();
        assert!(
            error.remedy().unwrap().contains(missing),
            "{missing}: {error:?}"
        );
    }
}

#[test]
fn only_https_is_spoken_but_to_loopback_and_no_lookalike_is_spoken_to() {
    let with = |address: &str| {
        let mut variables = client("eu");
        let address = address.to_owned();
        variables.retain(|(name, _)| *name != "WAVEPAIR_API_URL");
        let get = |name: &str| {
            if name == "WAVEPAIR_API_URL" {
                return Some(OsString::from(&address));
            }
            variables
                .iter()
                .find(|(known, _)| *known == name)
                .map(|(_, value)| OsString::from(value))
        };
        resolve_in(&Env::new(&get))
    };
    for good in [
        "http://127.0.0.1:8787/v1",
        "http://localhost:1",
        "http://[::1]:1",
        "https://api.pingone.com.au",
        "https://pingone.example.org",
    ] {
        assert!(with(good).is_ok(), "{good}");
    }
    for bad in [
        "http://api.pingone.eu/v1",
        "http://127.0.0.1.example.org",
        "https://api.pingone.com.evil.invalid",
        "https://api.pingone.com.",
        "https://api.ping\u{43e}ne.com",
        "https://api.xn--pingne-zqf.com",
        "https://user:word@api.pingone.com",
        "https://api.pingone.com/v1?x=1",
        "ftp://127.0.0.1",
        "api.pingone.com",
    ] {
        assert!(with(bad).is_err(), "{bad}");
    }
}

#[test]
fn no_error_and_no_debug_output_shows_a_secret() {
    let mut variables = client("eu");
    variables.push(("WAVEPAIR_TOKEN_URL", "http://evil:s3cr3t@example.org"));
    let error = resolve(&variables).unwrap_err();
    assert!(!format!("{error} {error:?}").contains("s3cr3t"));
    let tenant = resolve(&client("eu")).unwrap();
    assert!(!format!("{tenant:?}").contains("s3cr3t"));
}
