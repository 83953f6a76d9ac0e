//! What to do with a row, by the ledger and by the rows before it. Pure.

mod admit;
mod earlier_rows;
mod seen;

pub use admit::Existing;
pub(crate) use admit::{Admission, admit};
pub(crate) use earlier_rows::{Earlier, EarlierRows, same_device_as};
pub(crate) use seen::Seen;
