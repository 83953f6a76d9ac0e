//! The stable words that stand in `code` where PingOne gave no code of its own.

/// A stable word, and what it says.
#[derive(Clone, Copy, Debug)]
pub struct Word {
    /// The word that users script against.
    pub word: &'static str,
    /// What it means, in one line.
    pub meaning: &'static str,
    /// What to do about it, in one line.
    pub advice: &'static str,
}

macro_rules! words {
    ($($(#[doc = $doc:literal])+ $name:ident = $word:literal => $advice:literal,)+) => {
        $($(#[doc = $doc])+ pub const $name: &str = $word;)+

        /// Every word, in the order in which the documentation lists them.
        pub const ALL: &[Word] = &[$(Word {
            word: $word,
            meaning: concat!($($doc),+).trim_ascii(),
            advice: $advice,
        },)+];
    };
}

words! {
    /// The host's name does not resolve; nothing was sent
    DNS_FAILED = "dns_failed" => "check the region or `--api-url`, and the name server of this machine; run again",
    /// No connection: refused, unreachable or no route; nothing was sent
    UNREACHABLE = "unreachable" => "check network, firewall and proxy; run again",
    /// No connection within the connect time-out; nothing was sent
    CONNECT_TIMEOUT = "connect_timeout" => "check network, firewall and proxy; run again",
    /// The TLS handshake failed: certificate, host name, or a peer that speaks no TLS; nothing was sent
    TLS_FAILED = "tls_failed" => "name a private authority with `--ca-file`; see what inspects TLS on the way",
    /// The proxy asks for credentials that it was not given, or does not let this host through; nothing was sent
    PROXY_REFUSED = "proxy_refused" => "give the proxy its credentials in `HTTPS_PROXY`, and see that it lets PingOne's hosts through",
    /// The proxy did not make the tunnel; nothing was sent
    PROXY_FAILED = "proxy_failed" => "look at the proxy; run again",
    /// This machine is out of descriptors, ports or memory; nothing was sent
    OUT_OF_RESOURCES = "out_of_resources" => "lower `--concurrency`, or raise the limit of open files; run again",
    /// The request ended, by time-out or otherwise, before its body left
    NOT_SENT = "not_sent" => "run again",
    /// No answer within the time-out
    TIMED_OUT = "timed_out" => "run again: wavepair looks for the device before it sends anything",
    /// The connection ended before a complete answer
    CONNECTION_LOST = "connection_lost" => "run again: wavepair looks for the device before it sends anything",
    /// Something answered, and it was not readable HTTP
    UNREADABLE_ANSWER = "unreadable_answer" => "check `--api-url` and what stands between; run again: wavepair looks for the device before it sends anything",
    /// A 3xx, which is never followed
    REDIRECTED = "redirected" => "check `--api-url` and what stands between; run again: wavepair looks for the device before it sends anything",
    /// A 511: a sign-in page between us and PingOne
    CAPTIVE_PORTAL = "captive_portal" => "sign this machine in to its network; run again",
    /// A 5xx
    SERVER_ERROR = "server_error" => "run again later: wavepair looks for the device before it sends anything",
    /// A 429 from rate control
    THROTTLED = "throttled" => "run again later, or lower `--rate`",
    /// A 429 about a quota, or not in PingOne's format
    QUOTA_EXCEEDED = "quota_exceeded" => "look at the environment's notification quota; run again when it is reset",
    /// A 401: the access token is not accepted
    UNAUTHORIZED = "unauthorized" => "check that the worker application is enabled and its secret current",
    /// A 403: not permitted
    FORBIDDEN = "forbidden" => "give the worker application the role Identity Data Admin on this environment",
    /// A 404: PingOne does not know the user, or not yet
    NOT_FOUND = "not_found" => "check the user's ID and the environment; for a user who is some minutes old, run again",
    /// A 408
    REQUEST_TIMEOUT = "request_timeout" => "run again: wavepair looks for the device before it sends anything",
    /// A 409
    CONFLICT = "conflict" => "run again: wavepair looks for the device before it sends anything",
    /// A 410, 412, 423 or 425: refused for now
    REFUSED = "refused" => "run again later",
    /// A 405, 411, 413, 414, 415, 431 or 505: the wrong host, or a fault of wavepair's
    MISDIRECTED = "misdirected" => "check the region, or `--api-url` and `--token-url`",
    /// A 400 or 422 without PingOne's error format: something between answered
    FOREIGN_ERROR = "foreign_error" => "look at proxies and firewalls on the way; run again: wavepair looks for the device before it sends anything",
    /// A status that means nothing here
    UNEXPECTED_STATUS = "unexpected_status" => "run again: wavepair looks for the device before it sends anything",
    /// An answer about another user, type or phone than was asked for
    WRONG_DEVICE = "wrong_device" => "look for a cache or proxy that mixes answers up before you go on",
    /// An answer to another request than ours: something between mixes answers up
    MIXED_UP = "mixed_up_answer" => "look for a cache or proxy that mixes answers up before you go on",
    /// A listing of devices that is cut off, masked or not in PingOne's format
    UNREADABLE_LISTING = "unreadable_listing" => "see that the worker application is shown phones unmasked; run again",
    /// A listing of devices that still shows the one that `wavepair undo` deleted
    STALE_LISTING = "stale_listing" => "run again in some minutes",
    /// The request was held back here, because PingOne asked for a pause just then; nothing was sent
    WITHHELD = "withheld" => "run again",
    /// The answer is not known: the run was cut short before it came, or is still going on
    INTERRUPTED = "interrupted" => "run again: wavepair looks for the device before it sends anything",
    /// No run has come to the row: there was none yet, or the row is new
    NOT_RUN_YET = "not_run_yet" => "run the wave",
    /// The last run of the wave was killed before it came to the row, or is still going on
    RUN_CUT_SHORT = "run_cut_short" => "run the wave again",
    /// `results --partial`: the row belongs to a shard whose ledger was not named
    SHARD_MISSING = "shard_missing" => "name the ledgers of all shards with `--ledger`",
    /// An earlier row of the file asks for the same device; there is nothing to do
    SAME_DEVICE = "same_device" => "nothing",
    /// PingOne lists this device more than once; remove all but one
    DUPLICATE_FOUND = "duplicate_found" => "remove all but one of them in PingOne",
    /// The plan of the run does not say to create it, and PingOne does not list it; nothing was sent
    NOT_IN_PLAN = "not_in_plan" => "run without the plan, or make a new one",
    /// `wavepair undo` has deleted the device
    UNDONE = "undone" => "run with `--recreate` to create it anew",
    /// `wavepair undo` was about to delete the device, and it is not known whether it is gone
    UNDOING = "undoing" => "give the same `wavepair undo` command again",
    /// A person said by `wavepair resolve` that PingOne does not have the device
    RESOLVED_ABSENT = "resolved_absent" => "run the wave again, which asks for it once more",
    /// `--mfa enable`: MFA could not be switched on for the user, so nothing was created for them in that run
    MFA_NOT_ENABLED = "mfa_not_enabled" => "switch MFA on in PingOne, or give the role that may do so; run again",
    /// No user of this environment has the name; in an online dry run also: or the ID
    USER_NOT_FOUND = "user_not_found" => "check the name and the environment",
    /// Several users of this environment have the name
    USER_AMBIGUOUS = "user_ambiguous" => "name the user by `user_id`",
    /// No policy of this environment has the name, or several have; in an online dry run also: none has the ID
    POLICY_NOT_FOUND = "policy_not_found" => "copy the name from PingOne (`wavepair doctor` lists them)",
    /// Online dry run: the policy does not allow this type of device
    TYPE_NOT_ALLOWED = "type_not_allowed" => "allow the type in the policy, or name another policy",
    /// Online dry run: the user has as many devices as PingOne allows, with those of the rows above
    DEVICE_LIMIT = "device_limit" => "delete a device of the user, raise the limit in the MFA settings, or leave the row out",
}

/// What is known of a word; nothing of PingOne's own codes.
pub(crate) fn known(word: &str) -> Option<&'static Word> {
    ALL.iter().find(|known| known.word == word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_stands_once_with_a_meaning_and_what_to_do() {
        for (
            at,
            Word {
                word,
                meaning,
                advice,
            },
        ) in ALL.iter().enumerate()
        {
            assert!(
                word.bytes().all(|b| b.is_ascii_lowercase() || b == b'_'),
                "{word}"
            );
            for text in [meaning, advice] {
                assert!(!text.is_empty() && !text.ends_with('.'), "{text}");
            }
            assert!(ALL[..at].iter().all(|other| other.word != *word), "{word}");
        }
    }
}
