//! How much is done, and from which seed: little by default, as much as the environment says.

use std::str::FromStr;

use super::ways::Ways;

/// Reads a size from the environment.
fn given<T: FromStr>(name: &str) -> Option<T> {
    let text = std::env::var(name).ok()?;
    let number = text.replace('_', "").parse().ok();
    assert!(number.is_some(), "{name} is no number");
    number
}

/// What a failing test prints and `WAVEPAIR_HARNESS_SEED` brings back.
pub(crate) fn seed() -> u64 {
    given("WAVEPAIR_HARNESS_SEED").unwrap_or(20_261_101)
}

pub(crate) fn rows(default: u64) -> u64 {
    given("WAVEPAIR_HARNESS_ROWS").unwrap_or(default)
}

pub(crate) fn kills(default: u64) -> u64 {
    given("WAVEPAIR_HARNESS_KILLS").unwrap_or(default)
}

/// How many waves are run at once, each with a server and a ledger of its own.
pub(crate) fn waves() -> u64 {
    given("WAVEPAIR_HARNESS_WAVES").unwrap_or(1)
}

/// What else is asked of PingOne besides devices.
pub(crate) fn ways() -> Ways {
    let text = std::env::var("WAVEPAIR_HARNESS_WAYS").unwrap_or_default();
    let ways = Ways::read(&text);
    assert!(ways.is_some(), "WAVEPAIR_HARNESS_WAYS: names, report, mfa");
    ways.unwrap_or_default()
}

/// How many system calls of each kind are tried; all of them where it is 0.
pub(crate) fn system_calls(default: u64) -> u64 {
    given("WAVEPAIR_HARNESS_SYSCALLS").unwrap_or(default)
}

/// Says something to whoever watches the tests.
#[expect(
    clippy::print_stderr,
    reason = "the figures of a long run are its point"
)]
pub(crate) fn tell(text: &str) {
    eprintln!("harness: {text}");
}
