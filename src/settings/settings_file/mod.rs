//! What a settings file says: the values of its profile, and those of its top level behind them.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use super::Error;
use super::given::Given;
use super::origin::{FilePlace, Origin};
use super::setting::About;

mod opened;
mod reading;
#[cfg(test)]
mod tests;

/// What a settings file says, as far as it holds for this call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct SettingsFile {
    path: PathBuf,
    profile: Option<String>,
    /// Those of the profile stand before those of the top level.
    values: Vec<FileValue>,
}

/// What stands behind a key.
#[derive(Clone, Debug, PartialEq, Eq)]
struct FileValue {
    place: FilePlace,
    values: Vec<OsString>,
}

impl SettingsFile {
    /// Reads a file, where it is there, and takes the profile that is wanted, or else the one that the
    /// file names.
    ///
    /// # Errors
    ///
    /// It cannot be read, others can write to it, it is no settings file, or it has no such profile.
    pub(super) fn read(path: &Path, profile: Option<&Given>) -> Result<Option<Self>, Error> {
        let Some(text) = opened::read(path)? else {
            return Ok(None);
        };
        reading::parse(&text, path, profile).map(Some)
    }

    /// Where it is.
    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Which profile of it holds.
    pub(super) fn profile(&self) -> Option<&str> {
        self.profile.as_deref()
    }

    /// What it gives a setting, each value of it; the profile's win over those of the top level.
    pub(super) fn given(&self, about: &About) -> Vec<Given> {
        let key = about.key();
        let mut values = self.values.iter();
        let found = values.find(|value| key.as_deref() == Some(value.place.key.as_str()));
        let given = |value: &FileValue| {
            let origin = Origin::File(value.place.clone());
            let values = value.values.iter().cloned();
            let given = values.map(|value| Given {
                origin: origin.clone(),
                value,
            });
            given.collect()
        };
        found.map_or_else(Vec::new, given)
    }
}
