//! What an administrator can do about an answer that ends a run.

use crate::model::outcome::{Ambiguity, LookOutcome, Refusal};

/// The host is not PingOne's, or something stands between.
pub const WRONG_HOST: &str = "check `PINGONE_REGION_CODE`, or `--api-url` and `--token-url`: something other than PingOne's API answers there";
/// The connection cannot be trusted.
pub const UNTRUSTED: &str = "check the host name and what inspects TLS on the way; name a private authority with `--ca-file`, and give a proxy its credentials in `HTTPS_PROXY`";
/// No connection is made.
pub const UNREACHABLE: &str =
    "check the network, the name server and `HTTPS_PROXY`; nothing was sent, so run again";
/// The role is missing.
pub const FORBIDDEN: &str = "the worker application needs the role Identity Data Admin on this environment (on every population of the wave); a new role takes some minutes to spread";
/// The token is not accepted.
pub const UNAUTHORIZED: &str = "check that the worker application is enabled and its secret current; a token from `PINGONE_API_ACCESS_TOKEN` lives an hour at most and must be of the same region";
/// No user of the wave is there.
pub const NO_SUCH_USER: &str = "check `WAVEPAIR_ENVIRONMENT` and the column `user_id`: PingOne knows no such user in this environment";
/// PingOne limits or has trouble.
pub const LATER: &str = "PingOne has trouble or limits this license; run again later";

/// What to do about a refusal, where there is anything to do.
pub fn of_refusal(refusal: Refusal) -> Option<&'static str> {
    match refusal {
        Refusal::Unreachable => Some(UNREACHABLE),
        Refusal::Untrusted => Some(UNTRUSTED),
        Refusal::OutOfResources => {
            Some("lower `--concurrency`, or raise the limit of open files (`ulimit -n`)")
        }
        Refusal::Throttled { .. } => Some("lower `--rate`, or run again later"),
        Refusal::Unauthorized => Some(UNAUTHORIZED),
        Refusal::Forbidden => Some(FORBIDDEN),
        Refusal::NotFound => Some(NO_SUCH_USER),
        Refusal::DeviceLimit => Some(
            "the user has as many devices as the environment's MFA settings allow (`maxAllowedDevices`): remove one, or raise the limit",
        ),
        Refusal::Invalid => Some(
            "the message names the member that PingOne refuses; where it is the type or the policy, check that the policy allows the type and that a WhatsApp sender is set up",
        ),
        Refusal::Misdirected => Some(WRONG_HOST),
        Refusal::Withheld | Refusal::AlreadyThere | Refusal::Conflicting => None,
    }
}

/// What to do about an answer that leaves it open whether there is a device.
pub fn of_ambiguity(ambiguity: Ambiguity) -> Option<&'static str> {
    match ambiguity {
        Ambiguity::Redirected
        | Ambiguity::Unreadable
        | Ambiguity::ForeignError
        | Ambiguity::UnexpectedStatus => Some(WRONG_HOST),
        Ambiguity::WrongDevice => Some(
            "a cache or proxy on the way mixes up answers, or PingOne does: give its support the correlation ID, and send nothing more until it is understood",
        ),
        Ambiguity::QuotaExceeded => Some(
            "check the environment's notification quota; with `ACTIVATION_REQUIRED` a device may be there although its message was not sent",
        ),
        Ambiguity::TimedOut
        | Ambiguity::ConnectionLost
        | Ambiguity::ServerError
        | Ambiguity::RequestTimeout
        | Ambiguity::Conflict
        | Ambiguity::Interrupted => None,
    }
}

/// What to do about a listing that was not given.
pub fn of_look(look: &LookOutcome) -> Option<&'static str> {
    match look {
        LookOutcome::Untrusted => Some(UNTRUSTED),
        LookOutcome::Redirected => Some(WRONG_HOST),
        LookOutcome::Unauthorized => Some(UNAUTHORIZED),
        LookOutcome::Forbidden => Some(FORBIDDEN),
        LookOutcome::NoUser => Some(NO_SUCH_USER),
        LookOutcome::Throttled { .. } => of_refusal(Refusal::Throttled { retry_after: None }),
        LookOutcome::Seen(_) | LookOutcome::NoInformation => None,
    }
}
