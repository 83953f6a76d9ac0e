//! What the engine is given: how to run, and the rows of the wave.

use std::sync::Arc;
use std::time::Duration;

use crate::model::device_report::DeviceReport;
use crate::model::event::RowLabel;
use crate::model::ids::RunId;
use crate::model::invalid::Invalid;
use crate::model::mfa::MfaRule;
use crate::model::pace_reading::Millirate;
use crate::model::rate_group::RateGroup;
use crate::model::request::DeviceRequest;
use crate::model::unresolved::NameTrouble;
use crate::pace::Pacing;
use crate::plan::{Bar, Existing};
use crate::retry::RetryPolicy;

/// What a run does, and how fast.
#[derive(Clone, Debug)]
pub struct EngineOptions {
    /// The run.
    pub run: RunId,
    /// What a device that exists already means.
    pub existing: Existing,
    /// Whether a device that was undone is created anew.
    pub recreate: bool,
    /// What was reported of the devices that exist, for [`Existing::Report`]; what it does not tell of
    /// is looked for.
    pub report: Arc<DeviceReport>,
    /// What is done about users who cannot use MFA.
    pub mfa: MfaRule,
    /// What is tried again, and when.
    pub retry: RetryPolicy,
    /// When going on is pointless.
    pub guard: GuardOptions,
    /// What the pace keeps to.
    pub pacing: Pacing,
    /// The rates that earlier runs were refused not long ago: it begins below them.
    pub refused: Vec<(RateGroup, Millirate)>,
    /// After how long to stop.
    pub max_duration: Option<Duration>,
    /// How many devices to create at most.
    pub limit: Option<u64>,
}

/// The thresholds that an administrator sets.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct GuardOptions {
    /// How many creates go one by one before the first success.
    pub canary: u32,
    /// How many requests may be in flight.
    pub concurrency: usize,
    /// At how many bad rows to stop.
    pub max_errors: Option<MaxErrors>,
}

/// How many bad rows are too many.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum MaxErrors {
    /// So many.
    Rows(u64),
    /// So many of a hundred rows, once twenty rows are done.
    Percent(f64),
}

/// The longest pause that is waited out; a longer one ends the run, for whoever started it is better
/// told now, and the next run goes on where this one stopped.
pub(super) const LONGEST_HOLD: Duration = Duration::from_mins(5);

/// From where the ID of a row's user is known.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum UserSource {
    /// The row has it, or it was looked up by the name in this run.
    #[default]
    Sure,
    /// An earlier run looked it up. Where PingOne does not know the user any more, somebody else may
    /// have the name by now.
    Remembered,
    /// The same, and the name was asked for anew meanwhile: the row was at work for another user.
    AskedAnew,
}

/// A row of the wave, judged.
#[derive(Debug)]
pub enum PlannedRow {
    /// It is wrong.
    Invalid {
        /// Which row.
        who: RowLabel,
        /// What is wrong with it.
        invalid: Invalid,
    },
    /// Nobody knows for whom it asks, or under which policy.
    Unresolved {
        /// Which row.
        who: RowLabel,
        /// Why.
        trouble: NameTrouble,
    },
    /// It asks for a device.
    Valid(DeviceRequest, UserSource),
    /// It asks for a device, and a plan lets no create be sent for it.
    Barred(DeviceRequest, Bar),
}
