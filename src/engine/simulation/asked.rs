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
                let (first, last) = (after.clone().min()?, after.max()?);
                let far = last - since >= settle - ROUNDING && last - first >= apart - ROUNDING;
                (!far).then_some(Broken::NotLookedForTwice)
            }
        }
    }
}
