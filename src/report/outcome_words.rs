//! What a request told, in a word or two for the log.

use crate::model::mfa::MfaOutcome;
use crate::model::outcome::{AttemptOutcome, Listing, LookOutcome};

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
        LookOutcome::Throttled { .. } => "throttled",
        LookOutcome::Unauthorized => "the token is not accepted",
        LookOutcome::Forbidden => "not permitted",
        LookOutcome::NoInformation | LookOutcome::Unreadable => "no answer that can be believed",
        LookOutcome::Untrusted => "no connection that can be trusted",
        LookOutcome::Redirected => "redirected elsewhere",
        LookOutcome::CaptivePortal => "a sign-in page in between",
        LookOutcome::Unproven => "perhaps another's answer; asked again",
        LookOutcome::MixedUp => "another's answer",
    }
}

/// Of a question about a user's MFA.
pub(super) fn mfa_word(outcome: &MfaOutcome) -> &'static str {
    match outcome {
        MfaOutcome::Is(true) => "on",
        MfaOutcome::Is(false) => "off",
        MfaOutcome::UserUnknown => "no such user",
        MfaOutcome::Throttled { .. } => "throttled",
        MfaOutcome::Unauthorized => "the token is not accepted",
        MfaOutcome::Forbidden => "not permitted",
        MfaOutcome::Refused => "refused",
        MfaOutcome::NoInformation | MfaOutcome::Unreadable => "no answer that can be believed",
        MfaOutcome::Untrusted => "no connection that can be trusted",
        MfaOutcome::Redirected => "redirected elsewhere",
        MfaOutcome::CaptivePortal => "a sign-in page in between",
        MfaOutcome::Unproven => "perhaps another's answer; asked again",
        MfaOutcome::MixedUp => "another's answer",
    }
}
