//! The connections to PingOne, and what says that an answer on one of them is ours.
//!
//! A gateway or proxy may answer a request twice. Where the second answer comes late, it is read
//! as the answer to the next request on the same connection. So an answer is believed to be ours
//! only where it repeats our transaction ID, or where nothing was on its connection before.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::Duration;

use reqwest::Response;
use reqwest::header::HeaderValue;
use tokio::time::Instant;

use super::ends::Ends;
use super::http::{Http, POOL_IDLE};
use super::options::ClientOptions;
use super::wire;
use crate::clock;
use crate::model::outcome::Proof;

/// On which connection a request goes out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Connection {
    /// On one that is kept, where there is one.
    Kept,
    /// On a new one that nothing else uses, before or after.
    Fresh,
}

/// The connections of one client.
pub(super) struct Connections {
    /// How many unused connections are kept.
    pool: usize,
    kept: Mutex<Kept>,
    fresh: Http,
    /// How long a connection may be silent between two answers.
    silence: Duration,
}

/// The connections that are kept, and what is known of them.
struct Kept {
    http: Http,
    /// Held by each request that is under way on the pool.
    in_use: Arc<()>,
    /// The same of a pool that was dropped: as long as a request is under way on it, it keeps its
    /// unused connections.
    dropped: Weak<()>,
    /// When each connection was last answered on.
    answered: HashMap<Ends, Instant>,
    /// At how many connections the old ones are forgotten.
    tidy_at: usize,
    /// Whether an answer has repeated our ID.
    echoes: bool,
}

/// What a request is sent with.
pub(super) struct Sender {
    pub(super) http: Http,
    /// The pool that it belongs to; none for a fresh connection.
    pool: Option<Lease>,
}

/// The use of a pool by one request; it ends when this is dropped.
struct Lease(Arc<()>);

impl fmt::Debug for Connections {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Connections")
    }
}

impl Connections {
    /// Sets both kinds up. Connects to nothing yet.
    pub(super) fn new(fresh: Http, options: &ClientOptions) -> Self {
        let kept = Kept {
            http: fresh.with_pool(options.pool),
            in_use: Arc::default(),
            dropped: Weak::new(),
            answered: HashMap::new(),
            tidy_at: TIDY_AT,
            echoes: false,
        };
        Self {
            pool: options.pool,
            kept: Mutex::new(kept),
            fresh,
            silence: 2 * (options.timeout + POOL_IDLE),
        }
    }

    /// The same connection, where it is one that is kept for a host that was seen to repeat our
    /// transaction IDs: elsewhere nothing would say whose answer it is.
    pub(super) fn echoing(&self, connection: Connection) -> Connection {
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        match connection {
            Connection::Kept if kept.echoes => Connection::Kept,
            Connection::Kept | Connection::Fresh => Connection::Fresh,
        }
    }

    /// What the next request is sent with.
    pub(super) fn sender(&self, connection: Connection) -> Sender {
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        match connection {
            // Else each answer that is not to be trusted would leave a pool behind, until the
            // slowest of its requests has ended: there is one such pool at most.
            Connection::Kept if kept.dropped.strong_count() == 0 => Sender {
                http: kept.http.clone(),
                pool: Some(Lease(Arc::clone(&kept.in_use))),
            },
            Connection::Kept | Connection::Fresh => Sender {
                http: self.fresh.clone(),
                pool: None,
            },
        }
    }

    /// Judges whose answer this is, and drops the connections that are kept where it shows that
    /// they cannot be trusted.
    pub(super) fn judge(&self, sender: &Sender, sent: &HeaderValue, answer: &Response) -> Proof {
        let ends = answer.extensions().get::<Ends>().copied();
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let is_first = ends.is_some_and(|ends| kept.is_first(ends, clock::now(), self.silence));
        let repeated = answer.headers().get_all(wire::TRANSACTION_ID);
        let repeated = Repeated::read(sent, repeated.into_iter().map(HeaderValue::as_bytes));
        let proof = proof(repeated, sender.pool.is_none() || is_first);
        let untrusted = match proof {
            Proof::Proven => false,
            // A host that repeats IDs has not answered this one.
            Proof::Unproven => kept.echoes,
            Proof::MixedUp => true,
        };
        kept.echoes |= repeated == Repeated::Ours;
        let is_of = |Lease(in_use): &Lease| Arc::ptr_eq(in_use, &kept.in_use);
        if untrusted && sender.pool.as_ref().is_none_or(is_of) {
            kept.replace(self.fresh.with_pool(self.pool));
        }
        proof
    }
}

/// From how many connections on the old ones are forgotten at all.
const TIDY_AT: usize = 256;

impl Kept {
    /// Puts a new pool in the place of the one that there is.
    fn replace(&mut self, http: Http) {
        self.http = http;
        let in_use = std::mem::take(&mut self.in_use);
        // A pool that was never used yet leaves nothing behind, but the one before it may.
        if Arc::strong_count(&in_use) > 1 {
            self.dropped = Arc::downgrade(&in_use);
        }
    }

    /// Notes an answer on a connection; tells whether it is the first one.
    ///
    /// A port is used again by a later connection: after `silence` it is another one.
    fn is_first(&mut self, ends: Ends, now: Instant, silence: Duration) -> bool {
        let is_old = |at: &Instant| now.saturating_duration_since(*at) > silence;
        if self.answered.len() >= self.tidy_at {
            self.answered.retain(|_, at| !is_old(at));
            self.tidy_at = TIDY_AT.max(2 * self.answered.len());
        }
        self.answered
            .insert(ends, now)
            .is_none_or(|before| is_old(&before))
    }
}

/// What an answer says of the ID that was sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Repeated {
    Nothing,
    Ours,
    Another,
}

impl Repeated {
    /// One other ID is enough to be another's answer, whatever stands beside it.
    fn read<'a>(sent: &HeaderValue, values: impl Iterator<Item = &'a [u8]>) -> Self {
        values
            .map(<[u8]>::trim_ascii)
            .filter(|value| !value.is_empty())
            .fold(Self::Nothing, |so_far, value| {
                let ours = value.eq_ignore_ascii_case(sent.as_bytes());
                match so_far {
                    Self::Nothing | Self::Ours if ours => Self::Ours,
                    Self::Nothing | Self::Ours | Self::Another => Self::Another,
                }
            })
    }
}

fn proof(repeated: Repeated, alone: bool) -> Proof {
    match repeated {
        Repeated::Another => Proof::MixedUp,
        Repeated::Ours => Proof::Proven,
        Repeated::Nothing if alone => Proof::Proven,
        Repeated::Nothing => Proof::Unproven,
    }
}

#[cfg(test)]
mod tests {
    use super::super::connect::Connector;
    use super::*;

    #[test]
    fn an_answer_is_ours_by_our_id_or_if_alone_and_anothers_by_another_id() {
        let sent = HeaderValue::from_static("0198-7-1");
        for (repeated, alone, expected) in [
            (&[][..], true, Proof::Proven),
            (&[][..], false, Proof::Unproven),
            (&[""][..], false, Proof::Unproven),
            (&["0198-7-1"][..], false, Proof::Proven),
            (&[" 0198-7-1 "][..], false, Proof::Proven),
            (&["0198-7-1", "0198-7-1"][..], false, Proof::Proven),
            (&["0198-7-2"][..], true, Proof::MixedUp),
            (&["0198-7-1", "0198-7-2"][..], true, Proof::MixedUp),
            (&["0198-7-2", "0198-7-1"][..], false, Proof::MixedUp),
            (&["0198-7-1, 0198-7-1"][..], false, Proof::MixedUp),
            (&["0198-7-11"][..], false, Proof::MixedUp),
        ] {
            let values = repeated.iter().map(|value| value.as_bytes());
            let found = proof(Repeated::read(&sent, values), alone);
            assert_eq!(found, expected, "{repeated:?}, alone {alone}");
        }
        let upper = HeaderValue::from_static("0198AB-7-1");
        let lower = std::iter::once(b"0198ab-7-1".as_slice());
        assert_eq!(Repeated::read(&upper, lower), Repeated::Ours);
    }

    #[test]
    fn a_connection_is_new_once_and_its_port_again_after_a_long_silence() {
        let ends = |port| {
            let at = |port| std::net::SocketAddr::from(([127, 0, 0, 1], port));
            Ends(at(port), at(443))
        };
        let connector = Connector::new(None, None, None, Duration::from_secs(1));
        let mut kept = Kept {
            http: Http::new(connector, Duration::from_secs(1)),
            in_use: Arc::default(),
            dropped: Weak::new(),
            answered: HashMap::new(),
            tidy_at: TIDY_AT,
            echoes: false,
        };
        let silence = Duration::from_secs(68);
        let mut now = clock::now();
        assert!(kept.is_first(ends(1), now, silence));
        assert!(kept.is_first(ends(2), now, silence));
        now += silence;
        assert!(!kept.is_first(ends(1), now, silence));
        now += Duration::from_millis(1);
        assert!(kept.is_first(ends(2), now, silence));
        for port in 3..=u16::MAX {
            now += silence / 100;
            assert!(kept.is_first(ends(port), now, silence));
        }
        assert!(kept.answered.len() <= TIDY_AT, "{}", kept.answered.len());
    }
}
