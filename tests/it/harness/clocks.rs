//! A wall clock that is hours off: whose a device is, is told by the server's clock.

use super::campaign::Campaign;
use super::case::Case;
use super::faults::Plan;
use super::size;
use super::wave::{Mix, Wave};

/// By how many seconds the server's clock is ahead; `None` where no answer shows it.
const CLOCKS: [Option<i64>; 4] = [None, Some(-7_200), Some(299), Some(7_200)];

/// Many answers are lost, and of a hundred devices so many were there before.
fn is_told_apart(clock: Option<i64>, there_before: u64, existing: &'static [&'static str]) {
    let seed = size::seed();
    let mix = Mix {
        there_before,
        ..Mix::default()
    };
    Campaign {
        name: "clocks",
        seed,
        kills: 1,
        plan: Plan {
            clock,
            ..Plan::bad_day(seed, 30)
        },
        wave: Wave::new(seed, 30, mix),
        existing,
        shuffled: false,
    }
    .run();
}

#[test]
fn whose_a_device_is_does_not_turn_on_our_clock_where_listings_come_first() {
    for clock in CLOCKS {
        is_told_apart(clock, 30, &["skip"]);
    }
}

#[test]
fn whose_a_device_is_does_not_turn_on_our_clock_where_nothing_is_listed() {
    for clock in CLOCKS {
        is_told_apart(clock, 0, &["unchecked"]);
    }
}

#[test]
fn devices_are_listed_before_a_create_where_clocks_cannot_be_compared() {
    for (clock, lists) in [
        (Some(0), 0),
        (Some(-7_200), 10),
        (Some(7_200), 10),
        (None, 10),
    ] {
        let seed = size::seed();
        let plan = Plan {
            clock,
            ..Plan::calm(seed)
        };
        let wave = Wave::new(seed, 10, Mix::default());
        let case =
            Case::of("clocks", wave, plan, super::case::PROMPT).told(&["--existing", "unchecked"]);
        case.next_run_is_clean();
        assert_eq!(case.server.truth().counted("list"), lists, "{clock:?}");
    }
}
