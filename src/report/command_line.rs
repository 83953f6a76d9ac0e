//! A command line, taken apart so that another one can be proposed that goes on. Pure.

use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

use crate::model::shell;

/// The words of a command line, each known for what it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct CommandLine {
    parts: Vec<Part>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Part {
    /// What is neither an option nor a wave.
    Word(OsString),
    /// An option, with its value where it has one.
    Option(OsString, Vec<OsString>),
    /// The wave.
    Wave(OsString),
}

impl CommandLine {
    /// Takes the words of a process apart: the program, a command, and what that is given.
    ///
    /// `takes_value` knows of an option, as it is written (`--limit`, `-o`), whether it has a value.
    pub(crate) fn new(words: Vec<OsString>, takes_value: &dyn Fn(&str) -> bool) -> Self {
        let mut words = words.into_iter();
        let mut parts: Vec<Part> = words.next().map(Part::Word).into_iter().collect();
        // The command comes before the wave.
        let mut named = 0;
        let mut only_names = false;
        while let Some(word) = words.next() {
            let option = (!only_names).then(|| option(&word, takes_value)).flatten();
            if !only_names && word == "--" {
                only_names = true;
                parts.push(Part::Word(word));
            } else if let Some((name, value_follows)) = option {
                let value = value_follows.then(|| words.next()).flatten();
                let spelled = std::iter::once(word).chain(value).collect();
                parts.push(Part::Option(name, spelled));
            } else {
                named += 1;
                parts.push(if named == 2 {
                    Part::Wave(word)
                } else {
                    Part::Word(word)
                });
            }
        }
        Self { parts }
    }

    /// The same without an option, however it was spelled.
    #[must_use]
    pub(crate) fn without(mut self, names: &[&str]) -> Self {
        self.parts.retain(|part| match part {
            Part::Option(name, _) => !names.iter().any(|known| name == known),
            Part::Word(_) | Part::Wave(_) => true,
        });
        self
    }

    /// The same with `***` for the value of an option.
    #[must_use]
    pub(crate) fn hiding(mut self, option: &str) -> Self {
        for part in &mut self.parts {
            if let Part::Option(known, spelled) = part
                && known == option
            {
                *spelled = vec![option.into(), "***".into()];
            }
        }
        self
    }

    /// The same with `***` for every word behind the command that is no option.
    #[must_use]
    pub(crate) fn hiding_words(mut self) -> Self {
        let words = self.parts.iter_mut().filter_map(|part| match part {
            Part::Word(word) | Part::Wave(word) => Some(word),
            Part::Option(..) => None,
        });
        for word in words.skip(2) {
            *word = "***".into();
        }
        self
    }

    /// Whether an option was typed, however it was spelled.
    pub(crate) fn has(&self, name: &str) -> bool {
        let mut parts = self.parts.iter();
        parts.any(|part| matches!(part, Part::Option(known, _) if known == name))
    }

    /// The same with a switch behind an option that was typed, where it is not there yet.
    #[must_use]
    pub(crate) fn with_switch_behind(mut self, option: &str, switch: &str) -> Self {
        let is_option = |part: &Part| matches!(part, Part::Option(known, _) if known == option);
        let at = self.parts.iter().rposition(is_option);
        if let Some(at) = at.filter(|_| !self.has(switch)) {
            let part = Part::Option(switch.into(), vec![switch.into()]);
            self.parts.insert(at + 1, part);
        }
        self
    }

    /// The same for another wave.
    #[must_use]
    pub(crate) fn with_wave(mut self, wave: &Path) -> Self {
        for part in &mut self.parts {
            if let Part::Wave(known) = part {
                wave.as_os_str().clone_into(known);
            }
        }
        self
    }

    /// These options alone, as they were typed, each with a blank before it.
    pub(crate) fn only(&self, names: &[&str]) -> String {
        let options = self.parts.iter().filter_map(|part| match part {
            Part::Option(name, words) if names.iter().any(|known| name == known) => {
                Some(format!(" {}", shell::command(words)))
            }
            Part::Option(..) | Part::Word(_) | Part::Wave(_) => None,
        });
        options.collect::<Vec<_>>().concat()
    }

    /// Which command it is.
    pub(crate) fn name(&self) -> Option<&OsString> {
        let mut words = self.parts.iter().filter_map(|part| match part {
            Part::Word(word) => Some(word),
            Part::Wave(_) | Part::Option(..) => None,
        });
        words.nth(1)
    }

    /// The words, as they were typed.
    pub(crate) fn words(&self) -> impl Iterator<Item = &OsString> {
        self.parts.iter().flat_map(|part| match part {
            Part::Word(word) | Part::Wave(word) => std::slice::from_ref(word),
            Part::Option(_, words) => words,
        })
    }

    /// As it can be typed again.
    pub(crate) fn spelled(&self) -> String {
        shell::command(self.words())
    }
}

/// The name of an option, and whether its value is the next word; `None` for another word.
fn option(word: &OsStr, takes_value: &dyn Fn(&str) -> bool) -> Option<(OsString, bool)> {
    let bytes = word.as_bytes();
    if bytes.starts_with(b"--") && bytes.len() > 2 {
        let equals = bytes.iter().position(|&byte| byte == b'=');
        let name = OsStr::from_bytes(&bytes[..equals.unwrap_or(bytes.len())]);
        let takes = name.to_str().is_some_and(takes_value);
        return Some((name.to_owned(), takes && equals.is_none()));
    }
    // Several short options may stand together, the last one with its value: `-vo out.csv`, `-oout.csv`.
    let short = word
        .to_str()?
        .strip_prefix('-')
        .filter(|rest| !rest.is_empty())?;
    let with_value = short
        .char_indices()
        .find(|(_, letter)| takes_value(&format!("-{letter}")));
    Some(match with_value {
        Some((at, letter)) => (
            format!("-{letter}").into(),
            at + letter.len_utf8() == short.len(),
        ),
        None => (word.to_owned(), false),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(words: &str) -> CommandLine {
        let takes_value = |name: &str| ["--limit", "--rate", "--results", "-o"].contains(&name);
        CommandLine::new(words.split(' ').map(OsString::from).collect(), &takes_value)
    }

    #[test]
    fn it_is_spelled_as_it_was_typed() {
        for words in [
            "wavepair",
            "wavepair run w.csv",
            "/opt/wavepair -q run w.csv --rate 5/s -vo r.csv -- ",
            "wavepair run -- -w.csv --limit",
            "wavepair run - --limit=5 --limit",
        ] {
            assert_eq!(line(words).spelled(), shell_words(words), "{words}");
        }
    }

    fn shell_words(words: &str) -> String {
        let words: Vec<OsString> = words.split(' ').map(OsString::from).collect();
        shell::command(&words)
    }

    #[test]
    fn the_value_of_an_option_is_hidden_however_it_is_spelled() {
        for (words, hidden) in [
            ("p probe --rate 5 -q", "p probe --rate '***' -q"),
            ("p probe --rate=5", "p probe --rate '***'"),
            (
                "p probe --rate 5 --rate=6",
                "p probe --rate '***' --rate '***'",
            ),
            ("p probe --limit 5", "p probe --limit 5"),
        ] {
            assert_eq!(line(words).hiding("--rate").spelled(), hidden);
        }
    }

    #[test]
    fn what_somebody_asks_about_is_hidden_wherever_it_stands() {
        for (words, hidden) in [
            ("p show +15125551234", "p show '***'"),
            (
                "p show --limit 5 +1512 5551234",
                "p show --limit 5 '***' '***'",
            ),
            ("p show -- +15125551234", "p show '***' '***'"),
            ("p status", "p status"),
        ] {
            assert_eq!(line(words).hiding_words().spelled(), hidden);
        }
    }

    #[test]
    fn an_option_goes_with_its_value_however_it_is_spelled() {
        for (words, without) in [
            ("p run w.csv --limit 5 -q", "p run w.csv -q"),
            ("p run --limit=5 w.csv", "p run w.csv"),
            ("p run --limit 5 --limit 6 w.csv", "p run w.csv"),
            ("p run w.csv -o --limit", "p run w.csv -o --limit"),
            ("p run w.csv -- --limit", "p run w.csv -- --limit"),
            ("p run w.csv", "p run w.csv"),
        ] {
            assert_eq!(line(words).without(&["--limit"]).spelled(), without);
        }
        for words in [
            "p run w.csv -o r.csv",
            "p run w.csv -or.csv",
            "p run --results=r w.csv",
        ] {
            let without = line(words).without(&["-o", "--results"]).spelled();
            assert_eq!(without, "p run w.csv");
        }
    }

    #[test]
    fn some_options_are_taken_out_as_they_were_typed() {
        for (words, rate) in [
            ("p run w.csv --rate 5/s -q --limit 1", " --rate 5/s"),
            ("p run w.csv --rate=5/s -o --rate", " --rate=5/s"),
            ("p run w.csv -- --rate", ""),
        ] {
            assert_eq!(line(words).only(&["--rate"]), rate, "{words}");
        }
    }

    #[test]
    fn the_wave_is_told_from_what_has_the_same_name() {
        for (words, other) in [
            ("p run w.csv -q", "p run x.csv -q"),
            ("p --rate run run w.csv", "p --rate run run x.csv"),
            ("p run --rate w.csv w.csv", "p run --rate w.csv x.csv"),
            ("p -q run run", "p -q run x.csv"),
            ("p run -- -w.csv", "p run -- x.csv"),
            ("p run -", "p run x.csv"),
        ] {
            assert_eq!(line(words).with_wave(Path::new("x.csv")).spelled(), other);
        }
    }
}
