//! What a person can do about an answer: of a row, and of one that ends a run.

use crate::model::mfa::MfaOutcome;
use crate::model::outcome::{Ambiguity, LookOutcome, Refusal};
use crate::model::undo::DeviceOutcome;
use crate::model::why_nothing::WhyNothing;

/// The host is not PingOne's, or something stands between.
pub(crate) const WRONG_HOST: &str = "check `PINGONE_REGION_CODE`, or `--api-url` and `--token-url`: something other than PingOne's API answers there";
/// A network lets nobody through who has not signed in.
pub(crate) const CAPTIVE_PORTAL: &str =
    "open a browser on this machine and sign in to the network, or use another one; then run again";
/// The connection cannot be trusted.
pub(crate) const UNTRUSTED: &str = "check the host name and what inspects TLS on the way; name a private authority with `--ca-file`, and see that a proxy gets its credentials in `HTTPS_PROXY` and lets these hosts through";
/// No connection is made.
pub(crate) const UNREACHABLE: &str =
    "check the network, the name server and `HTTPS_PROXY`; nothing was sent, so run again";
/// The role is missing.
pub(crate) const FORBIDDEN: &str = "the worker application needs the role Identity Data Admin on this environment (on every population of the wave); a new role takes some minutes to spread";
/// The role is missing that switches MFA on.
pub(crate) const MFA_FORBIDDEN: &str = "switching MFA on needs the role Identity Data Admin or Environment Admin on this environment (on every population of the wave); give it to the worker application, or switch MFA on in PingOne and run with `--mfa check`";
/// The role is missing that deletes devices.
const UNDO_FORBIDDEN: &str =
    "give the worker application the role Identity Data Admin on this environment";
/// The token is not accepted.
pub(crate) const UNAUTHORIZED: &str = "check that the worker application is enabled and its secret current; a token from `PINGONE_API_ACCESS_TOKEN` lives an hour at most and must be of the same region";
/// The user is not there.
pub(crate) const USER_UNKNOWN: &str = "check the ID in `user_id` and `WAVEPAIR_ENVIRONMENT`; a user who was made some minutes ago may not be visible yet: run again then";
/// Nothing answered.
pub(crate) const NO_ANSWER: &str =
    "check the address, the network, the name server and `HTTPS_PROXY`, and run again";
/// PingOne limits or has trouble.
pub(crate) const LATER: &str = "PingOne has trouble or limits this license; run again later";

/// What to do about answers that are not ours.
pub(crate) const MIXED_UP: &str = "a cache or proxy on the way mixes up answers, or PingOne does: give its support the correlation ID, and send nothing more until it is understood";

/// A device that is listed may be the row's own.
pub(crate) const UNCLEAR_LISTING: &str = "nothing is sent for this row: look at the user's devices in PingOne, and see that the worker application is shown phones unmasked";

/// The request may have taken effect: only PingOne's listing can tell.
const PERHAPS_THERE: &str = "the device may be there: run again later, and wavepair looks for it before it sends anything for this row";
/// Something between answered, and the request may have taken effect all the same.
const PERHAPS_NOT_PINGONE: &str = "the device may be there; check `--api-url` and what stands between (a proxy, a firewall, a sign-in page), then run again: wavepair looks for the device first";

/// What to do about a refusal.
pub(crate) fn of_refusal(refusal: Refusal) -> &'static str {
    match refusal {
        Refusal::Unreachable => UNREACHABLE,
        Refusal::Untrusted => UNTRUSTED,
        Refusal::OutOfResources => {
            "lower `--concurrency`, or raise the limit of open files (`ulimit -n`), and run again"
        }
        Refusal::Withheld => "nothing was sent for this row; run again",
        Refusal::Throttled { .. } => "lower `--rate`, or run again later",
        Refusal::Unauthorized => UNAUTHORIZED,
        Refusal::Forbidden => FORBIDDEN,
        Refusal::UserUnknown => USER_UNKNOWN,
        Refusal::AlreadyThere => {
            "look at the user's devices in PingOne, blocked ones too: one of them stands in the way of this one"
        }
        Refusal::DeviceLimit => {
            "the user has as many devices as the environment's MFA settings allow (`maxAllowedDevices`): remove one, or raise the limit, and run again"
        }
        Refusal::Invalid => {
            "correct what the message names; where it is the type or the policy, check that the policy allows the type and that a WhatsApp sender is set up"
        }
        Refusal::Conflicting => {
            "run again later; if that does not help, look at the user in PingOne: another change or a lock may stand in the way"
        }
        Refusal::Misdirected => WRONG_HOST,
    }
}

/// What to do about an answer that leaves it open whether there is a device.
pub(crate) fn of_ambiguity(ambiguity: Ambiguity) -> &'static str {
    match ambiguity {
        Ambiguity::Redirected
        | Ambiguity::Unreadable
        | Ambiguity::ForeignError
        | Ambiguity::UnexpectedStatus => PERHAPS_NOT_PINGONE,
        Ambiguity::CaptivePortal => CAPTIVE_PORTAL,
        Ambiguity::WrongDevice | Ambiguity::MixedUp => MIXED_UP,
        Ambiguity::QuotaExceeded => {
            "check the environment's notification quota and run again later; with `ACTIVATION_REQUIRED` a device may be there although its message was not sent"
        }
        Ambiguity::TimedOut
        | Ambiguity::ConnectionLost
        | Ambiguity::ServerError
        | Ambiguity::RequestTimeout
        | Ambiguity::Conflict => PERHAPS_THERE,
    }
}

/// What to do about a listing that was not given.
pub(crate) fn of_look(look: &LookOutcome) -> &'static str {
    const LATER: &str =
        "without the listing of the user's devices nothing is sent for this row; run again later";
    match look {
        LookOutcome::UserUnknown => USER_UNKNOWN,
        // A listing that cannot be read may be cut off: that passes.
        LookOutcome::Seen(_) | LookOutcome::Nothing(WhyNothing::Unreadable) => LATER,
        LookOutcome::Nothing(why) => of_nothing(*why, FORBIDDEN, LATER),
    }
}

/// What to do about a user's `mfaEnabled` that was not read, or not switched.
pub(crate) fn of_mfa(outcome: &MfaOutcome) -> &'static str {
    const LATER: &str = "run again later, or switch MFA on for this user in PingOne";
    match outcome {
        MfaOutcome::Is(_) => LATER,
        MfaOutcome::UserUnknown => USER_UNKNOWN,
        MfaOutcome::Refused => "look at the user in PingOne: switch MFA on there, and run again",
        MfaOutcome::Nothing(why) => of_nothing(*why, MFA_FORBIDDEN, LATER),
    }
}

/// What to do about a device that was not read, or not deleted.
pub(crate) fn of_device(outcome: &DeviceOutcome) -> Option<&'static str> {
    const AGAIN: &str = "give the same command again";
    match outcome {
        DeviceOutcome::There(_) | DeviceOutcome::Gone => None,
        DeviceOutcome::Refused => Some("look at the device in PingOne"),
        // `undo` goes on with the others; what is left is for the next command.
        DeviceOutcome::Nothing(WhyNothing::Throttled { .. } | WhyNothing::MixedUp) => Some(AGAIN),
        DeviceOutcome::Nothing(why) => Some(of_nothing(*why, UNDO_FORBIDDEN, AGAIN)),
    }
}

/// What to do about an answer that told nothing: `forbidden` names the role that is missing, `later`
/// is for what passes by itself.
fn of_nothing(why: WhyNothing, forbidden: &'static str, later: &'static str) -> &'static str {
    match why {
        WhyNothing::Untrusted => UNTRUSTED,
        WhyNothing::Redirected | WhyNothing::Unreadable => WRONG_HOST,
        WhyNothing::CaptivePortal => CAPTIVE_PORTAL,
        WhyNothing::Unauthorized => UNAUTHORIZED,
        WhyNothing::Forbidden => forbidden,
        WhyNothing::Throttled { .. } => of_refusal(Refusal::Throttled { retry_after: None }),
        WhyNothing::MixedUp => MIXED_UP,
        WhyNothing::NoInformation | WhyNothing::Unproven => later,
    }
}

/// What happened and what to do about it, as one message.
pub(crate) fn advised(what: &str, advice: &str) -> String {
    match what.trim_end_matches(['.', ' ']) {
        "" => advice.to_owned(),
        what => format!("{what}; {advice}"),
    }
}

/// What happened, out of a message that [`advised`] made.
pub(crate) fn without_advice<'a>(message: &'a str, advice: &str) -> &'a str {
    message
        .strip_suffix(advice)
        .and_then(|what| what.strip_suffix("; "))
        .unwrap_or(message)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_says_what_happened_and_then_what_to_do() {
        let message = advised("It was not found.", "look again");
        assert_eq!(message, "It was not found; look again");
        assert_eq!(without_advice(&message, "look again"), "It was not found");
        assert_eq!(without_advice("plain", "look again"), "plain");
        assert_eq!(advised("", "look again"), "look again");
    }
}
