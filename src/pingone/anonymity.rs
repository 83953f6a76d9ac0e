//! Whether the answers of a host say whose they are.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use super::connections::Connection;
use crate::model::outcome::Answer;

/// Whether an answer of a host was not seen to be ours, by ID or by what it names: such a host is
/// asked on fresh connections alone.
#[derive(Clone, Debug, Default)]
pub(super) struct Anonymity(Arc<AtomicBool>);

impl Anonymity {
    /// The connection for a request whose answer is to say whose it is.
    pub(super) fn connection(&self, connection: Connection) -> Connection {
        if self.0.load(Ordering::Relaxed) {
            Connection::Fresh
        } else {
            connection
        }
    }

    /// Takes note of an answer; a 200 `is_unproven` that says nothing of whose it is.
    pub(super) fn note(&self, is_unproven: bool, answer: &Answer) {
        if is_unproven && answer.http_status == Some(200) {
            self.0.store(true, Ordering::Relaxed);
        }
    }
}
