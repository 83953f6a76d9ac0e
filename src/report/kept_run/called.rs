//! How a run was called, in the form in which the ledger keeps it.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::report::command_line::CommandLine;

/// The words of a command, and the folder in which they were typed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Called {
    /// Where relative paths in it begin, where that is known.
    pub folder: Option<PathBuf>,
    /// What was typed.
    pub command: CommandLine,
}

#[derive(Serialize, Deserialize)]
struct Kept {
    folder: Option<String>,
    words: Vec<String>,
}

impl Called {
    /// Reads what [`to_json`](Self::to_json) wrote; nothing where it is not that.
    ///
    /// `takes_value` is as [`CommandLine::new`] has it.
    pub(crate) fn from_json(json: &str, takes_value: &dyn Fn(&str) -> bool) -> Option<Self> {
        let kept: Kept = serde_json::from_str(json).ok()?;
        let words = kept.words.into_iter().map(OsString::from).collect();
        Some(Self {
            folder: kept.folder.map(PathBuf::from),
            command: CommandLine::new(words, takes_value),
        })
    }

    /// The form in which the ledger keeps it; what is no text is kept as far as it is.
    pub(crate) fn to_json(&self) -> String {
        let text = |path: &Path| path.to_string_lossy().into_owned();
        let words = self.command.words().map(|word| text(Path::new(word)));
        let kept = Kept {
            folder: self.folder.as_deref().map(text),
            words: words.collect(),
        };
        serde_json::to_string(&kept).unwrap_or_default()
    }
}
