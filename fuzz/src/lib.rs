//! Everything that wavepair reads from outside, as functions of bytes.
//!
//! Each function feeds its bytes to the code that reads them in earnest, and panics where that
//! code breaks a promise. The fuzz targets call them with what a fuzzer makes up; the tests of
//! the crate above include this very file and call them with every file of `corpus`.
//! Nothing here knows how the code inside works: each promise is checked by other means.

mod answers;
mod ledger;
mod settings;
mod subject;
mod wave;

pub use answers::{device_list, json_error, retry_after};
pub use ledger::ledger_open;
pub use settings::config;
pub use wave::{csv, phone};
