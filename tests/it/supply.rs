//! What is compiled in besides our own code, read from `Cargo.lock` without a network.
//!
//! The floors are those of the `RustSec` advisories that concern crates of ours. They prove that
//! nothing known at that time is there, not that nothing is; `cargo deny check advisories` asks
//! for what became known since.

use std::path::{Path, PathBuf};
use std::process::Command;

use serde::Deserialize;

/// The oldest version of a crate that is free of known faults, and what was wrong before.
///
/// A crate with several lines of releases has a floor in each.
const FLOORS: &[(&str, &[&str], &str)] = &[
    ("aws-lc-sys", &["0.39.0"], "RUSTSEC-2026-0044 to 0048"),
    ("bytes", &["1.11.1"], "RUSTSEC-2026-0007"),
    ("crossbeam-channel", &["0.5.15"], "RUSTSEC-2025-0024"),
    ("idna", &["1.0.0"], "RUSTSEC-2024-0421"),
    ("phonenumber", &["0.3.10"], "RUSTSEC-2024-0369"),
    ("rand", &["0.9.3", "0.10.1"], "RUSTSEC-2026-0097"),
    ("reqwest", &["0.13.4"], "sensitive headers on a redirect"),
    ("rustls", &["0.23.18"], "RUSTSEC-2024-0399"),
    ("rustls-webpki", &["0.103.13"], "RUSTSEC-2026-0104"),
    ("time", &["0.3.47"], "RUSTSEC-2026-0009"),
    ("tokio", &["1.44.2"], "RUSTSEC-2025-0023"),
    ("tracing-subscriber", &["0.3.20"], "RUSTSEC-2025-0055"),
];

/// Crates that must not be there at all, and why.
const AVOIDED: &[(&str, &str)] = &[
    ("atty", "unmaintained"),
    ("backoff", "unmaintained"),
    ("dotenv", "unmaintained"),
    ("instant", "unmaintained"),
    ("proc-macro-error", "unmaintained"),
    ("serde_yaml", "unmaintained"),
    ("native-tls", "one TLS library is enough, and it is rustls"),
    ("openssl", "one TLS library is enough, and it is rustls"),
    ("openssl-sys", "one TLS library is enough, and it is rustls"),
    ("h2", "HTTP/2 multiplies what one answer can cost"),
    ("async-compression", "an answer of 1 MiB stays one of 1 MiB"),
    ("brotli", "an answer of 1 MiB stays one of 1 MiB"),
    ("zstd", "an answer of 1 MiB stays one of 1 MiB"),
    ("cookie_store", "no request depends on an earlier answer"),
];

#[derive(Deserialize)]
struct Lock {
    package: Vec<Package>,
}

#[derive(Deserialize)]
struct Package {
    name: String,
    version: String,
    source: Option<String>,
    checksum: Option<String>,
}

type Version = [u64; 3];

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn locked() -> Vec<Package> {
    let text = std::fs::read_to_string(root().join("Cargo.lock")).unwrap();
    toml::from_str::<Lock>(&text).unwrap().package
}

fn version(text: &str) -> Version {
    let numbers = text.split(['-', '+']).next().unwrap().split('.');
    let numbers: Vec<u64> = numbers.map(|number| number.parse().unwrap()).collect();
    numbers.try_into().unwrap()
}

/// Releases are compatible as far as their first number that is not zero.
fn line([major, minor, patch]: Version) -> Version {
    match (major, minor) {
        (0, 0) => [0, 0, patch],
        (0, _) => [0, minor, 0],
        _ => [major, 0, 0],
    }
}

/// Whether a version is free of what was found: at the floor of its own line, or of a later line than all floors.
fn is_sound(found: &str, floors: &[&str]) -> bool {
    let found = version(found);
    let floors: Vec<Version> = floors.iter().map(|floor| version(floor)).collect();
    let own = floors.iter().find(|floor| line(**floor) == line(found));
    match own {
        Some(floor) => found >= *floor,
        None => floors.iter().all(|floor| found > *floor),
    }
}

#[test]
fn a_floor_holds_in_its_own_line_of_releases() {
    for (found, floors, sound) in [
        ("1.11.1", &["1.11.1"][..], true),
        ("1.11.0", &["1.11.1"], false),
        ("1.9.9", &["1.11.1"], false),
        ("2.0.0-rc.1", &["1.11.1"], true),
        ("0.103.13+build", &["0.103.13"], true),
        ("0.102.99", &["0.103.13"], false),
        ("0.8.6", &["0.9.3", "0.10.1"], false),
        ("0.9.3", &["0.9.3", "0.10.1"], true),
        ("0.10.0", &["0.9.3", "0.10.1"], false),
        ("0.10.1", &["0.9.3", "0.10.1"], true),
        ("0.11.0", &["0.9.3", "0.10.1"], true),
    ] {
        assert_eq!(is_sound(found, floors), sound, "{found} of {floors:?}");
    }
}

#[test]
fn no_crate_is_older_than_the_fix_of_a_known_fault() {
    for package in locked() {
        for (name, floors, fault) in FLOORS {
            assert!(
                package.name != *name || is_sound(&package.version, floors),
                "{name} {} is below {floors:?}: {fault}",
                package.version
            );
        }
    }
}

#[test]
fn what_is_to_be_avoided_is_not_even_locked() {
    for package in locked() {
        let avoided = AVOIDED.iter().find(|(name, _)| package.name == *name);
        assert!(avoided.is_none(), "{avoided:?}");
    }
}

#[test]
fn every_crate_is_of_the_one_public_registry_and_pinned_by_a_checksum() {
    let packages = locked();
    assert!(packages.len() > 100, "the lock file was not read");
    let mut sources = std::collections::BTreeSet::new();
    for package in packages {
        if package.name == env!("CARGO_PKG_NAME") {
            assert_eq!(package.source, None);
            continue;
        }
        let source = package.source.unwrap_or_default();
        assert!(source.starts_with("registry+https://"), "{}", package.name);
        sources.insert(source);
        let checksum = package.checksum.unwrap_or_default();
        assert_eq!(checksum.len(), 64, "{}", package.name);
    }
    // `deny.toml` says which one: the default.
    assert_eq!(sources.len(), 1, "{sources:?}");
}

#[test]
fn reqwest_is_built_without_what_connects_in_tls_follows_or_unpacks() {
    let manifest = manifest();
    let reqwest = &manifest["dependencies"]["reqwest"];
    assert_eq!(reqwest["default-features"].as_bool(), Some(false));
    // Connections are made in `pingone/connect.rs`, by rustls.
    assert!(reqwest.get("features").is_none(), "{reqwest:?}");
    let tls = &manifest["dependencies"]["tokio-rustls"];
    assert_eq!(tls["default-features"].as_bool(), Some(false));
    let features: Vec<_> = tls["features"].as_array().unwrap().iter().collect();
    assert_eq!(features, [&toml::Value::from("aws_lc_rs"), &"tls12".into()]);
}

#[test]
fn unsafe_code_is_forbidden_and_a_release_checks_for_overflow() {
    let manifest = manifest();
    let lints = &manifest["lints"]["rust"];
    assert_eq!(lints["unsafe_code"].as_str(), Some("forbid"));
    let release = &manifest["profile"]["release"];
    assert_eq!(release["overflow-checks"].as_bool(), Some(true));
}

#[test]
fn no_source_file_has_a_way_to_switch_a_check_off() {
    for way in ["danger_accept", "dangerous("] {
        assert_eq!(sources_with(way), [""; 0], "{way}");
    }
}

#[test]
fn a_secret_is_laid_open_only_where_it_goes_on_the_wire() {
    assert_eq!(
        sources_with(".expose()"),
        [
            "src/pingone/credentials.rs",
            "src/pingone/exchange.rs",
            "src/pingone/grant/mod.rs",
            "src/pingone/token_request.rs",
        ]
    );
}

/// The source files that hold a text, comments included; files of unit tests are none.
fn sources_with(text: &str) -> Vec<String> {
    let files = files_below(&["src"]);
    assert!(files.len() > 40, "the sources were not found");
    let has = |file: &PathBuf| std::fs::read_to_string(file).unwrap().contains(text);
    let name = |file: &PathBuf| {
        let path = file.strip_prefix(root()).unwrap();
        path.to_str().unwrap().to_owned()
    };
    let is_test = |file: &&PathBuf| file.ends_with("tests.rs");
    let sources = files.iter().filter(|file| !is_test(file));
    let mut names: Vec<String> = sources.filter(|file| has(file)).map(name).collect();
    names.sort();
    names
}

#[test]
fn every_test_that_the_security_page_names_is_there() {
    let page = std::fs::read_to_string(root().join("SECURITY.md")).unwrap();
    let is_test = |word: &&str| {
        let plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_';
        word.bytes().all(plain) && word.matches('_').count() > 2
    };
    let code = page.split('`').skip(1).step_by(2);
    let named: Vec<&str> = code.filter(is_test).collect();
    assert!(named.len() > 20, "the names were not found");
    let texts: Vec<String> = files_below(&["src", "tests"])
        .iter()
        .map(|file| std::fs::read_to_string(file).unwrap())
        .collect();
    for name in named {
        let head = format!("fn {name}(");
        assert!(texts.iter().any(|text| text.contains(&head)), "{name}");
    }
}

#[test]
fn the_service_of_the_security_page_is_confined() {
    let page = std::fs::read_to_string(root().join("SECURITY.md")).unwrap();
    let unit = page.split("```ini\n").nth(1).unwrap();
    let unit = unit.split("```").next().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("wavepair.service");
    std::fs::write(&path, unit).unwrap();
    let mut rating = Command::new("systemd-analyze");
    // A tenth of a point is 1 here.
    rating.args(["security", "--offline=true", "--threshold=20"]);
    // Where there is no systemd, or an older one, nothing is rated.
    let Ok(rated) = rating.arg(&path).output() else {
        return;
    };
    let said = String::from_utf8_lossy(&rated.stdout);
    if said.contains("Overall exposure level") {
        assert!(rated.status.success(), "{said}");
    }
}

fn manifest() -> toml::Table {
    let text = std::fs::read_to_string(root().join("Cargo.toml")).unwrap();
    text.parse().unwrap()
}

/// Every Rust file in these folders and below.
fn files_below(folders: &[&str]) -> Vec<PathBuf> {
    let mut folders: Vec<PathBuf> = folders.iter().map(|name| root().join(name)).collect();
    let mut files = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|ending| ending == "rs") {
                files.push(path);
            }
        }
    }
    files
}
