//! Everything that a person or a script sees of a run.

pub mod asked;
pub mod cell;
pub mod output;
mod record;
pub mod rejects;
pub mod result_row;
pub mod results;
pub mod results_writer;
pub mod safe_file;

#[cfg(test)]
mod fixture;
