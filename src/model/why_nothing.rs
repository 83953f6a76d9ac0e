//! Why an answer told nothing of what was asked for.

use std::time::Duration;

/// Why a question, a switch or a deletion told nothing of what it was about: the same for all of them,
/// so that one rule says what is made of it.
///
/// A create has words of its own, [`Refusal`](super::outcome::Refusal) and
/// [`Ambiguity`](super::outcome::Ambiguity): there it counts whether it had an effect, which is
/// another question than whether it told anything.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WhyNothing {
    /// 429: refused by rate control. The wait that PingOne asks for, where it names one.
    Throttled {
        /// From `Retry-After`, unclamped.
        retry_after: Option<Duration>,
    },
    /// 401: the token is not accepted.
    Unauthorized,
    /// 403.
    Forbidden,
    /// No answer, a 408 or a 5xx; of a listing also a refusal of PingOne's that means nothing there.
    NoInformation,
    /// Not what PingOne answers here, or not to be believed: cut off, masked, another status or path.
    Unreadable,
    /// No answer, and none to be had: certificate, plain-text peer, proxy refusal.
    Untrusted,
    /// A 3xx, which is never followed.
    Redirected,
    /// A 511: a network wants somebody to sign in first.
    CaptivePortal,
    /// An answer that may be about another user or device: nothing in it or about it says that it is ours.
    Unproven,
    /// An answer that is about another user or device, or that names another request than ours.
    MixedUp,
}

/// What a request came to that may have told nothing.
pub(crate) trait MayTellNothing {
    /// Why it told nothing, where it did not.
    fn nothing(&self) -> Option<WhyNothing>;

    /// Whether PingOne limits requests.
    fn is_throttled(&self) -> bool {
        matches!(self.nothing(), Some(WhyNothing::Throttled { .. }))
    }
}
