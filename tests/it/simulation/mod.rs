//! The life of one row over several runs, in virtual time, by the pure rules alone.
//!
//! Each seed is a history: a PingOne that loses answers, applies requests late and
//! lists what was true a while ago; a machine that crashes, reboots and sets its
//! clock. `WAVEPAIR_SIMULATION_HISTORIES` sets how many are played, and
//! `WAVEPAIR_SIMULATION_SEED` plays one. No sockets, no disk, no waiting.

mod driver;
mod machine;
mod pingone;

use driver::{Broken, Defect, Driver};

const HISTORIES: u64 = 12_000;

fn number(name: &str) -> Option<u64> {
    let text = std::env::var(name).ok()?;
    Some(text.parse().expect("a number"))
}

/// The first history in which a promise does not hold.
fn first_broken(
    seeds: impl IntoIterator<Item = u64>,
    defect: Option<Defect>,
    counts: impl Fn(Broken) -> bool,
) -> Option<(u64, Broken)> {
    seeds.into_iter().find_map(|seed| {
        let broken = Driver::new(seed, defect, false).history().err()?;
        counts(broken).then_some((seed, broken))
    })
}

#[test]
fn no_history_makes_a_device_twice_or_loses_one() {
    let seeds = match number("WAVEPAIR_SIMULATION_SEED") {
        Some(seed) => seed..seed.saturating_add(1),
        None => 0..number("WAVEPAIR_SIMULATION_HISTORIES").unwrap_or(HISTORIES),
    };
    if let Some((seed, broken)) = first_broken(seeds, None, |_| true) {
        let mut driver = Driver::new(seed, None, true);
        let again = driver.history();
        panic!(
            "WAVEPAIR_SIMULATION_SEED={seed}: {broken:?} ({again:?})\n{}",
            driver.trace()
        );
    }
}

fn bites(defect: Defect, broken: Broken) {
    assert!(
        first_broken(0..HISTORIES, Some(defect), |found| found == broken).is_some(),
        "{defect:?} goes unnoticed: no history ends in {broken:?}"
    );
}

#[test]
fn a_driver_without_a_settling_time_is_caught() {
    bites(Defect::NoSettling, Broken::SentTooSoon);
}

#[test]
fn a_driver_that_sends_again_after_a_server_error_is_caught() {
    bites(Defect::RetriesServerErrors, Broken::SentTooSoon);
}

#[test]
fn a_driver_that_believes_the_first_negative_look_is_caught() {
    bites(Defect::BelievesTheFirstNegative, Broken::SentTooSoon);
}

#[test]
fn a_driver_that_settles_from_the_intent_is_caught() {
    bites(Defect::SettlesFromTheIntent, Broken::SentTooSoon);
}

#[test]
fn a_driver_that_takes_silence_for_absence_is_caught() {
    bites(Defect::TakesSilenceForAbsence, Broken::MadeTwice);
}

#[test]
fn a_driver_that_trusts_the_wall_clock_alone_is_caught() {
    bites(Defect::TrustsTheWallClock, Broken::SentTooSoon);
}
