//! What goes wrong with which request: drawn from a seed, the request and how often it came.

use std::time::Duration;

use super::device::Device;
use super::dice::Dice;

/// Whether, and when, a request takes effect.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Effect {
    Never,
    AtOnce,
    /// After the connection has died, as a zombie; or before a slow answer.
    Late,
}

/// What the client sees.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Sight {
    /// What the documentation says.
    Documented,
    /// That, but later than usual.
    Slow,
    /// An error of this status, in PingOne's shape.
    Error(u16),
    /// An error of this status from a gateway, in HTML.
    Gateway(u16),
    /// A wait, asked for in seconds or as a date.
    Throttled { as_date: bool },
    /// The end of the connection.
    Cut,
    /// A reset of the connection.
    Reset,
    /// A part of the head, then the end.
    HalfHead,
    /// The right head and half a body, then the end.
    HalfBody,
    /// The right status, and a body that is no device.
    NoDevice,
    /// Nothing, for longer than the client waits.
    Silence,
}

impl Sight {
    /// Whether the client is told what the documentation says.
    pub(crate) fn is_told(self) -> bool {
        matches!(self, Sight::Documented | Sight::Slow)
    }
}

/// What becomes of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Fate {
    pub(crate) effect: Effect,
    pub(crate) sight: Sight,
}

const fn fate(effect: Effect, sight: Sight) -> Fate {
    Fate { effect, sight }
}

/// How a create goes wrong, and how often in proportion.
const CREATES: [(u64, Fate); 26] = {
    use Effect::{AtOnce, Late, Never};
    use Sight::{Cut, Error, Gateway, HalfBody, HalfHead, NoDevice, Reset, Silence};
    [
        (12, fate(Never, Error(503))),
        (10, fate(AtOnce, Error(503))),
        (5, fate(Late, Error(503))),
        (8, fate(Never, Error(500))),
        (4, fate(AtOnce, Error(500))),
        (3, fate(Never, Gateway(502))),
        (3, fate(AtOnce, Gateway(504))),
        (3, fate(Late, Gateway(504))),
        (10, fate(Never, Cut)),
        (12, fate(AtOnce, Cut)),
        (10, fate(Late, Cut)),
        (6, fate(Never, Reset)),
        (8, fate(AtOnce, Reset)),
        (6, fate(Late, Reset)),
        (1, fate(Never, HalfHead)),
        (2, fate(AtOnce, HalfHead)),
        (1, fate(Late, HalfHead)),
        (5, fate(AtOnce, HalfBody)),
        (4, fate(AtOnce, NoDevice)),
        (1, fate(Never, Silence)),
        (1, fate(AtOnce, Silence)),
        (1, fate(Late, Silence)),
        (1, fate(Never, Error(409))),
        (2, fate(AtOnce, Error(409))),
        (1, fate(Never, Error(408))),
        (1, fate(AtOnce, Error(408))),
    ]
};

/// How a listing goes wrong.
const LISTS: [(u64, Sight); 7] = [
    (4, Sight::Error(503)),
    (2, Sight::Gateway(502)),
    (3, Sight::Cut),
    (3, Sight::Reset),
    (3, Sight::HalfBody),
    (2, Sight::NoDevice),
    (1, Sight::Silence),
];

/// How a request to switch a user's MFA on goes wrong.
const SWITCHES: [(u64, Fate); 12] = {
    use Effect::{AtOnce, Late, Never};
    use Sight::{Cut, Error, HalfBody, NoDevice, Reset, Silence};
    [
        (4, fate(Never, Error(503))),
        (4, fate(AtOnce, Error(503))),
        (2, fate(Late, Error(503))),
        (2, fate(Never, Error(403))),
        (3, fate(Never, Cut)),
        (4, fate(AtOnce, Cut)),
        (3, fate(Late, Cut)),
        (3, fate(AtOnce, Reset)),
        (2, fate(Late, Reset)),
        (2, fate(AtOnce, HalfBody)),
        (2, fate(AtOnce, NoDevice)),
        (1, fate(AtOnce, Silence)),
    ]
};

/// How often a switch is refused for those for whom it is.
const REFUSALS: u64 = 4;

/// How a token request goes wrong.
const TOKENS: [(u64, Sight); 3] = [(2, Sight::Error(503)), (1, Sight::Cut), (1, Sight::Reset)];

/// How much goes wrong; each rate is out of 100,000 requests.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Plan {
    pub(crate) seed: u64,
    pub(crate) creates: u64,
    pub(crate) lists: u64,
    pub(crate) tokens: u64,
    /// Creates and listings that are answered 429.
    pub(crate) throttles: u64,
    /// Requests at which every token given out before is refused from then on.
    pub(crate) revocations: u64,
    /// Connections that are closed before a byte is read.
    pub(crate) slammed: u64,
    /// How long after its connection's death a request may take effect.
    pub(crate) zombie: Duration,
    /// How old a listing may be.
    pub(crate) stale: Duration,
    /// How old what a report tells is.
    pub(crate) report_age: Duration,
    pub(crate) token_life: Duration,
    /// The status of a redirect that answers every create.
    pub(crate) redirect: Option<u16>,
    /// Requests to the API that are answered a second time, on the same connection.
    pub(crate) seconds: u64,
    /// How late the second answer comes, one of these.
    pub(crate) late: &'static [Duration],
    /// By how many seconds the server's clock is ahead of ours; `None` where no answer shows it,
    /// and both agree.
    pub(crate) clock: Option<i64>,
    /// Whether answers repeat the name that the client gave its request.
    pub(crate) names: bool,
}

impl Plan {
    /// Nothing goes wrong.
    pub(crate) fn calm(seed: u64) -> Self {
        Self {
            seed,
            creates: 0,
            lists: 0,
            tokens: 0,
            throttles: 0,
            revocations: 0,
            slammed: 0,
            zombie: Duration::ZERO,
            stale: Duration::ZERO,
            report_age: Duration::ZERO,
            token_life: Duration::from_hours(1),
            redirect: None,
            seconds: 0,
            late: &[],
            clock: Some(0),
            names: seed.is_multiple_of(2),
        }
    }

    /// Nearly a third of all creates goes wrong, in every way there is.
    ///
    /// Pauses stop everything for a second, so they are rarer the longer a wave is.
    pub(crate) fn bad_day(seed: u64, rows: u64) -> Self {
        Self {
            seed,
            creates: 30_000,
            lists: 4_000,
            tokens: 1_000,
            throttles: (200_000 / rows.max(1)).clamp(10, 500),
            revocations: (100_000 / rows.max(1)).clamp(10, 200),
            slammed: 300,
            zombie: Duration::from_millis(150),
            stale: Duration::from_millis(100),
            report_age: Duration::from_secs(5),
            token_life: Duration::from_secs(20),
            ..Self::calm(seed)
        }
    }

    pub(crate) fn create(&self, device: Device, nth: u64) -> Fate {
        let mut dice = self.dice(1, device.user, device.digits ^ nth << 50);
        let as_date = dice.below(4) == 0;
        if dice.in_100_000(self.throttles) {
            return fate(Effect::Never, Sight::Throttled { as_date });
        }
        if dice.in_100_000(self.creates) {
            return dice.weighed(&CREATES);
        }
        if self.creates > 0 && dice.below(50) == 0 {
            return fate(Effect::Late, Sight::Slow);
        }
        fate(Effect::AtOnce, Sight::Documented)
    }

    pub(crate) fn list(&self, user: u128, nth: u64) -> Sight {
        self.look(self.dice(2, user, nth))
    }

    /// What is seen of another question than for a user's devices: `about` is whom or what.
    pub(crate) fn read(&self, word: &str, about: u64, nth: u64) -> Sight {
        let word = word.bytes().fold(0, |sum, byte| sum * 31 + u64::from(byte));
        self.look(self.dice(word, about.into(), nth))
    }

    fn look(&self, mut dice: Dice) -> Sight {
        let as_date = dice.below(4) == 0;
        if dice.in_100_000(self.throttles) {
            return Sight::Throttled { as_date };
        }
        if dice.in_100_000(self.lists) {
            return dice.weighed(&LISTS);
        }
        Sight::Documented
    }

    pub(crate) fn switch(&self, user: u128, nth: u64) -> Fate {
        let mut dice = self.dice(9, user, nth);
        if dice.in_100_000(self.throttles) {
            let as_date = false;
            return fate(Effect::Never, Sight::Throttled { as_date });
        }
        // One of ten is refused whatever is tried again in a run: no device is to be made for them.
        let is_refused = nth <= REFUSALS && self.dice(11, user, 0).below(10) == 0;
        if self.creates > 0 && is_refused {
            return fate(Effect::Never, Sight::Error(400));
        }
        if dice.in_100_000(self.creates) {
            return dice.weighed(&SWITCHES);
        }
        fate(Effect::AtOnce, Sight::Documented)
    }

    pub(crate) fn token(&self, nth: u64) -> Sight {
        let mut dice = self.dice(3, 0, nth);
        if dice.in_100_000(self.tokens) {
            return dice.weighed(&TOKENS);
        }
        Sight::Documented
    }

    /// The second answer to a request of the API: how late, and with which status in place of the
    /// first one's.
    pub(crate) fn second(&self, nth: u64) -> Option<(Duration, Option<u16>)> {
        let mut dice = self.dice(8, 0, nth);
        if !dice.in_100_000(self.seconds) {
            return None;
        }
        let late = dice.one_of(self.late);
        let status = dice.one_of(&[None, None, Some(429), Some(401), Some(400), Some(404)]);
        Some((late, status))
    }

    pub(crate) fn is_slammed(&self, nth_connection: u64) -> bool {
        self.dice(4, 0, nth_connection).in_100_000(self.slammed)
    }

    pub(crate) fn is_revoked(&self, nth_request: u64) -> bool {
        self.dice(5, 0, nth_request).in_100_000(self.revocations)
    }

    /// How long after the end of its connection a late request takes effect.
    pub(crate) fn lateness(&self, device: Device, nth: u64) -> Duration {
        share(
            self.zombie,
            &mut self.dice(6, device.user, device.digits ^ nth << 50),
        )
    }

    /// How long after the end of its connection a late switch takes effect.
    pub(crate) fn late_switch(&self, user: u128, nth: u64) -> Duration {
        share(self.zombie, &mut self.dice(10, user, nth))
    }

    /// How old a listing is: two of three are fresh.
    pub(crate) fn staleness(&self, user: u128, nth: u64) -> Duration {
        let mut dice = self.dice(7, user, nth);
        if dice.below(3) > 0 {
            return Duration::ZERO;
        }
        share(self.stale, &mut dice)
    }

    fn dice(&self, what: u64, user: u128, rest: u64) -> Dice {
        let low = u64::try_from(user & u128::from(u64::MAX)).unwrap();
        Dice::of(self.seed, &[what, low, rest])
    }
}

/// Anything up to the whole.
fn share(whole: Duration, dice: &mut Dice) -> Duration {
    let micros = u64::try_from(whole.as_micros()).unwrap();
    Duration::from_micros(dice.below(micros + 1))
}

#[test]
fn a_bad_day_is_as_bad_as_it_says_and_the_same_seed_brings_it_back() {
    let plan = Plan::bad_day(3, 100_000);
    let device = |n| Device {
        user: n,
        kind: "WHATSAPP",
        digits: 15_125_551_234,
    };
    let fates: Vec<Fate> = (0..20_000).map(|n| plan.create(device(n), 0)).collect();
    let fine = |fate: &&Fate| matches!(fate.sight, Sight::Documented | Sight::Slow);
    let bad = 20_000 - fates.iter().filter(fine).count();
    assert!((5_700..6_300).contains(&bad), "{bad}");
    for (_, fate) in CREATES {
        assert!(fates.contains(&fate), "{fate:?}");
    }
    assert_eq!(
        plan.create(device(7), 1),
        Plan::bad_day(3, 100_000).create(device(7), 1)
    );
    let calm = Plan::calm(3);
    let documented = fate(Effect::AtOnce, Sight::Documented);
    assert!((0..1_000).all(|n| calm.create(device(n), 0) == documented));
}
