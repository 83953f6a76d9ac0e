//! What wavepair promises, proved from outside; one binary, linked once.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod support;

// Literal documents from PingOne's documentation, held against both halves.
mod contract;
// One request, one answer: literal bytes on real sockets.
mod wire_client;
// What goes wrong when the sandbox is told to.
mod sandbox_faults;
// The real program, killed and lied to, judged by what a server of its own saw.
mod harness;
