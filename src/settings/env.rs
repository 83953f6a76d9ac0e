//! Environment variables.

use std::ffi::OsString;
use std::fmt;

use super::given::Given;

/// Where environment variables come from: the process, or a test.
pub struct Env<'a> {
    get: &'a dyn Fn(&str) -> Option<OsString>,
}

impl fmt::Debug for Env<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Env")
    }
}

impl<'a> Env<'a> {
    /// Reads variables with this function.
    pub fn new(get: &'a dyn Fn(&str) -> Option<OsString>) -> Self {
        Self { get }
    }

    /// The value of a variable as it is; an empty one counts as not set.
    pub fn os(&self, name: &str) -> Option<OsString> {
        (self.get)(name).filter(|value| !value.is_empty())
    }

    /// The value of a variable, with its name.
    pub(super) fn given(&self, name: &'static str) -> Option<Given> {
        let value = self.os(name)?;
        Some(Given { name, value })
    }
}
