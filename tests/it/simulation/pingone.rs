//! A model of PingOne for one device: when a create takes effect, and when a listing shows it.

use std::time::Duration;

use fastrand::Rng;
use wavepair::testing::model::{
    Ambiguity, AttemptOutcome, Device, DeviceId, Listing, LookOutcome, Refusal,
};

/// How many devices PingOne lets the user have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Limit {
    /// More than are asked for.
    Ample,
    /// This one at most.
    One,
    /// Not even this one.
    Zero,
}

#[derive(Clone, Copy, Debug)]
struct Made {
    at: i64,
    ours: bool,
}

/// PingOne, as far as one device is concerned. Times are true milliseconds.
#[derive(Debug)]
pub(super) struct PingOne {
    /// How long after nobody waits for it any more a request may still take effect.
    pub(super) zombie_ms: i64,
    /// How old the state may be that a listing shows.
    pub(super) lag_ms: i64,
    /// Whether a second device like the first is refused.
    pub(super) unique: bool,
    /// How many devices are allowed.
    pub(super) limit: Limit,
    /// Since when the user exists.
    pub(super) user_since: i64,
    /// How likely a request is not simply served.
    pub(super) trouble: f64,
    /// How likely a listing tells nothing.
    pub(super) blind: f64,
    devices: Vec<Made>,
    zombies: Vec<i64>,
}

impl PingOne {
    pub(super) fn draw(rng: &mut Rng, settle_ms: i64, longest_look_ms: i64) -> Self {
        // The promise that the rules rest on: what is lost takes effect and shows before it has settled.
        let span = settle_ms - longest_look_ms - 1;
        let zombie_ms = rng.i64(0..=span);
        let lag_ms = if rng.bool() {
            span - zombie_ms
        } else {
            rng.i64(0..=span - zombie_ms)
        };
        let foreign = rng.u8(..10) == 0;
        Self {
            zombie_ms,
            lag_ms,
            unique: rng.u8(..4) == 0,
            limit: match rng.u8(..10) {
                0 => Limit::Zero,
                1 => Limit::One,
                _ => Limit::Ample,
            },
            user_since: if rng.u8(..10) == 0 {
                rng.i64(0..=2 * settle_ms)
            } else {
                i64::MIN
            },
            trouble: 0.1 + rng.f64() * 0.7,
            blind: if rng.bool() { 0.7 } else { 0.1 },
            devices: foreign
                .then_some(Made {
                    at: i64::MIN,
                    ours: false,
                })
                .into_iter()
                .collect(),
            zombies: Vec::new(),
        }
    }

    /// From now on every request is served, and every listing is read.
    pub(super) fn calm_down(&mut self, now: i64) {
        self.trouble = 0.0;
        self.blind = 0.0;
        self.user_since = self.user_since.min(now - self.lag_ms);
    }

    /// Brings into effect what was to take effect by then.
    pub(super) fn advance(&mut self, now: i64) {
        self.zombies.sort_unstable();
        while let Some(at) = self.zombies.first().copied().filter(|&at| at <= now) {
            self.zombies.remove(0);
            self.apply(at);
        }
    }

    fn apply(&mut self, at: i64) {
        if at >= self.user_since && self.refusal().is_none() {
            self.devices.push(Made { at, ours: true });
        }
    }

    fn refusal(&self) -> Option<Refusal> {
        if self.unique && !self.devices.is_empty() {
            return Some(Refusal::AlreadyThere);
        }
        match self.limit {
            Limit::Ample => None,
            Limit::One if self.devices.is_empty() => None,
            Limit::One | Limit::Zero => Some(Refusal::DeviceLimit),
        }
    }

    /// How many devices our requests have made.
    pub(super) fn ours(&self) -> usize {
        self.devices.iter().filter(|device| device.ours).count()
    }

    /// Whether there is a device, whoever made it.
    pub(super) fn holds_one(&self) -> bool {
        !self.devices.is_empty()
    }

    /// Whether a request of ours may still take effect.
    pub(super) fn owes(&self) -> bool {
        !self.zombies.is_empty()
    }

    /// Takes a create that is sent `now`, and that nobody waits for any more at `given_up`.
    pub(super) fn post(&mut self, rng: &mut Rng, now: i64, given_up: i64) -> AttemptOutcome {
        self.advance(now);
        if rng.f64() < self.trouble {
            return if rng.u8(..3) == 0 {
                AttemptOutcome::NotCreated(trouble(rng))
            } else {
                self.lose(rng, now, given_up)
            };
        }
        if now < self.user_since {
            return AttemptOutcome::NotCreated(Refusal::UserUnknown);
        }
        if let Some(refusal) = self.refusal() {
            return AttemptOutcome::NotCreated(refusal);
        }
        self.apply(now);
        AttemptOutcome::Created(device(now))
    }

    fn lose(&mut self, rng: &mut Rng, now: i64, given_up: i64) -> AttemptOutcome {
        match rng.u8(..4) {
            0 => {}
            1 | 2 => self.zombies.push(given_up + rng.i64(0..=self.zombie_ms)),
            _ => self.apply(now),
        }
        let kinds = [
            Ambiguity::TimedOut,
            Ambiguity::TimedOut,
            Ambiguity::ConnectionLost,
            Ambiguity::ServerError,
            Ambiguity::ServerError,
            Ambiguity::Unreadable,
            Ambiguity::Redirected,
            Ambiguity::QuotaExceeded,
            Ambiguity::RequestTimeout,
            Ambiguity::Conflict,
            Ambiguity::ForeignError,
            Ambiguity::UnexpectedStatus,
            Ambiguity::WrongDevice,
        ];
        AttemptOutcome::Indeterminate(kinds[rng.usize(..kinds.len())])
    }

    /// Answers a listing that was asked for at `asked` and is read at `read`.
    pub(super) fn list(&mut self, rng: &mut Rng, asked: i64, read: i64) -> LookOutcome {
        let served = rng.i64(asked..=read);
        self.advance(served);
        if rng.f64() < self.blind {
            return LookOutcome::NoInformation;
        }
        if rng.f64() < self.trouble / 4.0 {
            return match rng.u8(..5) {
                0 => LookOutcome::Throttled { retry_after: None },
                1 => LookOutcome::Throttled {
                    retry_after: Some(Duration::from_secs(rng.u64(0..120))),
                },
                2 => LookOutcome::Unauthorized,
                3 => LookOutcome::Forbidden,
                _ => LookOutcome::Redirected,
            };
        }
        // A new lag for each listing: what was shown may be gone from the next.
        let shown = served
            - match rng.u8(..3) {
                0 => 0,
                1 => self.lag_ms,
                _ => rng.i64(0..=self.lag_ms),
            };
        if shown < self.user_since {
            return LookOutcome::UserUnknown;
        }
        let mut visible = self.devices.iter().filter(|device| device.at <= shown);
        LookOutcome::Seen(match (visible.next(), visible.next()) {
            (None, _) => Listing::Absent,
            (Some(one), None) => Listing::Present(device(one.at)),
            (Some(one), Some(_)) => Listing::Several(device(one.at)),
        })
    }
}

fn trouble(rng: &mut Rng) -> Refusal {
    match rng.u8(..9) {
        0 => Refusal::Unreachable,
        1 => Refusal::Throttled { retry_after: None },
        2 => Refusal::Throttled {
            retry_after: Some(Duration::from_secs(rng.u64(0..120))),
        },
        3 => Refusal::Unauthorized,
        4 => Refusal::Forbidden,
        5 => Refusal::UserUnknown,
        6 => Refusal::DeviceLimit,
        7 => Refusal::Invalid,
        _ => Refusal::AlreadyThere,
    }
}

fn device(at: i64) -> Device {
    Device {
        id: Some(DeviceId::from_bytes([9; 16])),
        created_at: jiff::Timestamp::from_millisecond(at)
            .ok()
            .map(|made| made.to_string()),
    }
}
