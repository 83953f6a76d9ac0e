//! Environment variables.

use std::ffi::OsString;
use std::fmt;

use super::Error;

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

    /// The value of a variable as text.
    ///
    /// # Errors
    ///
    /// It is not UTF-8. The value is not shown: it may be a secret.
    pub fn text(&self, name: &str) -> Result<Option<String>, Error> {
        self.os(name)
            .map(|value| {
                value
                    .into_string()
                    .map_err(|_| Error::new(format!("`{name}` is not UTF-8")))
            })
            .transpose()
    }
}
