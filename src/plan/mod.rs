//! What to do with a row, by the ledger and by the rows before it; and whether the ledger may be
//! trusted with that. Pure.

mod admit;
mod earlier_rows;
mod seen;
mod trust;

pub use admit::Existing;
pub(crate) use admit::{Admission, admit};
pub(crate) use earlier_rows::{Earlier, EarlierRows, same_device_as};
pub(crate) use seen::Seen;
pub(crate) use trust::{Distrust, Evidence, distrust};
