//! Every life of one row, by an exhaustive search over the engine's own pure functions.
//!
//! [`intake::take_up`](super::intake::take_up), [`answers`](super::answers), [`Row`](super::row::Row)
//! and the ledger's rules are called as the engine calls them; PingOne and the crashes are a small
//! model. All that can happen next is tried in each state, nearest first, so that a broken promise
//! comes with the shortest history that breaks it.
//!
//! What makes the states finite is also what is left out; the seeded histories of
//! [`simulation`](super::simulation) have most of it:
//!
//! - Time goes in whole seconds, and settling takes four of them. An age counts up to five: all that
//!   is older than the settling time by the distance of two looks is alike.
//! - A request takes no time: what is given up was sent in that instant. Only a machine that dies
//!   may have slept between the intent and the request.
//! - One row, one user, three intents; others succeed. So neither pace nor breaker says anything, a
//!   hold is a wait, and the third resend is not reached.
//! - A lost request takes effect at once, as late as it may, or never; a listing is new, or as old as
//!   it may be.
//! - A listing that tells nothing does so until the row gives up.
//! - A report shows all that is there, or nothing of ours: it may be older than every request.
//! - Clocks are right, and a device of somebody else is an old one.
//! - A request whose answer was another's takes effect at once or never; a listing may be too old to
//!   show it, as any other.

mod state;
mod step;
mod taken;

use std::collections::{HashSet, VecDeque};

use self::state::{Promise, State};
use self::step::Step;

/// A rule that is broken on purpose, to see that the search finds it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Defect {
    SettlesInNoTime,
    RetriesLostRequests,
    BelievesTheFirstAbsence,
    TakesSilenceForAbsence,
    SettlesFromTheIntent,
    BelievesAnyAnswer,
    ForgetsTheRecheck,
    TakesUpAtOnce,
    TakesTheReportForAbsence,
    ForgetsTheBar,
}

/// What the search saw.
struct Outcome {
    states: usize,
    ways: usize,
    broken: Option<(Promise, Vec<Step>)>,
}

/// Visits every state that can be reached, until a promise is broken.
fn search(defect: Option<Defect>) -> Outcome {
    let mut seen = HashSet::new();
    // From where each state was reached first, and how.
    let mut trail: Vec<Option<(usize, Step)>> = Vec::new();
    let mut queue = VecDeque::new();
    for state in State::beginnings() {
        seen.insert(state.fingerprint());
        queue.push_back((trail.len(), state));
        trail.push(None);
    }
    let mut ways = 0;
    while let Some((at, state)) = queue.pop_front() {
        for step in step::possible(&state) {
            ways += 1;
            match taken::after(state.clone(), step, defect).and_then(State::judged) {
                Ok(next) if seen.insert(next.fingerprint()) => {
                    queue.push_back((trail.len(), next));
                    trail.push(Some((at, step)));
                }
                Ok(_) => {}
                Err(promise) => {
                    let mut history = vec![step];
                    let mut before = at;
                    while let Some((from, step)) = trail[before] {
                        history.push(step);
                        before = from;
                    }
                    history.reverse();
                    return Outcome {
                        states: seen.len(),
                        ways,
                        broken: Some((promise, history)),
                    };
                }
            }
        }
    }
    Outcome {
        states: seen.len(),
        ways,
        broken: None,
    }
}

fn told(history: &[Step]) -> String {
    let lines = history.iter().map(|step| format!("{step:?}"));
    lines.collect::<Vec<_>>().join("\n")
}

#[test]
#[expect(
    clippy::print_stdout,
    reason = "how many states there are is what the search is for"
)]
fn no_order_of_answers_losses_and_crashes_breaks_a_promise() {
    let Outcome {
        states,
        ways,
        broken,
    } = search(None);
    println!("{states} states, reached in {ways} ways");
    if let Some((promise, history)) = broken {
        panic!("{promise:?} after\n{}", told(&history));
    }
    assert!(states > 10_000, "{states} states are too few to be all");
}

/// The shortest history that breaks a promise once a rule is broken.
fn shortest(defect: Defect) -> (Promise, Vec<Step>) {
    let broken = search(Some(defect)).broken;
    broken.unwrap_or_else(|| panic!("{defect:?} goes unnoticed"))
}

#[test]
fn a_planted_bug_shows_the_shortest_history_that_it_breaks_a_promise_in() {
    use Defect as D;
    for (defect, promise, steps) in [
        (D::SettlesInNoTime, Promise::RecheckOwed, 4),
        (D::RetriesLostRequests, Promise::NeverLost, 2),
        (D::BelievesTheFirstAbsence, Promise::SettledBeforeResend, 4),
        (D::TakesSilenceForAbsence, Promise::NeverLost, 3),
        (D::SettlesFromTheIntent, Promise::RecheckOwed, 5),
        (D::BelievesAnyAnswer, Promise::NeverLost, 2),
        (D::ForgetsTheRecheck, Promise::RecheckOwed, 3),
        (D::TakesUpAtOnce, Promise::NeverLost, 5),
        (D::TakesTheReportForAbsence, Promise::SettledBeforeResend, 4),
        (D::ForgetsTheBar, Promise::BarredIsNotSent, 3),
    ] {
        let (broken, history) = shortest(defect);
        let found = (broken, history.len());
        assert_eq!(found, (promise, steps), "{defect:?}\n{}", told(&history));
    }
}
