//! The shards of a wave, killed at any moment while answers are lost, and begun again until they are done.

use std::collections::BTreeSet;
use std::net::IpAddr;
use std::os::unix::process::ExitStatusExt;
use std::process::Child;
use std::time::Duration;

use wavepair::testing::clock;

use super::merging::merged;
use super::{SHARDS, mixed, results, shard_of, words};
use crate::harness::dice::Dice;
use crate::harness::size::{self, tell};
use crate::support::faults::each_user_once;
use crate::support::rehearsal::{Rehearsal, rows, until, user};

/// What becomes of the first create of each user, in turn: a third of the answers is lost.
const FIRST_CREATES: [&str; 6] = [
    "drop = 'reset'\nwhen = 'after'",
    "delay = '5ms'",
    "delay = '10ms'",
    "drop = 'close'",
    "delay = '5ms'",
    "delay = '10ms'",
];
/// How often a shard may end by itself before it is done, besides once for each kill.
const RUNS_MAX: u64 = 30;
/// After how long a shard is killed, whatever it has sent.
const LONGEST: Duration = Duration::from_secs(5);

/// A shard that is killed now and then.
struct Killed<'a> {
    rehearsal: &'a Rehearsal,
    shard: u32,
    address: IpAddr,
    users: BTreeSet<String>,
    dice: Dice,
}

impl<'a> Killed<'a> {
    fn new(rehearsal: &'a Rehearsal, shard: u32, rows: u32) -> Self {
        let users = (0..rows).filter(|number| shard_of(*number) == shard);
        Self {
            rehearsal,
            shard,
            // 127.0.0.2 and those after it.
            address: [127, 0, 0, 1 + u8::try_from(shard).unwrap()].into(),
            users: users.map(user).collect(),
            dice: Dice::of(size::seed(), &[0x5A, shard.into()]),
        }
    }

    /// Begins it, is killed, and begins it again, until it was killed so often and is done.
    fn until_done(mut self, kills: u64) {
        let (mut killed, mut ended) = (0, 0);
        while killed < kills || !self.is_done() {
            let moment = (killed < kills).then(|| self.moment(kills - killed));
            let mut child = self.begin();
            if let Some(moment) = moment {
                let begun = clock::now();
                // Where so much is lost, a run may wait for long: it is killed while it does.
                until(|| {
                    self.seen() >= moment
                        || child.try_wait().unwrap().is_some()
                        || begun.elapsed() > LONGEST
                });
                child.kill().unwrap();
            }
            let output = child.wait_with_output().unwrap();
            if output.status.signal() == Some(9) {
                killed += 1;
                continue;
            }
            ended += 1;
            let said = String::from_utf8_lossy(&output.stderr);
            assert!(ended <= RUNS_MAX + kills, "it is never done: {said}");
        }
        let (shard, seen) = (self.shard, self.seen());
        tell(&format!(
            "shard {shard}/{SHARDS}: {killed} kills, {ended} ended by themselves, {seen} requests"
        ));
    }

    /// The same command each time, but for what the dice say of its width and of listing first.
    fn begin(&mut self) -> Child {
        let mut all = words(self.shard).to_vec();
        all.extend(["--source-address".to_owned(), self.address.to_string()]);
        for (option, choices) in [
            // Where nothing is listed first, the ledger alone keeps a device from being made twice.
            ("--existing", &["skip", "unchecked"][..]),
            ("--concurrency", &["1", "4", "32"]),
        ] {
            all.extend([option, self.dice.one_of(choices)].map(str::to_owned));
        }
        let all: Vec<_> = all.iter().map(String::as_str).collect();
        self.rehearsal.begin(&all)
    }

    /// How many requests of it the sandbox has to have seen when it is killed next: so many more that
    /// kills and users come out even.
    fn moment(&mut self, kills_left: u64) -> u64 {
        let held = self.rehearsal.held();
        let served: BTreeSet<_> = held.into_iter().map(|held| held.user).collect();
        let left = self.users.difference(&served).count() as u64;
        let more = if left == 0 {
            self.dice.below(2)
        } else {
            1 + self.dice.below(2 * left / (kills_left + 1))
        };
        self.seen() + more
    }

    fn seen(&self) -> u64 {
        let by_address = self.rehearsal.stats().by_address;
        by_address.get(&self.address).copied().unwrap_or_default()
    }

    /// Whether a run ended by itself, and another one would change nothing.
    fn is_done(&self) -> bool {
        let rows = self.rehearsal.results(&results(self.shard));
        let is_open = |outcome: &str| ["failed", "pending", "unknown"].contains(&outcome);
        !rows.is_empty() && !rows.iter().any(|row| is_open(&row["outcome"]))
    }
}

/// What is held, but for what no two runs have alike.
fn held(rehearsal: &Rehearsal) -> BTreeSet<(String, &'static str, Option<String>)> {
    let held = rehearsal.held().into_iter();
    held.map(|held| (held.user, held.kind, held.phone))
        .collect()
}

#[test]
fn shards_killed_at_any_moment_make_together_exactly_what_one_run_makes() {
    let (count, kills) = (size::rows(60), size::kills(6));
    let count = u32::try_from(count).unwrap();
    let start = clock::now();
    let faults = FIRST_CREATES.into_iter().cycle();
    let faults: Vec<_> = faults.take(count as usize).collect();
    let together = Rehearsal::with_faults(&each_user_once("create", &faults));
    let alone = Rehearsal::new();
    let others = mixed();
    let (_, others) = others.split_once('\n').unwrap();
    for rehearsal in [&together, &alone] {
        rehearsal.wave(&(rows(count) + others));
    }
    std::thread::scope(|scope| {
        for shard in 1..=SHARDS {
            let killed = Killed::new(&together, shard, count);
            // As many for each, and what is left over for the first ones.
            let of_it = (kills + u64::from(SHARDS - shard)) / u64::from(SHARDS);
            scope.spawn(move || killed.until_done(of_it));
        }
    });
    let whole = alone.run(&[]).exits(3);
    let merged = merged(&together, &[1, 2, 3], &[]).exits(0);
    let numbers: Vec<_> = (1..=whole.rows.len()).map(|row| row.to_string()).collect();
    assert_eq!(merged.column("row"), numbers, "each row has its line, once");
    for column in ["user_id", "outcome"] {
        assert_eq!(merged.column(column), whole.column(column));
    }
    together.check(&merged, numbers.len());
    let stats = together.stats();
    assert_eq!(stats.most_per_key, 1);
    assert_eq!(together.held().len(), merged.count("created"));
    assert_eq!(held(&together), held(&alone));
    tell(&format!(
        "shards: {} rows, {kills} kills, {} devices, {:.1?}",
        numbers.len(),
        stats.devices,
        start.elapsed()
    ));
}
