//! The only module that waits: one loop that takes rows, paces them, writes them
//! down, sends them, and hears what became of them.
//!
//! - **Written before sent, told after written.** An intent is committed before
//!   its request leaves; an outcome is announced once it is on disk.
//! - **Paced before written.** Token and pace come first, the intent last, so that a
//!   crash leaves in doubt only what may really be on the wire.
//! - **The disk does not stop the wire.** A commit runs on the ledger's own thread;
//!   answers go on being read, and the next batch takes what has gathered.
//! - **One way back.** What must be done again goes back into the queue, and nowhere else.
//!
//! Each part owns its fields and knows one thing:
//!
//! | part | what it knows |
//! | --- | --- |
//! | `run` | the loop: when to send, what to wait for |
//! | `work` | what an answer, a commit or the end does to rows; carries values, decides nothing |
//! | `intake` | what a row of the wave becomes when it is taken up |
//! | `row` | what is known of a row, and in which phase it is |
//! | `queue` | which row is next |
//! | `gate`, `guard` | whether a request may be sent now, and when going on is pointless |
//! | `tokens` | the access token |
//! | `mfa` | who can use MFA, and so whether a create may go out for them |
//! | `journal` | what goes to disk together |
//! | `answers`, `whose` | what follows an answer |
//! | `ending`, `stop` | whether the run goes on |
//! | `reasons` | why it does not, in words |
//! | `questions`, `users`, `finding`, `read_fault` | asking without changing anything, by the same gate, tokens and answers |
//! | `user_devices` | all devices of a user, for whoever compares them |
//! | `undo` | deleting what a run has made, by the same gate, tokens and ledger |
//! | `device_reports` | how far the report of all devices is read |
//!
//! Where a 429 goes: `pingone::classify` says what it is, `retry` how long its row would wait,
//! `answers` that everything is held instead, `gate` holds by `pace`, `guard::throttled` knows
//! when to give up, and `reasons` says so. `report` tells a person: the log, and the progress line.
//! The 429 of a token is answered in `tokens`, that of whatever is asked beside a run in `questions`,
//! and that of the report of devices in `device_reports`.

mod answers;
mod caught;
mod clocks;
pub(crate) mod device_reports;
mod ending;
mod error;
mod finding;
mod gate;
mod guard;
mod intake;
mod job;
mod journal;
mod mfa;
mod options;
#[cfg(test)]
mod played_questions;
pub(crate) mod questions;
mod queue;
mod read_fault;
pub(crate) mod reasons;
mod row;
mod run;
#[cfg(test)]
mod samples;
#[cfg(test)]
mod search;
mod shared_tokens;
#[cfg(test)]
mod simulation;
mod stop;
mod tokens;
pub(crate) mod undo;
pub(crate) mod user_devices;
pub(crate) mod users;
mod wake;
mod whose;
mod work;

pub use self::error::Error;
pub(crate) use self::options::MaxErrors;
pub use self::options::{EngineOptions, GuardOptions, PlannedRow, UserSource};
pub use self::run::run;
pub use self::stop::stop;
pub(crate) use self::stop::{Stop, Stopper};
