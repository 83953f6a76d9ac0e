//! A run, as a person names it.

use std::fmt;
use std::str::FromStr;

use super::ids::RunId;

/// The shortest beginning: the first letters tell the time, and runs of one day share them.
const SHORTEST: usize = 4;

/// The ID of a run, or its first letters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RunRef(String);

/// The text is no beginning of an ID.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NoRun;

impl fmt::Display for NoRun {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "expected the ID of a run, or at least its first {SHORTEST} characters"
        )
    }
}

impl FromStr for RunRef {
    type Err = NoRun;

    fn from_str(text: &str) -> Result<Self, NoRun> {
        let fits = |c: char| c.is_ascii_hexdigit() || c == '-';
        let is_start = (SHORTEST..=36).contains(&text.len()) && text.chars().all(fits);
        is_start
            .then(|| Self(text.to_ascii_lowercase()))
            .ok_or(NoRun)
    }
}

impl fmt::Display for RunRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl RunRef {
    /// Whether it may mean this run.
    pub(crate) fn fits(&self, run: RunId) -> bool {
        run.to_string().starts_with(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_run_is_named_by_its_first_letters_in_either_case() {
        let run = RunId::from_bytes([0xab; 16]);
        for (text, fits) in [
            ("abab", true),
            ("ABAB", true),
            ("abababab-abab-", true),
            ("abababab-abab-abab-abab-abababababab", true),
            ("bbbb", false),
            ("ababababab", false),
        ] {
            assert_eq!(text.parse::<RunRef>().unwrap().fits(run), fits, "{text}");
        }
        for text in [
            "",
            "aba",
            "wxyz",
            "ab cd",
            "abababab-abab-abab-abab-abababababab-",
        ] {
            assert_eq!(text.parse::<RunRef>(), Err(NoRun), "{text}");
        }
    }
}
