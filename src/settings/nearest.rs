//! Which name may be meant by one that there is not.

use std::fmt::Write as _;

/// The names that may have been meant, where there are any: those that a person would take the word for.
pub(super) fn did_you_mean<'a>(word: &str, names: impl Iterator<Item = &'a str>) -> Option<String> {
    let mut close: Vec<_> = names.filter(|name| is_close(word, name)).collect();
    close.sort_unstable();
    close.dedup();
    let mut said = String::new();
    for (at, name) in close.iter().enumerate() {
        let between = if at == 0 { "did you mean " } else { " or " };
        write!(said, "{between}`{name}`").expect("a String takes any text");
    }
    (!said.is_empty()).then(|| said + "?")
}

/// Whether one name was cut off or written on, or a letter or two of it are wrong.
fn is_close(word: &str, name: &str) -> bool {
    const ENOUGH: usize = 3;
    let (word, name) = (word.trim_start_matches('-'), name.trim_start_matches('-'));
    if word.len() < ENOUGH {
        return false;
    }
    let cut_off = name.starts_with(word);
    let written_on = word
        .strip_prefix(name)
        .is_some_and(|rest| rest.starts_with(['-', '_']));
    // Of a short word a letter is much.
    let letters = if name.len() < 6 { 1 } else { 2 };
    cut_off || written_on || strsim::damerau_levenshtein(word, name) <= letters
}
