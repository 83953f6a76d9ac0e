//! Waves of a certain kind.

use std::fmt::Write;

use wavepair::testing::sandbox::WAVE_POLICY;

use super::rehearsal::user;

/// One mobile number of each of twenty countries: the calling code and the rest.
const COUNTRIES: [(&str, &str); 20] = [
    ("1", "5125551234"),
    ("44", "7400123456"),
    ("49", "15123456789"),
    ("33", "612345678"),
    ("34", "612345678"),
    ("39", "3123456789"),
    ("31", "612345678"),
    ("41", "781234567"),
    ("55", "11961234567"),
    ("52", "2221234567"),
    ("91", "8123456789"),
    ("81", "9012345678"),
    ("61", "412345678"),
    ("65", "81234567"),
    ("27", "711234567"),
    ("971", "501234567"),
    ("48", "512345678"),
    ("46", "701234567"),
    ("32", "470123456"),
    ("45", "32123456"),
];

/// A wave of users and phones.
pub(crate) fn asking<'a>(rows: impl IntoIterator<Item = (u32, &'a str)>) -> String {
    let mut text = "user_id,phone,policy_id\n".to_owned();
    for (number, phone) in rows {
        writeln!(text, "{},{phone},{WAVE_POLICY}", user(number)).unwrap();
    }
    text
}

/// So many users, each with the phone that [`phone`] gives.
pub(crate) fn of(users: u32) -> String {
    let phones: Vec<_> = (0..users).map(phone).collect();
    asking((0..).zip(phones.iter().map(String::as_str)))
}

/// The phone of a user in E.164.
pub(crate) fn phone(number: u32) -> String {
    format!("+1512555{number:04}")
}

/// So many users with phones of twenty countries, each country in each of the four spellings that PingOne
/// documents; and the same phones in E.164.
pub(crate) fn of_the_world(users: usize) -> (String, Vec<String>) {
    let (spelled, e164): (Vec<_>, Vec<_>) = (0..users)
        .map(|n| {
            let (code, rest) = COUNTRIES[n % COUNTRIES.len()];
            let (a, b, c) = (&rest[..2], &rest[2..5], &rest[5..]);
            let spelled = match (n + n / COUNTRIES.len()) % 4 {
                0 => format!("+{code}.{rest}"),
                1 => format!("+{code}{rest}"),
                2 => format!("+{code}.{a}.{b}.{c}"),
                _ => format!("+{code} ({a}) {b}-{c}"),
            };
            (spelled, format!("+{code}{rest}"))
        })
        .unzip();
    let wave = asking((0..).zip(spelled.iter().map(String::as_str)));
    (wave, e164)
}
