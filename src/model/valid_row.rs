//! A row in which nothing is wrong.

use super::request::DeviceRequest;
use super::warning::Warning;

/// A row that was found well-formed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ValidRow {
    /// What it asks for.
    pub request: DeviceRequest,
    /// What a person may want to look at, though nothing is wrong.
    pub warnings: Vec<Warning>,
}
