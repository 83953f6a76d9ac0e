//! A service that answers twice: the second answer is read as the answer to the next request.

use std::time::Duration;

use super::campaign::Campaign;
use super::faults::Plan;
use super::size;
use super::wave::{Mix, Wave};

/// At once, behind the first answer; while the next request is sent; and when it is long answered.
const LATE: &[Duration] = &[
    Duration::ZERO,
    Duration::from_micros(300),
    Duration::from_millis(2),
    Duration::from_millis(40),
    Duration::from_millis(120),
];

fn is_paired_once(name: &'static str, names: bool, existing: &'static [&'static str]) {
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
        wave: Wave::new(seed, 120, Mix::default()),
        existing,
        shuffled: false,
    }
    .run();
}

#[test]
fn a_second_answer_makes_no_second_device_where_answers_name_their_request() {
    is_paired_once("twice, named", true, &["skip"]);
}

#[test]
fn a_second_answer_makes_no_second_device_where_answers_name_nothing() {
    is_paired_once("twice, unnamed", false, &["skip"]);
}

#[test]
fn a_second_answer_makes_no_second_device_where_the_ledger_alone_is_trusted() {
    is_paired_once("twice, named, unchecked", true, &["skip", "unchecked"]);
    is_paired_once("twice, unnamed, unchecked", false, &["skip", "unchecked"]);
}
