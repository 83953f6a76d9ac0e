//! The only module that waits: one loop that takes rows, paces them, writes them
//! down, sends them, and hears what became of them.
//!
//! - **Written before sent, told after written.** An intent is committed before
//!   its request leaves; an outcome is announced once it is on disk.
//! - **Paced before written.** Token and pace come first, the intent last, so that a
//!   crash leaves in doubt only what may really be on the wire.
//! - **The disk does not stop the wire.** A commit runs on the ledger's own thread;
//!   answers go on being read, and the next batch takes what has gathered.
//! - **One way back.** What must be done again goes back into this loop's queues, and
//!   nowhere else.

mod answers;
mod clocks;
mod ending;
mod error;
mod gate;
mod guard;
mod intake;
mod job;
mod journal;
mod options;
pub(crate) mod questions;
mod queue;
mod reasons;
mod row;
mod run;
#[cfg(test)]
mod samples;
#[cfg(test)]
mod search;
mod stop;
mod tokens;
mod whose;
mod work;

pub use self::error::Error;
pub(crate) use self::options::MaxErrors;
pub use self::options::{EngineOptions, GuardOptions, PlannedRow};
pub use self::run::run;
pub use self::stop::stop;
pub(crate) use self::stop::{Stop, Stopper};
