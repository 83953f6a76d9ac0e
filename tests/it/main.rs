//! What wavepair promises, proved from outside; one binary, linked once.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod support;

// The happy road, and every accepted spelling of a phone.
mod creates;
// The answer is lost: ask, never send again blindly.
mod lost_responses;

// Literal documents from PingOne's documentation, held against both halves.
mod contract;
// One request, one answer: literal bytes on real sockets.
mod wire_client;
// What goes wrong when the sandbox is told to.
mod sandbox_faults;
