//! What was asked for a device, as somebody sees it who sees everything.

use bytes::Bytes;

use super::judge::Broken;
use super::pingone::Time;

/// How the last request for a device stands, since it was sent or came back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Standing {
    Never,
    OnItsWay,
    Refused,
    /// Answered by what was another's answer.
    Doubtful(Time),
    Lost(Time),
    Made,
}

/// What was asked for a device.
#[derive(Debug)]
pub(super) struct Asked {
    pub(super) standing: Standing,
    pub(super) sent: u32,
    pub(super) refused: u32,
    /// When the listings were asked for that did not show it, since it was asked for last.
    pub(super) absent: Vec<Time>,
    pub(super) met_a_conflict: bool,
    pub(super) body: Option<Bytes>,
}

/// How far two times may be apart that are measured in milliseconds.
pub(super) const ROUNDING: Time = 2_000;

impl Asked {
    pub(super) fn new() -> Self {
        Self {
            standing: Standing::Never,
            sent: 0,
            refused: 0,
            absent: Vec::new(),
            met_a_conflict: false,
            body: None,
        }
    }

    /// Which promise is broken where it is sent now.
    pub(super) fn may_not_be_sent(
        &self,
        (settle, apart): (Time, Time),
        looks_first: bool,
        now: Time,
    ) -> Option<Broken> {
        match self.standing {
            Standing::Never if looks_first && self.absent.is_empty() => Some(Broken::NotLookedFor),
            Standing::Never | Standing::Refused => None,
            Standing::OnItsWay => Some(Broken::TwoAtOnce),
            Standing::Made => Some(Broken::SentAfterMade),
            Standing::Doubtful(since) => {
                let looked = self.absent.iter().any(|asked| *asked > since);
                (!looked).then_some(Broken::NotLookedFor)
            }
            Standing::Lost(since) if now - since < settle - ROUNDING => Some(Broken::SentTooSoon),
            Standing::Lost(since) => {
                let after = self.absent.iter().filter(|asked| **asked > since);
                let far = after
                    .clone()
                    .min()
                    .zip(after.max())
                    .is_some_and(|(first, last)| {
                        last - since >= settle - ROUNDING && last - first >= apart - ROUNDING
                    });
                (!far).then_some(Broken::NotLookedForTwice)
            }
        }
    }
}

#[test]
fn a_lost_create_may_be_sent_again_after_two_looks_apart_and_not_before() {
    const SECOND: Time = 1_000_000;
    let (settle, apart) = (60 * SECOND, 10 * SECOND);
    for (absent, now, broken) in [
        (&[][..], 90, Some(Broken::NotLookedForTwice)),
        (&[70], 90, Some(Broken::NotLookedForTwice)),
        (&[65, 70], 90, Some(Broken::NotLookedForTwice)),
        (&[20, 40], 90, Some(Broken::NotLookedForTwice)),
        (&[0, 70], 90, Some(Broken::NotLookedForTwice)),
        (&[6, 70], 90, None),
        (&[20, 70], 40, Some(Broken::SentTooSoon)),
    ] {
        let asked = Asked {
            standing: Standing::Lost(5 * SECOND),
            absent: absent.iter().map(|at| at * SECOND).collect(),
            ..Asked::new()
        };
        let found = asked.may_not_be_sent((settle, apart), true, now * SECOND);
        assert_eq!(found, broken, "{absent:?} at {now}");
    }
}
