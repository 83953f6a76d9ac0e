//! In which world a history is played: how late, how odd and how faulty it is.

use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::Duration;

use fastrand::Rng;

use super::defect::Defect;
use crate::engine::options::{EngineOptions, GuardOptions};
use crate::model::ids::RunId;
use crate::model::mfa::MfaRule;
use crate::pace::Pacing;
use crate::plan::Existing;
use crate::retry::{CLOCK_SKEW, RetryPolicy};

/// The longest time from a request to its last answer, when that comes late and twice.
pub(super) const LONGEST: Duration = Duration::from_secs(45);

/// The kinds of trouble that lose an answer to a create.
const LOSSES: u64 = 0x0007_fe00;

/// Which answers repeat the transaction ID.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Echo {
    Always,
    InCapitals,
    Never,
    Sometimes,
}

/// What in a listing says whose it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Naming {
    Link,
    Devices,
    Nothing,
}

/// A world.
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a fact of its own, and all their combinations occur"
)]
#[derive(Clone, Debug)]
pub(super) struct Weather {
    pub(super) settle: Duration,
    /// How long after nobody waits for it any more a request may take effect.
    pub(super) latest: Duration,
    /// How old the state may be that a listing shows.
    pub(super) lag: Duration,
    /// Whether a second device like the first is refused.
    pub(super) unique: bool,
    /// How many devices a user may have.
    pub(super) limit: Option<usize>,
    pub(super) echo: Echo,
    pub(super) naming: Naming,
    /// How far PingOne's clock is from the true time.
    pub(super) remote_ahead_ms: i64,
    /// Whether its answers have a `Date`.
    pub(super) dates: bool,
    /// How many devices a page of a listing has.
    pub(super) page: usize,
    /// Whether phones and IDs are shown in other spellings.
    pub(super) odd_spellings: bool,
    /// How likely a create is not simply served.
    pub(super) create_trouble: f64,
    /// The same for a listing.
    pub(super) look_trouble: f64,
    /// The same for a token, and for a connection.
    pub(super) other_trouble: f64,
    /// Which troubles there are: a bit for each.
    pub(super) kinds: u64,
    /// How likely an answer comes twice.
    pub(super) twice: f64,
    /// How likely a commit fails.
    pub(super) bad_disk: f64,
    /// How likely the machine is suspended, or its clock set, when a request is to leave.
    pub(super) sleepy: f64,
    /// Whether the machine is booted between runs: then only its wall clock tells how long it was off,
    /// and that one never gains time.
    pub(super) reboots: bool,
    /// How likely the process dies at each step; while a create is on its way, ten times as likely.
    pub(super) crash: f64,
    pub(super) existing: Existing,
    /// How old the data of a report is.
    pub(super) report_age: Duration,
    /// Whether MFA is to be switched on before a create.
    pub(super) enables_mfa: bool,
    attempts: NonZeroU32,
    canary: u32,
    concurrency: usize,
    pacing: Pacing,
    /// How many devices a run makes, and how long it sends.
    most: Option<u64>,
    max_duration: Option<Duration>,
}

impl Weather {
    pub(super) fn draw(rng: &mut Rng) -> Self {
        let settle = Duration::from_millis(rng.u64(180_000..=7_200_000));
        // The promise that the rules rest on: what is lost takes effect and shows before it has settled.
        let span = u64::try_from(settle.saturating_sub(LONGEST).as_millis()).unwrap();
        let latest = rng.u64(0..=span);
        let lag = match rng.u8(..3) {
            0 => 0,
            1 => span - latest,
            _ => rng.u64(0..=span - latest),
        };
        let one_of = |rng: &mut Rng, all: &[f64]| all[rng.usize(..all.len())];
        Self {
            settle,
            latest: Duration::from_millis(latest),
            lag: Duration::from_millis(lag),
            unique: rng.u8(..4) == 0,
            limit: (rng.u8(..5) == 0).then(|| rng.usize(0..3)),
            echo: [Echo::Always, Echo::InCapitals, Echo::Never, Echo::Sometimes][rng.usize(..4)],
            naming: [Naming::Link, Naming::Devices, Naming::Nothing][rng.usize(..3)],
            remote_ahead_ms: match rng.u8(..4) {
                0 => rng.i64(-7_200_000..7_200_000),
                _ => rng.i64(-2_000..2_000),
            },
            dates: rng.u8(..4) > 0,
            page: [1, 2, 50, 50][rng.usize(..4)],
            odd_spellings: rng.bool(),
            create_trouble: one_of(rng, &[0.1, 0.5, 0.8, 0.95]),
            look_trouble: one_of(rng, &[0.0, 0.1, 0.3, 0.7]),
            other_trouble: one_of(rng, &[0.0, 0.0, 0.05, 0.3]),
            kinds: rng.u64(..) | rng.u64(..),
            twice: one_of(rng, &[0.0, 0.0, 0.1, 0.5, 0.9]),
            bad_disk: one_of(rng, &[0.0, 0.0, 0.0, 0.02]),
            sleepy: one_of(rng, &[0.0, 0.0, 0.05, 0.2]),
            reboots: rng.bool(),
            crash: one_of(rng, &[0.0, 0.01, 0.05]),
            existing: [
                Existing::Skip,
                Existing::Skip,
                Existing::Report,
                Existing::Ledger,
                Existing::Unchecked,
            ][rng.usize(..5)],
            report_age: Duration::from_secs(rng.u64(0..=900)),
            attempts: NonZeroU32::MIN.saturating_add(rng.u32(..4)),
            canary: [0, 1, 5][rng.usize(..3)],
            concurrency: rng.usize(1..=8),
            pacing: [Pacing::Unpaced, Pacing::UpTo(25.0)][rng.usize(..2)],
            most: (rng.u8(..10) == 0).then(|| rng.u64(1..3)),
            max_duration: (rng.u8(..10) == 0).then(|| Duration::from_millis(rng.u64(1..60_000))),
            enables_mfa: rng.u8(..5) == 0,
        }
    }

    /// Makes the world one in which it matters that this rule is broken.
    pub(super) fn suit(&mut self, defect: Defect) {
        match defect {
            Defect::BelievesAnyAnswer => {
                self.twice = 0.9;
                self.create_trouble = 0.5;
                self.look_trouble = 0.0;
            }
            Defect::SettlesFromTheIntent => {
                self.sleepy = 0.5;
                self.crash = 0.02;
                self.create_trouble = 1.0;
                self.look_trouble = 0.0;
                self.kinds = LOSSES;
            }
            Defect::TrustsTheWallClock => {
                self.sleepy = 0.2;
                self.reboots = false;
            }
            Defect::CreatesFirst | Defect::TakesAnythingForOn => self.enables_mfa = true,
            Defect::SettlesInNoTime
            | Defect::SendsAgainAfterALoss
            | Defect::TakesSilenceForAbsence
            | Defect::WritesAfterwards
            | Defect::ForgetsTheRecheck
            | Defect::HearsNoRetryAfter => {}
        }
    }

    /// From now on all goes well; what is odd stays odd.
    pub(super) fn calm_down(&mut self) {
        self.create_trouble = 0.0;
        self.look_trouble = 0.0;
        self.other_trouble = 0.0;
        self.twice = 0.0;
        self.bad_disk = 0.0;
        self.sleepy = 0.0;
        self.crash = 0.0;
        // As the run has told a person to.
        self.limit = None;
        self.most = None;
        self.max_duration = None;
    }

    /// Whether there is trouble of this kind.
    pub(super) fn has(&self, kind: u32) -> bool {
        self.kinds >> (kind % 64) & 1 == 1
    }

    /// Whether a listing comes before the first create of a device, with a wall clock that is so far
    /// ahead: where it is asked for, and where PingOne's clock is not known, or is another one.
    pub(super) fn looks_first(&self, ahead_ms: i64) -> bool {
        let skew = i64::try_from(CLOCK_SKEW.as_millis()).expect("it is short");
        // A date goes by whole seconds, and a clock that is set meanwhile may be right by then.
        let differs = ahead_ms.abs_diff(self.remote_ahead_ms) > skew.unsigned_abs() + 60_000;
        self.existing == Existing::Skip || !self.dates || differs && self.sleepy == 0.0
    }

    /// Whether what somebody else made within the skew before a request is told from ours.
    pub(super) fn tells_apart(&self) -> bool {
        self.existing == Existing::Skip || !self.dates
    }

    /// How a run goes about it.
    pub(super) fn options(&self, run: RunId, defect: Option<Defect>) -> EngineOptions {
        let settle = match defect {
            Some(Defect::SettlesInNoTime) => Duration::ZERO,
            Some(_) | None => self.settle,
        };
        EngineOptions {
            run,
            existing: self.existing,
            recreate: false,
            report: Arc::default(),
            mfa: if self.enables_mfa && defect != Some(Defect::CreatesFirst) {
                MfaRule::Enable
            } else {
                MfaRule::Check
            },
            retry: RetryPolicy {
                attempts: self.attempts,
                base_delay: Duration::from_secs(1),
                max_delay: Duration::from_secs(30),
                settle,
                not_found_delay: Duration::from_secs(30),
            },
            guard: GuardOptions {
                canary: self.canary,
                concurrency: self.concurrency,
                max_errors: None,
            },
            pacing: self.pacing,
            refused: Vec::new(),
            max_duration: self.max_duration,
            limit: self.most,
        }
    }
}
