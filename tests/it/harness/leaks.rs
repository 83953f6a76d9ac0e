//! Whether anything that is secret, or a whole phone, shows where it must not.

use std::collections::HashSet;
use std::path::Path;

use super::base64;
use super::program::{Ended, LOG, Place, SUMMARY};
use super::shape::{CLIENT, SECRET, SECRET_FORM, TOKEN};

/// Looks through what a process said and logged.
pub(crate) fn check(ended: &Ended, place: &Place, phones: &HashSet<String>) -> Vec<String> {
    let mut found = Vec::new();
    for (name, text) in [
        ("the output", &ended.said),
        ("the arguments", &ended.argv),
        ("the log", &place.read(LOG)),
        ("the summary", &place.read(SUMMARY)),
    ] {
        if holds_secret(text.as_bytes()) {
            found.push(format!("D: a secret is in {name}"));
        }
        if let Some(phone) = phone_in(text, phones) {
            let length = phone.len();
            found.push(format!("D: a phone of {length} digits is in {name}"));
        }
    }
    found
}

/// Looks for secrets in every file of a folder, whatever it is.
pub(crate) fn check_files(folder: &Path) -> Vec<String> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(check_files(&path));
        } else if holds_secret(&std::fs::read(&path).unwrap()) {
            found.push(format!("D: a secret is in {}", path.display()));
        }
    }
    found
}

fn holds_secret(data: &[u8]) -> bool {
    let basic = base64::encode(format!("{CLIENT}:{SECRET_FORM}").as_bytes());
    let token = base64::encode(TOKEN.as_bytes());
    let secrets = [
        SECRET,
        SECRET_FORM,
        TOKEN,
        &basic,
        &token,
        &base64::encode(SECRET.as_bytes()),
    ];
    let mut at = 0;
    // All begin with one of these letters; most bytes do not.
    let starts: HashSet<u8> = secrets.iter().map(|secret| secret.as_bytes()[0]).collect();
    while let Some(found) = data[at..].iter().position(|byte| starts.contains(byte)) {
        at += found;
        if secrets
            .iter()
            .any(|secret| data[at..].starts_with(secret.as_bytes()))
        {
            return true;
        }
        at += 1;
    }
    false
}

/// A phone that stands in a text: as digits alone, or spelled after a plus sign.
fn phone_in(text: &str, phones: &HashSet<String>) -> Option<String> {
    let digits = |c: char| c.is_ascii_digit();
    let alone = text
        .split(|c| !digits(c))
        .filter(|run| (8..=15).contains(&run.len()));
    if let Some(run) = alone.into_iter().find(|run| phones.contains(*run)) {
        return Some(run.to_owned());
    }
    text.split('+').skip(1).find_map(|rest| {
        let spelled = rest
            .chars()
            .take_while(|&c| digits(c) || " .()-/".contains(c));
        let mut run = String::new();
        spelled.filter(|&c| digits(c)).take(15).find_map(|digit| {
            run.push(digit);
            phones.contains(&run).then(|| run.clone())
        })
    })
}

#[test]
fn a_secret_is_found_in_each_of_its_forms_and_a_phone_in_each_spelling() {
    let basic = base64::encode(format!("{CLIENT}:{SECRET_FORM}").as_bytes());
    for leak in [SECRET, SECRET_FORM, &basic, "Bearer canary-token.00"] {
        assert!(holds_secret(format!("x {leak} y").as_bytes()), "{leak}");
    }
    assert!(!holds_secret(b"canary-secre canary-toke"));
    let phones = HashSet::from(["15125551234".to_owned()]);
    for leak in [
        "p=15125551234,",
        "to +1 (512) 555-1234 now",
        "+1.512.555.1234",
    ] {
        assert!(phone_in(leak, &phones).is_some(), "{leak}");
    }
    for fine in ["+1 …34", "115125551234", "1512555 1234", "+1 512 555 12"] {
        assert!(phone_in(fine, &phones).is_none(), "{fine}");
    }
}
