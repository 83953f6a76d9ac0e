//! What to do with a row, by the ledger and by the rows before it; whether the ledger may be trusted
//! with that; and a plan of it, which people review and a run demands. Pure.

mod admit;
mod bar;
pub(crate) mod demand;
pub(crate) mod difference;
pub(crate) mod digest;
mod earlier_rows;
mod expectation;
pub(crate) mod file;
pub(crate) mod named;
pub(crate) mod reader;
pub(crate) mod resolve;
mod seen;
mod texts;
mod totals;
mod trust;
pub(crate) mod undo;
pub(crate) mod verdict;

pub use admit::Existing;
pub(crate) use admit::{Admission, admit};
pub use bar::Bar;
pub(crate) use earlier_rows::{Earlier, EarlierRows, same_device_as};
pub(crate) use expectation::{Expectation, OpenRequest, expectation};
pub(crate) use seen::Seen;
pub(crate) use totals::Totals;
pub(crate) use trust::{Distrust, Evidence, distrust};
