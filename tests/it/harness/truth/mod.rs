//! What really happened, as the server saw it. Entries are added and never changed.

mod users;

use std::collections::{BTreeMap, HashMap, HashSet};
use std::fmt::Write;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::time::{Duration, Instant};

use super::device::Device;
use super::faults::{Effect, Fate, Sight};
use super::time::{now, wall};
use super::ways::Ways;
pub(crate) use users::Users;

/// The most requests that the program has in flight: so many may still come when it is asked to
/// pause, however slow the machine is.
const IN_FLIGHT: u64 = 32;
/// The most requests for a device that may have created it: the first, and three after settling.
const PERHAPS_MAX: u32 = 4;
const COMPLAINTS_MAX: usize = 50;
/// How far two reports are apart: five seconds, but for what one came earlier than the other on its way.
const REPORTS_APART: Duration = Duration::from_secs(4);

/// Something that happened.
#[derive(Clone, Debug)]
pub(crate) enum Happened {
    /// A process of the program began.
    Run,
    /// A create request was there, whole.
    Post { transaction: Box<str>, fate: Fate },
    /// A device was made.
    Made,
}

/// When it happened, and to which device.
#[derive(Clone, Debug)]
pub(crate) struct Entry {
    pub(crate) at: Instant,
    pub(crate) device: Option<Device>,
    pub(crate) what: Happened,
}

/// A device that is there.
#[derive(Clone, Debug)]
pub(crate) struct Made {
    pub(crate) id: u128,
    pub(crate) at: Instant,
    pub(crate) created_at: Box<str>,
    /// The phone as it was sent.
    pub(crate) spelled: Box<str>,
    /// Whether somebody else made it, before all runs.
    pub(crate) before: bool,
}

/// What is known of the requests for a device.
#[derive(Clone, Copy, Debug, Default)]
struct Asked {
    posts: u32,
    /// Those that were not certainly without effect.
    perhaps: u32,
    /// Whether one was answered that the device is there already.
    conflict: bool,
    latest: Option<Instant>,
}

/// A pause that was asked for: each rate is PingOne's own, so it is for one kind of request.
#[derive(Debug, Default)]
struct Pause {
    /// Until when, by the connection on which it was asked for. Whoever sends on such a connection
    /// again has read that; of the others nobody knows what has been read.
    until: HashMap<u64, Instant>,
    /// How many requests came inside it.
    late: u64,
}

#[derive(Debug)]
pub(crate) struct Truth {
    opened: Instant,
    opened_wall: Duration,
    settle: Duration,
    log: Vec<Entry>,
    made: HashMap<Device, Vec<Made>>,
    owned: HashMap<u128, Vec<Device>>,
    asked: HashMap<Device, Asked>,
    /// Users whose create request is being worked at.
    open: HashSet<u128>,
    transactions: HashSet<u64>,
    /// By the kind of request.
    pauses: HashMap<&'static str, Pause>,
    pub(crate) users: Users,
    /// When a report was made last.
    reported: Option<Instant>,
    requests: Vec<Instant>,
    counts: BTreeMap<&'static str, u64>,
    complaints: Vec<String>,
}

impl Truth {
    /// An empty log. `settle` is what the program is told to wait before it sends again.
    pub(crate) fn new(settle: Duration, ways: Ways) -> Self {
        Self {
            users: Users::new(ways),
            opened: now(),
            opened_wall: wall(),
            settle,
            log: Vec::new(),
            made: HashMap::new(),
            owned: HashMap::new(),
            asked: HashMap::new(),
            open: HashSet::new(),
            transactions: HashSet::new(),
            pauses: HashMap::new(),
            reported: None,
            requests: Vec::new(),
            counts: BTreeMap::new(),
            complaints: Vec::new(),
        }
    }

    /// Notes that a new process begins: it cannot know of pauses that another was asked for.
    pub(crate) fn run_begins(&mut self) {
        self.pauses.clear();
        self.reported = None;
        self.open.clear();
        self.note(None, Happened::Run);
    }

    /// Notes a request to the API, of whatever kind, on some connection.
    pub(crate) fn request(&mut self, kind: &'static str, connection: u64) {
        let at = now();
        if let Some(pause) = self.pauses.get_mut(rate_of(kind))
            && let Some(until) = pause.until.get(&connection)
            && at < *until
        {
            let early = *until - at;
            pause.late += 1;
            if pause.late > IN_FLIGHT {
                self.complain(format!(
                    "F: a {kind} came {early:?} before the end of a pause"
                ));
            }
        }
        self.requests.push(at);
        self.count(kind);
    }

    /// Notes that whoever sends requests of a kind was asked to wait, on some connection.
    pub(crate) fn pause(&mut self, kind: &'static str, connection: u64, delay: Duration) {
        self.count("throttled");
        let at = now();
        let pause = self.pauses.entry(rate_of(kind)).or_default();
        if pause.until.values().all(|until| *until <= at) {
            *pause = Pause::default();
        }
        pause.until.insert(connection, at + delay);
    }

    /// Notes a create request, and judges whether it was allowed to come.
    pub(crate) fn post(&mut self, device: Device, transaction: &str, fate: Fate) {
        let at = now();
        let mut hasher = DefaultHasher::new();
        transaction.hash(&mut hasher);
        if !self.transactions.insert(hasher.finish()) {
            self.complain(format!("A: transaction {transaction} was sent twice"));
        }
        if !self.open.insert(device.user) {
            self.complain(format!(
                "A: {device:?} while another request of the user is open"
            ));
        }
        for why in self.users.post(device.user) {
            self.complain(format!("{why}: {device:?}"));
        }
        let perhaps = !matches!(fate.sight, Sight::Throttled { .. } | Sight::Error(401));
        let before = self.asked.get(&device).copied().unwrap_or_default();
        if let Some(latest) = before.latest
            && at + self.settle / 4 < latest + self.settle
        {
            let (age, settle) = (at - latest, self.settle);
            self.complain(format!(
                "A: {device:?} again after {age:?}, settling takes {settle:?}"
            ));
        }
        let after = Asked {
            posts: before.posts + 1,
            perhaps: before.perhaps + u32::from(perhaps),
            conflict: before.conflict || fate.sight == Sight::Error(409),
            latest: if perhaps { Some(at) } else { before.latest },
        };
        if after.perhaps > PERHAPS_MAX {
            self.complain(format!(
                "A: {device:?} was asked for {} times",
                after.perhaps
            ));
        }
        self.asked.insert(device, after);
        let effect = match (fate.sight, fate.effect) {
            (Sight::Documented | Sight::Slow, _) => "answered as documented",
            (Sight::Throttled { .. } | Sight::Error(401), _) => "refused",
            (_, Effect::Never) => "lost without effect",
            (_, Effect::AtOnce) => "lost with effect",
            (_, Effect::Late) => "lost, with effect later",
        };
        self.count(effect);
        let transaction = transaction.into();
        self.note(Some(device), Happened::Post { transaction, fate });
    }

    /// Notes that a create request is done with, as far as the server is concerned.
    pub(crate) fn post_ends(&mut self, device: Device) {
        self.open.remove(&device.user);
    }

    /// How many create requests came for a device.
    pub(crate) fn posts_for(&self, device: Device) -> u64 {
        self.asked
            .get(&device)
            .map_or(0, |asked| asked.posts.into())
    }

    /// Whether a create request for a device was answered that it is there already.
    pub(crate) fn was_said_to_exist(&self, device: Device) -> bool {
        self.asked.get(&device).is_some_and(|asked| asked.conflict)
    }

    /// Makes a device.
    pub(crate) fn make(&mut self, device: Device, made: Made) {
        let others = self.made.entry(device).or_default();
        others.push(made);
        if others.len() > 1 {
            let story = self.story(device);
            self.complain(format!("A: {device:?} is there twice\n{story}"));
        } else {
            self.owned.entry(device.user).or_default().push(device);
        }
        self.note(Some(device), Happened::Made);
    }

    /// A user's devices as they were so long ago.
    pub(crate) fn listing(&self, user: u128, age: Duration) -> Vec<(Device, &Made)> {
        let then = now().checked_sub(age).unwrap_or(self.opened);
        let owned = self.owned.get(&user).into_iter().flatten();
        owned
            .flat_map(|device| self.made[device].iter().map(|made| (*device, made)))
            .filter(|(_, made)| made.before || made.at <= then)
            .collect()
    }

    /// Notes that a report is made, and judges whether it was allowed to be.
    pub(crate) fn report(&mut self) {
        let at = now();
        if let Some(before) = self.reported.replace(at)
            && at - before < REPORTS_APART
        {
            let apart = at - before;
            self.complain(format!("F: two reports are {apart:?} apart"));
        }
    }

    /// The devices of one kind as they were so long ago, in an order of their own.
    pub(crate) fn reported(&self, kind: &str, age: Duration) -> Vec<(Device, &Made)> {
        let then = now().checked_sub(age).unwrap_or(self.opened);
        let all = self.made.iter().filter(|(device, _)| device.kind == kind);
        let all = all.flat_map(|(device, made)| made.iter().map(|made| (*device, made)));
        let mut there: Vec<_> = all
            .filter(|(_, made)| made.before || made.at <= then)
            .collect();
        there.sort_unstable_by_key(|(_, made)| made.id);
        there
    }

    /// The devices of one kind, user and phone that are there.
    pub(crate) fn devices(&self, device: Device) -> &[Made] {
        self.made.get(&device).map_or(&[], Vec::as_slice)
    }

    /// Every device that is there.
    pub(crate) fn all(&self) -> impl Iterator<Item = (&Device, &[Made])> {
        self.made
            .iter()
            .map(|(device, made)| (device, made.as_slice()))
    }

    /// When each request to the API came.
    pub(crate) fn requests(&self) -> &[Instant] {
        &self.requests
    }

    /// How many create requests came after an instant, in microseconds since 1970.
    pub(crate) fn posts_since(&self, then: u128) -> usize {
        let late = |entry: &&Entry| {
            let wall = self.opened_wall + entry.at.duration_since(self.opened);
            matches!(entry.what, Happened::Post { .. }) && wall.as_micros() > then
        };
        self.log.iter().filter(late).count()
    }

    pub(crate) fn count(&mut self, what: &'static str) {
        *self.counts.entry(what).or_default() += 1;
    }

    pub(crate) fn counts(&self) -> &BTreeMap<&'static str, u64> {
        &self.counts
    }

    /// How often something was counted.
    pub(crate) fn counted(&self, what: &str) -> u64 {
        self.counts.get(what).copied().unwrap_or_default()
    }

    /// Notes something that must not be.
    pub(crate) fn complain(&mut self, what: String) {
        if self.complaints.len() < COMPLAINTS_MAX {
            self.complaints.push(what);
        }
    }

    /// What must not be; of very much the first.
    pub(crate) fn complaints(&self) -> &[String] {
        &self.complaints
    }

    /// What happened to one device, and when processes began meanwhile.
    pub(crate) fn story(&self, device: Device) -> String {
        let mut story = String::new();
        let mut runs = 0;
        for entry in &self.log {
            let at = entry.at.duration_since(self.opened).as_secs_f64();
            let what = match &entry.what {
                Happened::Run => {
                    runs += 1;
                    continue;
                }
                _ if entry.device != Some(device) => continue,
                Happened::Post { transaction, fate } => format!("{transaction}: {fate:?}"),
                Happened::Made => "made".to_owned(),
            };
            writeln!(story, "    {at:.3} s, process {runs}: {what}").unwrap();
        }
        story
    }

    fn note(&mut self, device: Option<Device>, what: Happened) {
        let at = now();
        self.log.push(Entry { at, device, what });
    }
}

/// Whose rate a kind of request is of: that of its own, or one that it shares.
fn rate_of(kind: &'static str) -> &'static str {
    match kind {
        "mfa" | "switch" => "users",
        "entries" => "report",
        own => own,
    }
}

#[cfg(test)]
mod tests;
