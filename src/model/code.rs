//! The stable words that stand in `code` where PingOne gave no code of its own.

macro_rules! words {
    ($($(#[doc = $doc:literal])+ $name:ident = $word:literal,)+) => {
        $($(#[doc = $doc])+ pub const $name: &str = $word;)+

        /// Every word with its meaning, in the order in which the documentation lists them.
        pub const ALL: &[(&str, &str)] = &[$(($word, concat!($($doc),+).trim_ascii()),)+];
    };
}

words! {
    /// The host's name does not resolve; nothing was sent
    DNS_FAILED = "dns_failed",
    /// No connection: refused, unreachable or no route; nothing was sent
    UNREACHABLE = "unreachable",
    /// No connection within the connect time-out; nothing was sent
    CONNECT_TIMEOUT = "connect_timeout",
    /// The TLS handshake failed: certificate, host name, or a peer that speaks no TLS; nothing was sent
    TLS_FAILED = "tls_failed",
    /// The proxy asks for credentials that it was not given, or does not let this host through; nothing was sent
    PROXY_REFUSED = "proxy_refused",
    /// The proxy did not make the tunnel; nothing was sent
    PROXY_FAILED = "proxy_failed",
    /// This machine is out of descriptors, ports or memory; nothing was sent
    OUT_OF_RESOURCES = "out_of_resources",
    /// The request ended, by time-out or otherwise, before its body left
    NOT_SENT = "not_sent",
    /// No answer within the time-out
    TIMED_OUT = "timed_out",
    /// The connection ended before a complete answer
    CONNECTION_LOST = "connection_lost",
    /// Something answered, and it was not readable HTTP
    UNREADABLE_ANSWER = "unreadable_answer",
    /// A 3xx, which is never followed
    REDIRECTED = "redirected",
    /// A 511: a sign-in page between us and PingOne
    CAPTIVE_PORTAL = "captive_portal",
    /// A 5xx
    SERVER_ERROR = "server_error",
    /// A 429 from rate control
    THROTTLED = "throttled",
    /// A 429 about a quota, or not in PingOne's format
    QUOTA_EXCEEDED = "quota_exceeded",
    /// A 401: the access token is not accepted
    UNAUTHORIZED = "unauthorized",
    /// A 403: not permitted
    FORBIDDEN = "forbidden",
    /// A 404: PingOne does not know the user, or not yet
    NOT_FOUND = "not_found",
    /// A 408
    REQUEST_TIMEOUT = "request_timeout",
    /// A 409
    CONFLICT = "conflict",
    /// A 410, 412, 423 or 425: refused for now
    REFUSED = "refused",
    /// A 405, 411, 413, 414, 415, 431 or 505: the wrong host, or a fault of wavepair's
    MISDIRECTED = "misdirected",
    /// A 400 or 422 without PingOne's error format: something between answered
    FOREIGN_ERROR = "foreign_error",
    /// A status that means nothing here
    UNEXPECTED_STATUS = "unexpected_status",
    /// An answer about another user, type or phone than was asked for
    WRONG_DEVICE = "wrong_device",
    /// An answer to another request than ours: something between mixes answers up
    MIXED_UP = "mixed_up_answer",
    /// A listing of devices that is cut off, masked or not in PingOne's format
    UNREADABLE_LISTING = "unreadable_listing",
    /// The request was held back here, because PingOne asked for a pause just then; nothing was sent
    WITHHELD = "withheld",
    /// The answer is not known: the run was cut short before it came, or is still going on
    INTERRUPTED = "interrupted",
    /// No run has come to the row: there was none yet, or the row is new
    NOT_RUN_YET = "not_run_yet",
    /// The last run of the wave was killed before it came to the row, or is still going on
    RUN_CUT_SHORT = "run_cut_short",
    /// An earlier row of the file asks for the same device; there is nothing to do
    SAME_DEVICE = "same_device",
    /// PingOne lists this device more than once; remove all but one
    DUPLICATE_FOUND = "duplicate_found",
    /// The plan of the run does not say to create it, and PingOne does not list it; nothing was sent
    NOT_IN_PLAN = "not_in_plan",
    /// `--mfa enable`: MFA could not be switched on for the user, so nothing was created for them in that run
    MFA_NOT_ENABLED = "mfa_not_enabled",
    /// No user of this environment has the name; in an online dry run also: or the ID
    USER_NOT_FOUND = "user_not_found",
    /// Several users of this environment have the name
    USER_AMBIGUOUS = "user_ambiguous",
    /// No policy of this environment has the name, or several have; in an online dry run also: none has the ID
    POLICY_NOT_FOUND = "policy_not_found",
    /// Online dry run: the policy does not allow this type of device
    TYPE_NOT_ALLOWED = "type_not_allowed",
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_is_one_word_and_stands_once_with_a_meaning() {
        for (at, (word, meaning)) in ALL.iter().enumerate() {
            assert!(
                word.bytes().all(|b| b.is_ascii_lowercase() || b == b'_'),
                "{word}"
            );
            assert!(!meaning.is_empty() && !meaning.ends_with('.'), "{meaning}");
            assert!(ALL[..at].iter().all(|(other, _)| other != word), "{word}");
        }
    }
}
