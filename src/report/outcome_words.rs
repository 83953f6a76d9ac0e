//! What a request told, in a word or two for the log.

use crate::model::mfa::MfaOutcome;
use crate::model::outcome::{AttemptOutcome, Listing, LookOutcome};
use crate::model::why_nothing::WhyNothing;

/// Of a create.
pub(super) fn attempt_word(outcome: &AttemptOutcome) -> &'static str {
    match outcome {
        AttemptOutcome::Created(_) => "created",
        AttemptOutcome::NotCreated(_) => "not created",
        AttemptOutcome::Indeterminate(_) => "perhaps created",
    }
}

/// Of a listing.
pub(super) fn look_word(outcome: &LookOutcome) -> &'static str {
    match outcome {
        LookOutcome::Seen(Listing::Absent) => "no such device",
        LookOutcome::Seen(Listing::Present(_)) => "the device is there",
        LookOutcome::Seen(Listing::Several(_)) => "the device is there more than once",
        LookOutcome::UserUnknown => "no such user",
        LookOutcome::Nothing(why) => nothing_word(*why),
    }
}

/// Of a question about a user's MFA.
pub(super) fn mfa_word(outcome: &MfaOutcome) -> &'static str {
    match outcome {
        MfaOutcome::Is(true) => "on",
        MfaOutcome::Is(false) => "off",
        MfaOutcome::UserUnknown => "no such user",
        MfaOutcome::Refused => "refused",
        MfaOutcome::Nothing(why) => nothing_word(*why),
    }
}

fn nothing_word(why: WhyNothing) -> &'static str {
    match why {
        WhyNothing::Throttled { .. } => "throttled",
        WhyNothing::Unauthorized => "the token is not accepted",
        WhyNothing::Forbidden => "not permitted",
        WhyNothing::NoInformation | WhyNothing::Unreadable => "no answer that can be believed",
        WhyNothing::Untrusted => "no connection that can be trusted",
        WhyNothing::Redirected => "redirected elsewhere",
        WhyNothing::CaptivePortal => "a sign-in page in between",
        WhyNothing::Unproven => "perhaps another's answer; asked again",
        WhyNothing::MixedUp => "another's answer",
    }
}
