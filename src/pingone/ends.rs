//! Which connection it is.

use std::net::SocketAddr;

/// Both ends of a connection: here, and there. An answer on it carries them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Ends(pub(super) SocketAddr, pub(super) SocketAddr);
