//! Runs a wave again and again until nothing is left to do, killing it on the way.

use std::time::Duration;

use super::case::{Case, ENABLE_MFA, LATE};
use super::checker::Results;
use super::dice::Dice;
use super::faults::Plan;
use super::program::{Ended, LOG, Leave, RESULTS, run};
use super::size::tell;
use super::time::now;
use super::wave::Wave;
use super::ways::Ways;

/// How often a run may end by itself before the wave must be done, besides once for each kill
/// and each ten thousand rows: on a bad day a breaker trips about as often as that.
const RUNS_MAX: u64 = 60;

/// What a campaign is.
pub(crate) struct Campaign {
    pub(crate) name: &'static str,
    pub(crate) seed: u64,
    pub(crate) kills: u64,
    pub(crate) plan: Plan,
    pub(crate) wave: Wave,
    /// What a device that exists already means, run by run.
    pub(crate) existing: &'static [&'static str],
    /// Whether the rows change places between runs.
    pub(crate) shuffled: bool,
}

/// What it came to.
#[derive(Debug, Default)]
pub(crate) struct Outcome {
    pub(crate) killed: u64,
    /// How many processes ended by themselves.
    pub(crate) ended: u64,
    /// Rows that are left to a person.
    pub(crate) unknown: u64,
    /// Requests of one more run, when nothing was left to do.
    pub(crate) requests_when_done: u64,
    peak_kib: u64,
}

impl Campaign {
    /// Runs the wave to its end and checks everything.
    pub(crate) fn run(self) -> Outcome {
        let Self {
            name, seed, kills, ..
        } = self;
        let rows = self.wave.rows().len();
        tell(&format!("{name}: {rows} rows, {kills} kills, seed {seed}"));
        let start = now();
        let mut case = Case::of(name, self.wave, self.plan, LATE);
        let mut outcome = Outcome::default();
        if self.existing.contains(&"report") {
            outcome.prove_the_ledger(&case);
        }
        let results = loop {
            let run = outcome.killed + outcome.ended;
            let mut dice = Dice::of(seed, &[0xD1, run]);
            let leave = leave(&mut dice, &case, kills.saturating_sub(outcome.killed));
            let flags = flags(
                &mut dice,
                (self.existing, case.wave.ways),
                rows as u64,
                kills,
            );
            if let Some(results) = outcome.one_run(&case, &flags, &leave)
                && outcome.killed >= kills
                && results.is_finished()
            {
                break results;
            }
            let limit = RUNS_MAX + kills + rows as u64 / 10_000;
            case.judge
                .sure(outcome.ended <= limit, || "it is never done".to_owned());
            if self.shuffled && dice.below(4) == 0 {
                case.wave.shuffle(&mut dice);
                case.place.write(&case.wave);
            }
        };
        outcome.unknown = results.outcomes.get("unknown").copied().unwrap_or_default();
        outcome.requests_when_done = case.nothing_is_left(outcome.unknown == 0);
        let Outcome {
            killed,
            ended,
            peak_kib,
            ..
        } = outcome;
        let (took, nap) = (start.elapsed(), case.server.longest_nap());
        tell(&format!(
            "{name}: {killed} killed, {ended} ended by themselves, {took:.0?}; peak {peak_kib} KiB, \
             the server napped {nap:.0?} at most\n    outcomes {:?}\n    seen {:?}",
            results.outcomes,
            case.server.truth().counts(),
        ));
        outcome
    }
}

impl Outcome {
    /// Runs the first rows until a run that looks first has finished: no report is gone by before.
    fn prove_the_ledger(&mut self, case: &Case) {
        let first = case.wave.first_rows();
        case.place.write(&first);
        loop {
            case.run();
            self.ended += 1;
            let results = Results::read(&case.place.read(RESULTS), first.header());
            if results.is_ok_and(|results| results.is_finished()) {
                break;
            }
            let is_early = self.ended <= RUNS_MAX;
            case.judge.sure(is_early, || "nothing is proved".to_owned());
        }
        case.place.write(&case.wave);
    }

    /// One process, whatever becomes of it; the results where it ended by itself.
    fn one_run(&mut self, case: &Case, flags: &[&str], leave: &Leave) -> Option<Results> {
        // What an earlier process wrote was looked through then.
        case.place.remove(LOG);
        let ended: Ended = run(&case.place, &case.server, flags, leave);
        self.peak_kib = ended.peak_kib.max(self.peak_kib);
        case.judge.process(&ended, &case.place, &case.server);
        if ended.was_killed() {
            self.killed += 1;
            return None;
        }
        self.ended += 1;
        case.server.quiesce();
        Some(case.check(&ended))
    }
}

/// When the next process is killed: mostly after so many creates that kills and rows come out even.
fn leave(dice: &mut Dice, case: &Case, kills_left: u64) -> Leave {
    if kills_left == 0 {
        return Leave::ByItself;
    }
    let made = case.server.truth().all().count() as u64;
    let rows_left = (case.wave.wishes.len() as u64).saturating_sub(made);
    if rows_left == 0 || dice.below(5) == 0 {
        return Leave::After(Duration::from_micros(dice.below(400_000)));
    }
    let share = rows_left / kills_left;
    Leave::AtBell(case.server.ring_after(1 + dice.below(2 * share + 1)))
}

/// The rows between two kills above which a run is not to be narrow: it would take for ever.
const NARROW_ROWS_MAX: u64 = 1_000;
/// The rows above which a line for each of them in each run would fill the disk.
const VERBOSE_ROWS_MAX: u64 = 100_000;

fn flags(
    dice: &mut Dice,
    (existing, ways): (&[&'static str], Ways),
    rows: u64,
    kills: u64,
) -> Vec<&'static str> {
    let varied = rows <= kills.saturating_mul(NARROW_ROWS_MAX);
    let concurrency = if varied {
        dice.one_of(&["1", "4", "32", "32"])
    } else {
        "32"
    };
    let mut flags = vec![
        "--timeout",
        "1s",
        "--connect-timeout",
        "1s",
        "--settle",
        LATE.1,
    ];
    flags.extend(["--rate", "max", "--progress", "none"]);
    if rows <= VERBOSE_ROWS_MAX {
        flags.push("-v");
    }
    flags.extend(["--existing", dice.one_of(existing)]);
    flags.extend([
        "--concurrency",
        concurrency,
        "--canary",
        dice.one_of(&["0", "5"]),
    ]);
    if ways.mfa {
        flags.extend(ENABLE_MFA);
    }
    flags
}
