//! Pairs the MFA devices of an onboarding wave in PingOne: CSV in, device IDs out.
//!
//! This library is the inside of the `wavepair` binary; it promises nothing to other
//! crates. The binary calls [`main`]; tests, benchmarks and fuzz targets see what stands
//! in [`testing`], and nothing else. The README is for those who run wavepair. This page
//! is for those who change it.
//!
//! ```text
//!  wave.csv ─► input ─► model::validate ─► engine ─────────► ledger (SQLite)
//!                 │                         │  ▲                │
//!                 │                   plan, │  │ retry          │
//!                 │                   pace  ▼  │                │
//!                 │                        pingone ◄──► PingOne │
//!                 │                           ▲         or sandbox
//!                 │                        events               │
//!                 │                           ▼                 │
//!                 └──────────────────────► report ◄─────────────┘
//!                                             │
//!                         results, rejects, summary, screen, log
//! ```
//!
//! # In which order to read
//!
//! [`model`] is the vocabulary: plain data, checked when it is made. [`plan`] and
//! [`retry`] hold the hard decisions as pure functions: what a run does about a row
//! that it has seen before, and what it does after each kind of answer. [`ledger`]
//! remembers, [`pingone`] speaks, and [`engine`] is the one loop that calls all of
//! them; [`lookup`] asks whose names are before that loop begins. Everything else is rim: [`input`] reads, [`report`] writes, [`settings`] say
//! what was asked for (its `table` lists all of it), [`commands`] and [`program`] wire
//! it together.
//!
//! The modules below stand in the order of their arrows: each may use those above it
//! that `tests/it/tidy` grants it, and never one below.
//!
//! # Words
//!
//! Each has one meaning.
//!
//! | word | what it is |
//! | --- | --- |
//! | wave, row | a CSV file; a record of it, which asks for one device of one user |
//! | canary | the first few rows of a run, sent alone, so that what is wrong with all of them costs little |
//! | intent | "a create is about to be sent", on disk before it is sent; a [`ledger`] entry begins with one |
//! | in doubt | a create was sent, and nobody knows whether there is a device |
//! | name | what a row calls its user or policy where it does not know the ID; to look it up is to ask PingOne whose it is, once before the rows are judged |
//! | to look | to list a user's devices; a create in doubt is settled by looks alone |
//! | to settle | to give a row or an entry its last state; the settling time is how long a lost request may still take effect |
//! | to recheck | to look once more at a device that is created, because a request for it was lost |
//! | to undo | to delete a device that a run has created; its imprint is what it looked like then, by which shows whether somebody changed it since |
//! | to switch | to set a user's `mfaEnabled`, without which no device is of use to them |
//! | rate group | requests that PingOne limits together; each has its own pace and its own hold |
//! | to hold | to send nothing of a rate group for a while, because PingOne asked for it; or nothing at all |
//! | to trip | what the breaker in [`engine`] does when most requests fail: nothing is sent for a minute, then one at a time |
//! | plan (file) | what an online dry run expects of each row, for people to review and a run to carry out; to demand one is to do what it says or nothing |
//! | bar | a plan lets no create be sent for a row, whatever comes |
//! | streak | so many of the same trouble one after the other that a run ends |
//! | batch | what the [`ledger`] writes with one sync, and what comes back from it |
//! | `Recorded` | the permission to send one create: its intent is on disk |
//! | `Receipt` | whether the body of a create was handed to the transport |
//! | ballast | room that is set aside, so that a full disk does not keep the ledger from its last word |
//! | hint | what a person can do about it |
//!
//! # What always holds
//!
//! - A create request for a row is sent from one place, `engine::job`, and only after its
//!   intent is on disk, synced: [`ledger`] hands out the permission. The only others are
//!   those of [`probe`], for a test user who had no device: what they make is on disk in
//!   the probe's own journal before it is asked for, and is deleted by that.
//! - A device is deleted from one place for a run, `engine::undo`, after PingOne has shown it as the
//!   run left it, and only after that it is about to be is on disk: [`ledger`] hands out the permission.
//! - Nothing that may have been created is created again before PingOne has been
//!   asked, twice and with time in between ([`retry`]).
//! - A row of the input is one line of the results: outcomes are counted twice, by
//!   events and by the join of input and ledger, and the two must agree; so are lines,
//!   by the bytes of the file and by the records in them.
//! - A row is handed out only while its file is what it was at first, byte for byte.
//! - The results are a function of input and ledger; [`report`] keeps no state that
//!   decides anything.
//! - A phone is never guessed: [`model::phone`] has no default country.
//! - A bad row is an outcome, not an error; [`error`] is for what stops wavepair itself.
//! - Only [`clock`] reads the time; only [`settings`] makes sense of variables.
//! - No secret and no full phone is in a log line, an error, or a `Debug` text.
//!
//! # What is absent on purpose
//!
//! - No trait with one implementation. The sandbox is the double: it speaks HTTP on a
//!   real socket, so that tests run the same client as a wave does.
//! - No second thread that decides. One loop does, and work at the same time is
//!   futures in it; the ledger's writer, the console and those who judge rows by themselves
//!   have threads that obey.
//! - No retry inside the HTTP client, no redirect that is followed, no cache: an
//!   answer is given to [`retry`] as it came.
//! - No rooms for what fits nowhere: something has a noun or is not needed.

// What everything speaks of.
mod exit;
mod model;

// One thing each, without the others.
mod clock;
mod pace;
mod plan;
mod retry;

// One way to the world each.
mod input;
mod ledger;
mod pingone;
mod sandbox;
mod subprocess;

// The loop.
mod engine;

// Whose the names in a wave are.
mod lookup;

// What PingOne really does.
mod probe;

// What people and scripts see of it.
mod report;

// What was asked for.
mod settings;

// Why wavepair itself could not go on.
mod error;

// Wiring.
mod commands;

// From the first word to the exit code.
mod program;

// What tests reach.
pub mod testing;

pub use program::main;
