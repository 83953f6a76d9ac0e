//! The vocabulary of the tool: plain data, in reading order.
//!
//! Nothing here does I/O, waits or asks the time. What is
//! parsed here is parsed once, at the edge; no other room looks at such a string
//! again.

pub mod account;
pub(crate) mod character;
pub mod code;
pub(crate) mod decimal;
pub mod dialect;
pub mod email;
pub mod entry;
pub mod event;
pub(crate) mod fields;
pub mod formula;
pub(crate) mod hidden;
pub mod ids;
pub mod invalid;
pub mod messages;
pub mod outcome;
pub mod phone;
pub(crate) mod placeholder;
pub mod request;
pub mod row;
pub mod row_policies;
pub mod secret;
pub mod shared_phones;
pub mod shell;
pub mod standard_stream;
pub mod stop;
pub mod summary;
pub mod tally;
pub mod twin_phones;
pub mod valid_row;
pub mod validate;
pub mod warning;
