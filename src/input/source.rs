//! Where a wave comes from.

use std::fmt;
use std::path::PathBuf;

use crate::model::standard_stream::is_standard;

/// A file, or standard input.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    /// Standard input.
    Stdin,
    /// A file by its name; a symbolic link is followed.
    Path(PathBuf),
}

impl From<PathBuf> for Source {
    /// Takes `-` for standard input.
    fn from(path: PathBuf) -> Self {
        if is_standard(&path) {
            Source::Stdin
        } else {
            Source::Path(path)
        }
    }
}

impl fmt::Display for Source {
    /// Writes the name on one line, without control characters.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Source::Stdin => f.write_str("standard input"),
            Source::Path(path) => path.to_string_lossy().escape_debug().fmt(f),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_shown_on_one_line_and_a_dash_is_standard_input() {
        assert_eq!(Source::from(PathBuf::from("-")), Source::Stdin);
        let source = Source::from(PathBuf::from("a\n\u{1b}[2J.csv"));
        assert_eq!(source.to_string(), "a\\n\\u{1b}[2J.csv");
    }
}
