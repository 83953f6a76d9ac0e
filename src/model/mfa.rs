//! Whether a user can use MFA at all: without it, no device of theirs is of any use.

use std::time::Duration;

/// What one request about a user's `mfaEnabled` told us, a read and a switch alike.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MfaOutcome {
    /// It is on, or off.
    Is(bool),
    /// 404: PingOne does not know the user.
    UserUnknown,
    /// 429: refused by rate control. The wait that PingOne asks for, where it names one.
    Throttled {
        /// From `Retry-After`, unclamped.
        retry_after: Option<Duration>,
    },
    /// 401: the token is not accepted.
    Unauthorized,
    /// 403.
    Forbidden,
    /// Another refusal of PingOne's: it will not pass by itself.
    Refused,
    /// Nothing: no answer, a 408 or a 5xx.
    NoInformation,
    /// Not what PingOne answers here.
    Unreadable,
    /// No answer, and none to be had: certificate, plain-text peer, proxy refusal.
    Untrusted,
    /// A 3xx, which is never followed.
    Redirected,
    /// A 511: a network wants somebody to sign in first.
    CaptivePortal,
    /// An answer that may be about another user: nothing in it or about it says that it is ours.
    Unproven,
    /// An answer that is about another user, or that names another request than ours.
    MixedUp,
}

/// What of a user decides whether a device is of any use to them, as far as it was at hand.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct UserState {
    /// Whether they can use MFA (`mfaEnabled`).
    pub mfa: Option<bool>,
    /// Whether they cannot sign in at all: disabled, locked, or their account is not ready.
    pub disabled: bool,
    /// Whether they may leave MFA out for now (`bypassMFAEnabled`).
    pub bypassed: bool,
}
