//! What a page tells of the rows of a wave, gathered row by row.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::io;

use crate::model::calling_codes::CallingCodes;
use crate::model::ids::{PolicyId, UserId};
use crate::model::outcome::Outcome;
use crate::model::request::DeviceType;
use crate::model::tally::Tally;
use crate::model::verdict::Verdict;
use crate::report::known_row::KnownRow;
use crate::report::result_row::ResultRow;
use crate::report::row_sink::RowSink;

/// How many rows show what a code is about.
const EXAMPLES: usize = 3;

/// A row that has a code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Example {
    /// The line of the file on which it starts.
    pub line: u64,
    /// The user, where the row names one by ID.
    pub user: Option<UserId>,
    /// The masked phone or email address, where the row has one that can be read.
    pub address: Option<String>,
}

/// What became of all rows of a wave.
#[derive(Debug, Default)]
pub(crate) struct Gathered {
    /// The rows by outcome and by code.
    pub tally: Tally,
    /// The first rows with each code.
    pub examples: BTreeMap<String, Vec<Example>>,
    /// The rows that ask for each type of device.
    pub types: BTreeMap<&'static str, u64>,
    /// The rows under each policy.
    pub policies: HashMap<PolicyId, u64>,
    /// The phones by calling code.
    pub countries: CallingCodes,
    /// What a look from outside said of the devices, and when it was last.
    pub verdicts: BTreeMap<&'static str, u64>,
    /// When the last of those looks was, in milliseconds since 1970.
    pub verified_ms: Option<i64>,
    users: HashSet<UserId>,
    users_with_rest: HashSet<UserId>,
    nobody: u64,
    verified: BTreeMap<u64, (i64, Verdict)>,
}

impl Gathered {
    /// Begins; `verified` is what a look from outside said last, by the entry of each device.
    pub(crate) fn new(verified: BTreeMap<u64, (i64, Verdict)>) -> Self {
        Self {
            verified,
            ..Self::default()
        }
    }

    /// How many people the wave is for. A row that does not say whose it is counts as one.
    pub(crate) fn people(&self) -> u64 {
        self.users.len() as u64 + self.nobody
    }

    /// How many of them have every device that the wave asks for.
    pub(crate) fn equipped(&self) -> u64 {
        (self.users.len() - self.users_with_rest.len()) as u64
    }

    fn note_person(&mut self, user: Option<UserId>, outcome: Outcome) {
        let Some(user) = user else {
            // One that repeats an earlier row is for the same person as that.
            self.nobody += u64::from(outcome != Outcome::Duplicate);
            return;
        };
        self.users.insert(user);
        if !outcome.is_there() && outcome != Outcome::Duplicate {
            self.users_with_rest.insert(user);
        }
    }

    fn note_verdict(&mut self, row: &KnownRow) {
        let entry = row.known.entry_number().filter(|_| row.earlier.is_none());
        let said = entry.and_then(|entry| self.verified.get(&entry));
        if let Some((at, verdict)) = said {
            *self.verdicts.entry(verdict.as_str()).or_default() += 1;
            self.verified_ms = self.verified_ms.max(Some(*at));
        }
    }
}

impl RowSink for Gathered {
    fn take(&mut self, row: &KnownRow, result: &ResultRow) -> io::Result<()> {
        let finished = &result.finished;
        self.tally.add(finished);
        let requested = &row.judged.requested;
        self.note_person(requested.user, finished.outcome);
        self.note_verdict(row);
        if let Some(kind) = requested.kind {
            *self.types.entry(DeviceType::as_str(kind)).or_default() += 1;
        }
        if let Some(policy) = requested.policy {
            *self.policies.entry(policy).or_default() += 1;
        }
        if let Some(phone) = requested.phone() {
            self.countries.note(phone);
        }
        let codes = finished.code.iter().map(String::as_str);
        for code in codes.chain(finished.further_codes.iter().copied()) {
            let shown = self.examples.entry(code.to_owned()).or_default();
            if shown.len() < EXAMPLES {
                shown.push(Example {
                    line: finished.who.line,
                    user: requested.user,
                    address: requested.masked_address(),
                });
            }
        }
        Ok(())
    }
}
