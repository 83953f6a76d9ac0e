//! A small wave on a calm day, to which one thing is done.

use std::time::Duration;

use super::checker::Results;
use super::faults::Plan;
use super::judge::Judge;
use super::program::{Ended, Leave, Place, RESULTS, run};
use super::server::Server;
use super::size::seed;
use super::time::{now, until};
use super::wave::{CARELESS, Mix, Wave};

/// A settling time, and as the program is told it.
type Settle = (Duration, &'static str);

/// Just above the time that a request may take effect late and that a listing may lag, together.
pub(crate) const LATE: Settle = (Duration::from_secs(1), "1s");
/// Nothing is late, so nothing has to settle for long.
pub(crate) const PROMPT: Settle = (Duration::from_millis(300), "300ms");

/// No listing makes up for an intent that is not on the disk.
pub(crate) const TRUST_THE_LEDGER: [&str; 4] = ["--existing", "unchecked", "--concurrency", "4"];
/// What a run is told that is to switch MFA on.
pub(crate) const ENABLE_MFA: [&str; 2] = ["--mfa", "enable"];
/// How often a small wave may have to be run after one thing was done to it.
const RUNS_MAX: usize = 5;

pub(crate) struct Case {
    pub(crate) wave: Wave,
    pub(crate) server: Server,
    pub(crate) place: Place,
    pub(crate) judge: Judge,
    settle: Settle,
    more: &'static [&'static str],
}

impl Case {
    pub(crate) fn new(name: &'static str, rows: u64) -> Self {
        let wave = Wave::new(seed(), rows, CARELESS);
        Self::of(name, wave, Plan::calm(seed()), PROMPT)
    }

    /// One without rows that are out of the ordinary.
    pub(crate) fn plain(name: &'static str, rows: u64) -> Self {
        let wave = Wave::new(seed(), rows, Mix::default());
        Self::of(name, wave, Plan::calm(seed()), PROMPT)
    }

    pub(crate) fn of(name: &'static str, wave: Wave, plan: Plan, settle: Settle) -> Self {
        let judge = Judge::new(name, plan.seed, &wave);
        Self {
            server: Server::start(plan, &wave, settle.0),
            place: Place::new(&wave),
            judge,
            settle,
            more: &[],
            wave,
        }
    }

    /// The same, each run of which is told more.
    pub(crate) fn told(self, more: &'static [&'static str]) -> Self {
        Self { more, ..self }
    }

    /// What each run is told.
    pub(crate) fn flags(&self) -> Vec<&'static str> {
        let mut flags = vec!["--settle", self.settle.1, "--progress", "none"];
        if !self.more.contains(&"--rate") {
            flags.extend(["--rate", "max"]);
        }
        flags.extend(self.more);
        if self.wave.ways.mfa {
            flags.extend(ENABLE_MFA);
        }
        flags
    }

    /// Runs the program until it ends by itself; whatever it came to, some things must hold.
    pub(crate) fn run(&self) -> Ended {
        let ended = run(&self.place, &self.server, &self.flags(), &Leave::ByItself);
        self.judge.process(&ended, &self.place, &self.server);
        self.server.quiesce();
        ended
    }

    /// Checks what a run came to that ended by itself.
    pub(crate) fn check(&self, ended: &Ended) -> Results {
        self.judge.end(ended, &self.wave, &self.place, &self.server)
    }

    /// Runs the program until nothing is left to do, and checks everything.
    pub(crate) fn finish(&self) {
        for _ in 0..RUNS_MAX {
            let results = self.check(&self.run());
            if results.is_finished() {
                let unknown = results.outcomes.contains_key("unknown");
                return self.judge.sure(!unknown, || "a row is lost".to_owned());
            }
        }
        self.judge.sure(false, || "not done".to_owned());
    }

    /// Runs a wave that is done: nothing may be made, and nothing may change.
    ///
    /// Gives the number of requests. There is none unless a device is still in doubt.
    pub(crate) fn nothing_is_left(&self, settled: bool) -> u64 {
        let counted = || {
            let truth = self.server.truth();
            // Who nobody is may be somebody by now, and is asked for again.
            let named = ["token", "users"]
                .into_iter()
                .filter(|_| !self.wave.ways.names);
            let asked = ["list", "create", "mfa", "switch", "report"].into_iter();
            asked
                .chain(named)
                .map(|what| truth.counted(what))
                .sum::<u64>()
        };
        // Where an answer was lost, a last look is owed until the request has settled.
        let done = now();
        until("the end of settling", 10 * self.settle.0, || {
            done.elapsed() > self.settle.0
        });
        self.check(&self.run());
        let (before, written) = (counted(), self.place.read(RESULTS));
        self.check(&self.run());
        let requests = counted() - before;
        self.judge.sure(requests == 0 || !settled, || {
            format!("{requests} requests, with nothing to do")
        });
        let same = self.place.read(RESULTS) == written;
        self.judge.sure(same || !settled, || {
            "the results changed, with nothing done".to_owned()
        });
        requests
    }

    /// Runs the program once, after which nothing may be left to do.
    pub(crate) fn next_run_is_clean(&self) {
        let ended = self.run();
        let finished = self.check(&ended).is_finished();
        self.judge
            .sure(finished, || format!("not done: {}", ended.said));
    }
}
