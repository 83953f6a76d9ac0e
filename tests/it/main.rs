//! What wavepair promises, proved from outside.

#![expect(
    clippy::unwrap_used,
    reason = "a test whose set-up fails has nothing better to do than to panic"
)]

// One request, one answer: literal bytes on real sockets.
mod wire_client;
