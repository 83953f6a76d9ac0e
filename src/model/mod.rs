//! The vocabulary of the tool: plain data, in reading order.
//!
//! Nothing here does I/O, waits or asks the time. What is
//! parsed here is parsed once, at the edge; no other room looks at such a string
//! again.

pub(crate) mod account;
pub(crate) mod calling_codes;
pub(crate) mod character;
pub mod code;
pub(crate) mod column;
pub(crate) mod compact_table;
pub(crate) mod counted;
pub(crate) mod country;
pub(crate) mod counts;
pub(crate) mod decimal;
pub(crate) mod denied_rows;
pub(crate) mod device_report;
pub(crate) mod dialect;
pub(crate) mod earlier_use;
pub(crate) mod email;
pub(crate) mod entry;
pub(crate) mod event;
pub(crate) mod fields;
pub(crate) mod file_form;
pub(crate) mod fingerprints;
pub(crate) mod formula;
pub(crate) mod hidden;
pub(crate) mod ids;
pub(crate) mod imprint;
pub(crate) mod invalid;
pub(crate) mod ledger_mark;
pub(crate) mod libphonenumber;
pub(crate) mod messages;
pub(crate) mod mfa;
pub(crate) mod minute;
pub(crate) mod names;
pub(crate) mod outcome;
pub(crate) mod pace_reading;
pub(crate) mod phone;
pub(crate) mod phone_book;
pub(crate) mod placeholder;
pub(crate) mod policy_ref;
pub(crate) mod purge;
pub(crate) mod rate_group;
pub(crate) mod request;
pub(crate) mod resolution;
pub(crate) mod row;
pub(crate) mod row_judge;
mod row_lines;
pub(crate) mod row_policies;
pub(crate) mod run_cost;
pub(crate) mod run_ref;
#[cfg(test)]
pub(crate) mod samples;
pub(crate) mod secret;
pub(crate) mod shard;
pub(crate) mod shard_set;
pub(crate) mod shared_phones;
pub(crate) mod sheet;
pub(crate) mod shell;
mod stable_words;
pub(crate) mod standard_stream;
pub(crate) mod stop;
pub(crate) mod summary;
pub(crate) mod tally;
pub(crate) mod told_book;
pub(crate) mod twin_phones;
pub(crate) mod undecodable;
pub(crate) mod undo;
pub(crate) mod unresolved;
pub(crate) mod user_book;
pub(crate) mod user_name;
pub(crate) mod valid_row;
pub(crate) mod validate;
pub(crate) mod verdict;
pub(crate) mod warning;
pub(crate) mod who;
pub(crate) mod why_nothing;
