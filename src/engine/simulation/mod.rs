//! Waves in a bad world, in virtual time: seeded histories of runs, crashes and restarts.
//!
//! The run is the real one, from its loop to the headers of its requests. Only three things are
//! played: the sockets ([`played`](crate::pingone::played)), the disk
//! ([`Begun`](crate::ledger::Begun)) and the clocks of the machine. Nothing waits, so that a minute
//! sees tens of thousands of histories; a seed always gives the same one.
//!
//! | file | what it knows |
//! | --- | --- |
//! | `weather` | in which world a history is played |
//! | `people` | since when users exist, and who can use MFA |
//! | `pingone` | which devices there are, and what listings show |
//! | `report` | what a report of all devices shows |
//! | `troubles`, `says` | what can be wrong with an answer; heads and bodies |
//! | `lines` | connections, and what comes late on them |
//! | `world` | all of that together, with the disk and the clocks |
//! | `wire`, `exchange` | the way of a request there and back |
//! | `judge`, `asked` | what must hold |
//! | `history`, `wave` | runs, crashes and restarts, and of what |
//! | `counts` | how much was played |
//! | `defect` | rules broken on purpose, to see that the judge notices |
//!
//! `WAVEPAIR_SIMULATION_HISTORIES` sets how many are played, and `WAVEPAIR_SIMULATION_SEED` plays one
//! and tells it. The exhaustive search of [`search`](super::search) sees less of the world, and
//! misses nothing in it.
//!
//! A run may go by a report of some minutes ago, which is then the truth of that time.
//!
//! What is left out: a disk that loses what it has synced, two machines with two ledgers, and devices
//! that others make while a run goes on.

mod asked;
mod counts;
mod defect;
mod exchange;
mod history;
mod judge;
mod lines;
mod people;
mod pingone;
mod report;
mod says;
mod troubles;
mod wave;
mod weather;
mod wire;
mod world;

use self::counts::Counts;
use self::defect::Defect;
use self::history::play_history;
use self::judge::Broken;

/// How many histories are played where nobody says how many.
const HISTORIES: u64 = 1_500;
/// In how many a broken rule has to show.
const ENOUGH: u64 = 4_000;

fn number(name: &str) -> Option<u64> {
    let text = std::env::var(name).ok()?;
    Some(text.parse().expect("a number"))
}

/// A promise that is broken in the history of a seed.
type Found = (u64, Broken);

/// Plays histories until a promise is broken, each worker every so many of them.
fn part_of(
    first: u64,
    seeds: u64,
    workers: usize,
    defect: Option<Defect>,
) -> (Option<Found>, Counts) {
    let mut counts = Counts::default();
    for seed in (first..seeds).step_by(workers) {
        let played = play_history(seed, defect, false);
        counts.add(played.counts);
        if let Some(broken) = played.broken {
            return (Some((seed, broken)), counts);
        }
    }
    (None, counts)
}

/// Plays histories on all processors until a promise is broken.
fn play_all(seeds: u64, defect: Option<Defect>) -> (Option<Found>, Counts) {
    let workers = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    std::thread::scope(|scope| {
        let parts = (0..workers as u64)
            .map(|first| scope.spawn(move || part_of(first, seeds, workers, defect)));
        let parts: Vec<_> = parts.collect();
        let (mut found, mut counts) = (None, Counts::default());
        for part in parts {
            let (broken, its_counts) = part.join().expect("what panics in a run is caught");
            found = found.or(broken);
            counts.add(its_counts);
        }
        (found, counts)
    })
}

#[test]
#[expect(clippy::print_stdout, reason = "how much was played is what it is for")]
fn no_history_breaks_a_promise() {
    if let Some(seed) = number("WAVEPAIR_SIMULATION_SEED") {
        let played = play_history(seed, None, true);
        println!("{}", played.trace.join("\n"));
        assert_eq!(played.broken, None);
        return;
    }
    let seeds = number("WAVEPAIR_SIMULATION_HISTORIES").unwrap_or(HISTORIES);
    let (found, counts) = play_all(seeds, None);
    println!("{seeds} histories: {counts:?}");
    if let Some((seed, broken)) = found {
        let again = play_history(seed, None, true);
        let trace = again.trace.join("\n");
        panic!("{trace}\nWAVEPAIR_SIMULATION_SEED={seed}: {broken:?}");
    }
    assert!(counts.are_worth_it(seeds), "{counts:?}");
}

#[test]
fn a_seed_always_gives_the_same_history() {
    for seed in 0..40 {
        let [one, other] = [1, 2].map(|_| play_history(seed, None, true).trace);
        let differs = one.iter().zip(&other).find(|(a, b)| a != b);
        assert_eq!(differs, None, "{seed}");
        assert_eq!(one.len(), other.len(), "{seed}");
    }
}

#[test]
fn a_rule_that_is_broken_on_purpose_breaks_a_promise() {
    use Broken as B;
    use Defect as D;
    for (defect, expected) in [
        (
            D::SettlesInNoTime,
            &[
                B::SentTooSoon,
                B::NotLookedForTwice,
                B::RecheckForgotten,
                B::Lost,
            ][..],
        ),
        (
            D::SendsAgainAfterALoss,
            &[B::SentTooSoon, B::Lost, B::TakenForAnothers],
        ),
        (
            D::TakesSilenceForAbsence,
            &[B::NotLookedFor, B::SentTooSoon],
        ),
        (
            D::BelievesAnyAnswer,
            &[B::NotLookedFor, B::Lost, B::MadeTwice, B::SentBeforeMfa],
        ),
        (D::WritesAfterwards, &[B::NotWrittenBefore]),
        (
            D::SettlesFromTheIntent,
            &[B::SentTooSoon, B::RecheckForgotten],
        ),
        (
            D::TrustsTheWallClock,
            &[B::SentTooSoon, B::RecheckForgotten],
        ),
        (D::ForgetsTheRecheck, &[B::RecheckForgotten]),
        (D::HearsNoRetryAfter, &[B::NotHeld]),
        (D::CreatesFirst, &[B::SentBeforeMfa]),
        (D::TakesAnythingForOn, &[B::SentBeforeMfa]),
    ] {
        let (found, counts) = play_all(ENOUGH, Some(defect));
        let broken = found.map(|(_, broken)| broken);
        let is_seen = broken.is_some_and(|broken| expected.contains(&broken));
        assert!(is_seen, "{defect:?}: {broken:?} in {counts:?}");
    }
}
