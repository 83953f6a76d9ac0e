//! A service that answers twice: the second answer is read as the answer to the next request.

use std::time::Duration;

use super::campaign::Campaign;
use super::faults::Plan;
use super::size;
use super::wave::{Mix, Wave};
use super::ways::Ways;

/// At once, behind the first answer; while the next request is sent; and when it is long answered.
const LATE: &[Duration] = &[
    Duration::ZERO,
    Duration::from_micros(300),
    Duration::from_millis(2),
    Duration::from_millis(40),
    Duration::from_millis(120),
];

/// Nothing is asked for but devices.
const DEVICES: Ways = Ways {
    names: false,
    report: false,
    mfa: false,
};

fn is_paired_once(name: &'static str, names: bool, existing: &'static [&'static str], ways: Ways) {
    let seed = size::seed();
    Campaign {
        name,
        seed,
        kills: 0,
        plan: Plan {
            seconds: 12_000,
            late: LATE,
            names,
            ..Plan::calm(seed)
        },
        wave: Wave::new(
            seed,
            120,
            Mix {
                ways,
                ..Mix::default()
            },
        ),
        existing,
        shuffled: false,
    }
    .run();
}

#[test]
fn a_second_answer_makes_no_second_device_where_answers_name_requests() {
    is_paired_once("twice, named", true, &["skip"], DEVICES);
}

#[test]
fn a_second_answer_makes_no_second_device_where_answers_name_nothing() {
    is_paired_once("twice, unnamed", false, &["skip"], DEVICES);
}

#[test]
fn a_second_answer_makes_no_second_device_where_the_ledger_is_trusted() {
    is_paired_once(
        "twice, named, unchecked",
        true,
        &["skip", "unchecked"],
        DEVICES,
    );
    is_paired_once(
        "twice, unnamed, unchecked",
        false,
        &["skip", "unchecked"],
        DEVICES,
    );
}

#[test]
fn a_second_answer_about_a_user_is_no_answer_about_another() {
    let ways = Ways {
        names: true,
        report: false,
        mfa: true,
    };
    is_paired_once("twice, of names", true, &["skip"], ways);
    is_paired_once("twice, of names, unnamed", false, &["skip"], ways);
}
