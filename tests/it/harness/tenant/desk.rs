//! Answers what is asked about users and for reports, by the plan and by what is true so far.

use std::collections::{HashMap, HashSet};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Mutex;

use serde_json::Value;

use super::{Asked, entries_json, entry, mfa_json, users_json};
use crate::harness::device::uuid;
use crate::harness::dice::Dice;
use crate::harness::faults::{Effect, Plan, Sight};
use crate::harness::names::Directory;
use crate::harness::reply;
use crate::harness::service::{Deed, Handled, Late};
use crate::harness::truth::Truth;
use crate::harness::wave::Wave;

/// How many users are on a page of those that are found, at most.
const USERS: usize = 12;
/// How many entries of a report are on a page.
const ENTRIES: usize = 60;
/// How many reports are kept.
const REPORTS: usize = 4;

pub(crate) struct Desk {
    directory: Directory,
    /// The names that the wave has; nobody has a reason to ask for another.
    in_wave: HashSet<String>,
    /// How often each thing was asked.
    asked: Mutex<HashMap<u64, u64>>,
    reports: Mutex<Vec<(u128, Vec<Value>)>>,
}

impl Desk {
    pub(crate) fn new(wave: &Wave) -> Self {
        Self {
            directory: Directory::of(wave.users()),
            in_wave: wave.names().map(str::to_owned).collect(),
            asked: Mutex::default(),
            reports: Mutex::default(),
        }
    }

    /// What a request on some connection comes to. `base` is the address of the environment.
    pub(crate) fn answer(
        &self,
        asked: &Asked,
        (plan, (base, connection)): (&Plan, (&str, u64)),
        truth: &mut Truth,
    ) -> Handled {
        let (about, nth) = self.count(asked);
        if let Asked::Switch(user) = asked {
            return switch(*user, (plan, nth, connection), truth);
        }
        let sight = plan.read(asked.word(), about, nth);
        if let Sight::Throttled { .. } = sight {
            truth.pause(asked.word(), connection, reply::PAUSE);
        }
        match asked {
            Asked::Switch(_) => unreachable!("it is answered above"),
            Asked::Users { names, from } => self.users((names, *from), sight, base, truth),
            Asked::Mfa(user) => {
                let on = if sight.is_told() {
                    truth.users.tell_mfa(*user)
                } else {
                    truth.users.has_mfa(*user)
                };
                reply::seen(sight, 200, &mfa_json(*user, on)).into()
            }
            Asked::Report(kind) => {
                truth.report();
                let entries = truth.reported(kind, plan.report_age);
                let entries = entries
                    .into_iter()
                    .map(|(device, made)| entry(device, made));
                let entries: Vec<Value> = entries.collect();
                let report = Dice::of(plan.seed, &[0x4E, about, nth]).wide();
                let body = page(report, &entries, 0, base);
                let mut reports = self.reports.lock().unwrap();
                reports.push((report, entries));
                let old = reports.len().saturating_sub(REPORTS);
                reports.drain(..old);
                reply::seen(sight, 201, &body).into()
            }
            Asked::Entries { report, from } => {
                let reports = self.reports.lock().unwrap();
                match reports.iter().find(|(id, _)| id == report) {
                    Some((_, entries)) => {
                        let body = page(*report, entries, *from, base);
                        reply::seen(sight, 200, &body).into()
                    }
                    None => reply::error(404).into(),
                }
            }
        }
    }

    /// What is asked, in short, and how often it was.
    fn count(&self, asked: &Asked) -> (u64, u64) {
        let mut hasher = DefaultHasher::new();
        asked.hash(&mut hasher);
        let about = hasher.finish();
        let mut all = self.asked.lock().unwrap();
        let nth = all.entry(about).or_default();
        *nth += 1;
        (about, *nth)
    }

    fn users(
        &self,
        (names, from): (&[String], usize),
        sight: Sight,
        base: &str,
        truth: &mut Truth,
    ) -> Handled {
        if names.iter().any(|name| !self.in_wave.contains(name)) {
            truth.complain("N: a name is asked for that the wave does not have".to_owned());
        }
        let mut found: Vec<u128> = Vec::new();
        // Never in the order in which they were asked for.
        for user in names
            .iter()
            .rev()
            .flat_map(|name| self.directory.find(name))
        {
            if !found.contains(user) {
                found.push(*user);
            }
        }
        let shown = found.iter().skip(from).take(USERS);
        let shown: Vec<(u128, bool)> = shown
            .map(|&user| {
                if !sight.is_told() {
                    return (user, truth.users.has_mfa(user));
                }
                truth.users.tell_name(user);
                (user, truth.users.tell_mfa(user))
            })
            .collect();
        let behind = from + shown.len();
        let next = (behind < found.len()).then(|| {
            let filter: Vec<_> = names.iter().map(|name| comparison(name)).collect();
            let filter = encoded(&filter.join(" or "));
            format!("{base}/users?limit=100&filter={filter}&cursor={behind}")
        });
        let body = users_json(&shown, found.len(), next);
        reply::seen(sight, 200, &body).into()
    }
}

fn switch(user: u128, (plan, nth, connection): (&Plan, u64, u64), truth: &mut Truth) -> Handled {
    let fate = plan.switch(user, nth);
    if let Sight::Throttled { .. } = fate.sight {
        truth.pause("switch", connection, reply::PAUSE);
    }
    if let Some(why) = truth.users.ask_to_switch(user) {
        truth.complain(why);
    }
    if fate.effect == Effect::AtOnce {
        truth.users.switch(user);
    }
    let late = (fate.effect == Effect::Late).then(|| Late {
        deed: Deed::Switch(user),
        delay: plan.late_switch(user, nth),
    });
    Handled {
        late,
        ..reply::seen(fate.sight, 200, &mfa_json(user, true)).into()
    }
}

fn page(report: u128, entries: &[Value], from: usize, base: &str) -> String {
    let shown: Vec<Value> = entries.iter().skip(from).take(ENTRIES).cloned().collect();
    let behind = from + shown.len();
    let next = (behind < entries.len()).then(|| {
        let id = uuid(report);
        format!("{base}/dataExplorations/{id}/entries?limit=1000&cursor={behind}")
    });
    entries_json(report, &shown, entries.len(), next)
}

fn comparison(name: &str) -> String {
    let text = name.replace('\\', "\\\\").replace('"', "\\\"");
    format!("username eq \"{text}\"")
}

fn encoded(text: &str) -> String {
    let byte = |byte: u8| match byte {
        b'0'..=b'9' | b'a'..=b'z' | b'A'..=b'Z' => char::from(byte).to_string(),
        byte => format!("%{byte:02X}"),
    };
    text.bytes().map(byte).collect()
}
