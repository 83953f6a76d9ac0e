//! What an answer that is no create's says of how the run goes.

use super::breaker::Sign;
use super::subject::Subject;
use crate::engine::reasons::{captive_portal, mixed_up, redirected, untrusted};
use crate::model::mfa::MfaOutcome;
use crate::model::outcome::{LookOutcome, Refusal};
use crate::model::stop::StopReason;
use crate::model::why_nothing::WhyNothing;
use crate::pingone::Answered;
use crate::pingone::transport::FaultKind;

/// What such an answer says of how the run goes.
#[derive(Debug)]
pub(super) enum Said {
    /// What was asked for.
    Told {
        /// Whether it ends a streak of refusals: that it may be read whether a user can use MFA says
        /// nothing of whether that may be switched on.
        ends_streak: bool,
    },
    /// Nothing: it is asked for again.
    Again,
    /// It was refused, which may be about all users.
    Refused(Refusal),
    /// This machine bears no more requests.
    OutOfResources,
    /// It failed on the way or at PingOne.
    Failed(Sign),
    /// Nobody can read it.
    Unreadable,
    /// The run ends.
    Ends(StopReason),
}

impl Said {
    /// What a listing of the API at this address says.
    pub(super) fn of_look(answered: &Answered<LookOutcome>, api: &str) -> Self {
        match answered.outcome {
            LookOutcome::Seen(_) => Said::Told { ends_streak: true },
            LookOutcome::UserUnknown => Said::Refused(Refusal::UserUnknown),
            LookOutcome::Nothing(why) => Said::nothing(why, answered, api),
        }
    }

    /// What an answer about a user's MFA, of the API at this address, says.
    pub(super) fn of_mfa(answered: &Answered<MfaOutcome>, api: &str) -> Self {
        match answered.outcome {
            MfaOutcome::Is(on) => Said::Told { ends_streak: on },
            MfaOutcome::UserUnknown => Said::Refused(Refusal::UserUnknown),
            MfaOutcome::Refused => Said::Refused(Refusal::Invalid),
            // Whether the host is the right one is told by listings alone.
            MfaOutcome::Nothing(WhyNothing::Unreadable) => Said::Failed(Sign::Failed),
            MfaOutcome::Nothing(why) => Said::nothing(why, answered, api),
        }
    }

    /// What an answer says that told nothing of what it was asked for.
    fn nothing<T>(why: WhyNothing, answered: &Answered<T>, api: &str) -> Self {
        let answer = &answered.answer;
        match why {
            // What may be another's is asked for again at once; what was throttled, after its pause.
            WhyNothing::Unauthorized | WhyNothing::Unproven | WhyNothing::Throttled { .. } => {
                Said::Again
            }
            WhyNothing::Forbidden => Said::Refused(Refusal::Forbidden),
            WhyNothing::NoInformation => match answered.fault {
                Some(FaultKind::OutOfResources) => Said::OutOfResources,
                fault => Said::Failed(Sign::of_failure(fault)),
            },
            WhyNothing::Unreadable => Said::Unreadable,
            WhyNothing::Untrusted => Said::Ends(untrusted(answer)),
            WhyNothing::Redirected => Said::Ends(redirected(answer, api)),
            WhyNothing::CaptivePortal => Said::Ends(captive_portal(answer)),
            WhyNothing::MixedUp => Said::Ends(mixed_up()),
        }
    }

    /// What it says where it is about this row.
    pub(super) fn about(self, subject: Subject) -> Self {
        if let Said::Refused(refusal) = self
            && subject.is_outdated(refusal)
        {
            return Said::Told { ends_streak: false };
        }
        self
    }

    /// Whether whoever waited for one request to go first may go now.
    pub(super) fn is_heard(&self) -> bool {
        match self {
            Said::Told { .. }
            | Said::Refused(_)
            | Said::OutOfResources
            | Said::Failed(_)
            | Said::Unreadable => true,
            Said::Again | Said::Ends(_) => false,
        }
    }
}
