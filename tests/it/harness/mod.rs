//! Never twice, never lost: proved from outside, by what a server of our own saw.
//!
//! The real binary runs against a [`server`] that shares no code with it, follows a
//! seeded [plan of faults](faults) and keeps an append-only [`truth`]. It is killed
//! and run again until nothing is left to do; a [`checker`] then reads the input, the
//! results, the exit code and the truth, and nothing that the program says of itself:
//!
//! | | what must hold | where |
//! | --- | --- | --- |
//! | A | no device twice; none asked for again before it has settled, or more than four times | [`truth`] |
//! | B | every row of the input has one outcome | [`checker`] |
//! | C | nothing is `created` that is not there, and nothing is there that was not asked for | [`checker`] |
//! | D | no secret, token or phone in arguments, output, log, summary; no secret in any file | [`leaks`] |
//! | E | the exit code is what the outcomes call for | [`checker`] |
//! | F | no request inside a pause, none above the rate | [`truth`], [`pace`] |
//! | G | descriptors and memory are bounded | [`judge`] |
//! | M | no create for a user whose MFA is off, and no switch that a look did not call for | [`truth`] |
//! | N | no name that the wave does not have, and no create before its user was named | [`tenant`], [`truth`] |
//! | H | nothing goes to another address | [`server`], [`elsewhere`] |
//!
//! By default there is a little of everything. More of it, for hours if need be:
//!
//! ```sh
//! # 1,000 kills over 40,000 rows, 30 % of the creates faulted, zombies, stale listings
//! WAVEPAIR_HARNESS_KILLS=1000 WAVEPAIR_HARNESS_ROWS=40000 \
//!     cargo test --release --test it harness::kills::a_wave_that_is_killed -- --nocapture
//! # 1,000,000 creates in 8 waves at once, 30 % of them faulted, 10 kills each: where a breaker
//! # waits, as one does about every 10,000 rows, the other waves go on
//! WAVEPAIR_HARNESS_WAVES=8 WAVEPAIR_HARNESS_ROWS=125000 WAVEPAIR_HARNESS_KILLS=10 \
//!     cargo test --release --test it harness::kills::a_wave_that_is_killed -- --nocapture
//! # the same in other ways: users by their names, `--existing report`, `--mfa enable`, or some of them
//! WAVEPAIR_HARNESS_WAYS=names,report,mfa WAVEPAIR_HARNESS_KILLS=1000 WAVEPAIR_HARNESS_ROWS=40000 \
//!     cargo test --release --test it harness::kills::a_wave_that_is_killed -- --nocapture
//! # killed at, failed at and cut off at every system call of a run of 20 rows
//! WAVEPAIR_HARNESS_SYSCALLS=0 \
//!     cargo test --release --test it harness -- --nocapture
//! # 1,000 kills across the three shards of a wave
//! WAVEPAIR_HARNESS_KILLS=1000 WAVEPAIR_HARNESS_ROWS=10000 \
//!     cargo test --release --test it shards::killed -- --nocapture
//! # `undo`, `purge` and `ledger merge`, killed at every system call
//! WAVEPAIR_HARNESS_SYSCALLS=0 \
//!     cargo test --release --test it killed_anywhere -- --nocapture
//! ```
//!
//! A failure names its seed; `WAVEPAIR_HARNESS_SEED` brings it back, in one wave, as far as the
//! faults and the kills go (which thread runs first is the machine's choice).
//! `tests/planted/check` shows that bugs which a client could have are caught.

// Chance, time and names.
mod base64;
mod device;
pub(crate) mod dice;
pub(crate) mod size;
mod time;
// What goes in.
mod names;
mod phones;
mod wave;
mod ways;
// The other side, and what is true.
mod faults;
mod http;
mod reply;
mod server;
mod service;
mod shape;
mod tenant;
mod truth;
// The program, and who judges it.
mod campaign;
mod case;
mod checker;
mod judge;
mod leaks;
mod program;
pub(crate) mod strace;
// The proofs.
mod clocks;
mod disk;
mod elsewhere;
mod kills;
mod pace;
mod power;
mod storage;
pub(crate) mod syscalls;
mod twice;
