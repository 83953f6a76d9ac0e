//! `kill -9` at random moments, with everything going wrong meanwhile.

use super::campaign::Campaign;
use super::faults::Plan;
use super::size;
use super::wave::{CARELESS, Mix, Wave, careless};
use super::ways::Ways;

/// Rows may be left to a person where four requests in a row were lost, which is rare.
const UNKNOWN_MAX_IN_1_000: u64 = 5;

#[test]
fn a_wave_that_is_killed_at_random_moments_on_a_bad_day_is_paired_once() {
    let (rows, kills) = (size::rows(250), size::kills(8));
    let seeds = size::seed()..size::seed() + size::waves();
    std::thread::scope(|scope| {
        for seed in seeds {
            scope.spawn(move || is_paired_once("kills", seed, rows, kills, size::ways()));
        }
    });
}

fn is_paired_once(name: &'static str, seed: u64, rows: u64, kills: u64, ways: Ways) {
    let outcome = Campaign {
        name,
        seed,
        kills,
        plan: Plan::bad_day(seed, rows),
        wave: Wave::new(seed, rows, careless(ways)),
        existing: if ways.report {
            &["skip", "unchecked", "report"]
        } else {
            &["skip", "unchecked"]
        },
        shuffled: true,
    }
    .run();
    assert_eq!(outcome.killed, kills);
    assert!(
        outcome.unknown * 1_000 <= rows * UNKNOWN_MAX_IN_1_000,
        "{}",
        outcome.unknown
    );
}

#[test]
fn a_wave_of_names_is_paired_once_for_those_who_have_them() {
    let ways = Ways {
        names: true,
        ..Ways::default()
    };
    is_paired_once("names", size::seed(), 150, 4, ways);
}

#[test]
fn mfa_is_switched_on_once_for_each_user_and_before_their_first_create() {
    let ways = Ways {
        mfa: true,
        ..Ways::default()
    };
    is_paired_once("mfa", size::seed(), 150, 4, ways);
}

#[test]
fn a_wave_of_names_by_a_report_that_switches_mfa_on_is_paired_once() {
    let ways = Ways {
        names: true,
        report: true,
        mfa: true,
    };
    is_paired_once("names, report, mfa", size::seed(), 150, 6, ways);
}

#[test]
fn devices_that_were_there_are_left_alone_where_a_report_tells_of_them() {
    let seed = size::seed();
    let mix = Mix {
        there_before: 30,
        ..careless(Ways {
            names: true,
            report: true,
            mfa: true,
        })
    };
    Campaign {
        name: "there before, by a report",
        seed,
        kills: 3,
        plan: Plan::bad_day(seed, 60),
        wave: Wave::new(seed, 60, mix),
        existing: &["skip", "report", "report"],
        shuffled: false,
    }
    .run();
}

#[test]
fn devices_that_were_there_are_found_and_left_alone_whatever_happens() {
    let seed = size::seed();
    let mix = Mix {
        there_before: 30,
        ..CARELESS
    };
    Campaign {
        name: "there before",
        seed,
        kills: 3,
        plan: Plan::bad_day(seed, 60),
        wave: Wave::new(seed, 60, mix),
        existing: &["skip"],
        shuffled: false,
    }
    .run();
}

#[test]
fn a_wave_in_which_nothing_goes_wrong_takes_one_run() {
    let seed = size::seed();
    let outcome = Campaign {
        name: "calm",
        seed,
        kills: 0,
        plan: Plan::calm(seed),
        wave: Wave::new(seed, 150, CARELESS),
        existing: &["skip"],
        shuffled: false,
    }
    .run();
    assert_eq!(
        (outcome.ended, outcome.unknown, outcome.requests_when_done),
        (1, 0, 0)
    );
}
