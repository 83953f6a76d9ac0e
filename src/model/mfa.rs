//! Whether a user can use MFA at all: without it, no device of theirs is of any use.

use super::ids::UserId;
use super::why_nothing::{MayTellNothing, WhyNothing};

/// What is done about users who cannot use MFA.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MfaRule {
    /// They are told of, where that costs a run nothing.
    Check,
    /// MFA is switched on before their first device is created.
    Enable,
    /// Nothing.
    Ignore,
}

impl MfaRule {
    /// The word for it in settings.
    pub fn as_str(self) -> &'static str {
        match self {
            MfaRule::Check => "check",
            MfaRule::Enable => "enable",
            MfaRule::Ignore => "ignore",
        }
    }
}

/// What is known of a user's `mfaEnabled`, as the ledger keeps it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum MfaState {
    /// It was on when it was looked at.
    Already,
    /// It was switched on.
    Enabled,
    /// It was off when it was looked at.
    Off,
    /// It was off, and about to be switched on; whether it was, nobody has heard.
    Switching,
}

impl MfaState {
    /// Every state.
    pub const ALL: [Self; 4] = [Self::Already, Self::Enabled, Self::Off, Self::Switching];

    /// What is found where it is on, or off.
    pub(crate) fn of(on: bool) -> Self {
        if on { MfaState::Already } else { MfaState::Off }
    }

    /// The word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            MfaState::Already => "already",
            MfaState::Enabled => "enabled",
            MfaState::Off => "off",
            MfaState::Switching => "switching",
        }
    }

    /// The word in the results: `already`, `enabled` or `off`.
    pub fn in_results(self) -> &'static str {
        match self {
            MfaState::Switching => MfaState::Off.as_str(),
            MfaState::Already | MfaState::Enabled | MfaState::Off => self.as_str(),
        }
    }

    /// Whether the user can use MFA.
    pub fn is_on(self) -> bool {
        match self {
            MfaState::Already | MfaState::Enabled => true,
            MfaState::Off | MfaState::Switching => false,
        }
    }

    /// What is known once this is found, where that was known before: what wavepair has switched on
    /// stays its own, also where it did not live to hear so.
    #[must_use]
    pub fn over(self, before: Option<MfaState>) -> Self {
        match (self, before) {
            (MfaState::Already, Some(MfaState::Enabled | MfaState::Switching)) => MfaState::Enabled,
            (found, _) => found,
        }
    }
}

/// What was found of a user's `mfaEnabled`, or done about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MfaNote {
    /// Whose it is.
    pub user: UserId,
    /// How it is now.
    pub state: MfaState,
}

/// What one request about a user's `mfaEnabled` told us, a read and a switch alike.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MfaOutcome {
    /// It is on, or off.
    Is(bool),
    /// 404: PingOne does not know the user.
    UserUnknown,
    /// Another refusal of PingOne's: it will not pass by itself.
    Refused,
    /// Nothing.
    Nothing(WhyNothing),
}

impl MayTellNothing for MfaOutcome {
    fn nothing(&self) -> Option<WhyNothing> {
        match self {
            MfaOutcome::Is(_) | MfaOutcome::UserUnknown | MfaOutcome::Refused => None,
            MfaOutcome::Nothing(why) => Some(*why),
        }
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_wavepair_has_switched_on_stays_its_own_until_it_is_off_again() {
        use MfaState::{Already, Enabled, Off, Switching};
        for (found, before, known) in [
            (Already, None, Already),
            (Already, Some(Already), Already),
            (Already, Some(Off), Already),
            (Already, Some(Enabled), Enabled),
            (Already, Some(Switching), Enabled),
            (Enabled, Some(Already), Enabled),
            (Off, Some(Enabled), Off),
            (Switching, Some(Enabled), Switching),
        ] {
            assert_eq!(found.over(before), known, "{found:?} over {before:?}");
        }
        for state in MfaState::ALL {
            let word = state.in_results();
            assert_eq!(word != "off", state.is_on(), "{word}");
            assert!(["already", "enabled", "off"].contains(&word), "{word}");
        }
    }
}
