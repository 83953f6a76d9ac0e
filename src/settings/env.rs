//! Environment variables.

use std::ffi::OsString;
use std::fmt;
use std::path::PathBuf;

use super::given::Given;
use super::origin::Origin;

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

    /// A base folder: the one that a variable names, or this one below the home folder.
    ///
    /// A relative path counts as not set (XDG Base Directory Specification).
    pub(super) fn base_folder(&self, variable: &str, below_home: &str) -> Option<PathBuf> {
        let named = self.os(variable).map(PathBuf::from);
        let named = named.filter(|path| path.is_absolute());
        named.or_else(|| Some(PathBuf::from(self.os("HOME")?).join(below_home)))
    }

    /// The value of a variable, with its name.
    pub(super) fn given(&self, name: &'static str) -> Option<Given> {
        Some(Given {
            origin: Origin::Variable(name),
            value: self.os(name)?,
        })
    }
}
