//! A phone that another user has from an earlier wave.

use std::ffi::OsStr;
use std::path::Path;
use std::sync::Arc;

use super::shell;

/// Where a ledger has a phone with another user, before the wave at hand was first run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct EarlierUse {
    /// The wave that asked for it first, as the ledger has it: an absolute path.
    pub wave: Arc<str>,
    /// Whether a device with the phone was asked for, for the user of the row itself, and not
    /// refused.
    pub is_asked_for: bool,
}

/// The name of a wave's file, without its folders, as it can be shown.
pub(crate) fn file_of(wave: &str) -> String {
    let file = Path::new(wave).file_name();
    shell::command([&file.unwrap_or(OsStr::new(wave)).to_owned()])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wave_is_told_by_the_name_of_its_file_and_steers_no_terminal() {
        for (wave, file) in [
            ("/home/ops/november.csv", "november.csv"),
            ("standard input", "'standard input'"),
            ("/a/\u{1b}[31m.csv", r"$'\x1b[31m.csv'"),
        ] {
            assert_eq!(file_of(wave), file);
        }
    }
}
