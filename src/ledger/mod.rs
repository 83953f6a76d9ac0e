//! What is known of every device, on disk, for ever: the only room that knows SQLite.
//!
//! The ledger remembers and refuses; it decides nothing. It is written before a
//! request is sent and after the answer came, by one thread that owns the one
//! writing connection: everything that is queued when it wakes shares a commit.
//! Readers (`results`, a dry run) are welcome beside it.
//!
//! `journal_mode=WAL` with `synchronous=FULL`: what was committed survives a
//! power cut. After a failed commit nothing more is written, because the next
//! one may seem to work on a disk that has already lost a page.
//!
//! A run looks first ([`Found::look`]) and changes last ([`Found::begin`]): a ledger that is
//! refused stays as it was, to the byte.

mod ballast;
mod batch;
mod binding;
mod counter;
mod create;
mod devices;
mod digests;
mod dossier;
mod earlier;
mod error;
mod file;
mod file_system;
mod found;
mod given;
mod hand_over;
mod handle;
mod holder;
#[cfg(test)]
mod in_memory;
mod keys;
mod lock;
mod look;
mod lookups;
mod made;
mod one_commit;
mod paces;
mod place;
mod purge;
mod read_ahead;
mod reader;
mod resolve;
mod rules;
mod run_entry;
mod runs;
mod schema;
mod served;
mod storage;
mod transition;
mod trust;
mod undo;
mod users;
mod values;
mod verified;
mod writer;

#[cfg(test)]
mod tests;

pub use self::batch::Intent;
pub(crate) use self::batch::{Committed, Recorded, Settled};
pub use self::binding::Binding;
pub(crate) use self::dossier::{Dossier, PastEvent, Sought};
pub use self::error::{Error, Flaw};
pub(crate) use self::file::{companions, sqlite_version};
pub(crate) use self::found::Check;
pub use self::found::Found;
pub(crate) use self::hand_over::{merge, split};
pub use self::handle::{Ledger, Opened};
#[cfg(test)]
pub(crate) use self::in_memory::{Begun, Fate, InMemory, Writing};
pub(crate) use self::lock::{Held, held};
pub(crate) use self::lookups::{LookupNote, Remembered};
pub(crate) use self::made::MadeDevice;
pub(crate) use self::purge::purge;
pub use self::reader::Reader;
pub(crate) use self::resolve::resolve;
pub(crate) use self::run_entry::RunEntry;
pub(crate) use self::runs::LastRun;
pub use self::runs::{RunEnd, RunRecord};
pub(crate) use self::storage::Storage;
pub(crate) use self::undo::{Deletable, UndoNote, UndoStep};
pub(crate) use self::users::NotedMfa;
pub(crate) use self::values::EventKind;
pub(crate) use self::verified::note_verified;
