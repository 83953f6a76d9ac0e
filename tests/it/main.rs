//! Every test that needs a socket or a process, linked once.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod support;

/// Literal documents from PingOne's documentation, held against both halves.
mod contract;
/// What goes wrong when it is told to.
mod sandbox_faults;
