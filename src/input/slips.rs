//! Misspelled words. Pure.

/// Whether two words differ by a slip or two: a letter too many, too few, wrong, or changed about.
///
/// Two slips are allowed in long words only: `date` is no misspelling of `type`.
pub(super) fn is_near(word: &str, known: &str) -> bool {
    let slips = if known.len() > 6 { 2 } else { 1 };
    word.chars().count().abs_diff(known.chars().count()) <= slips && distance(word, known) <= slips
}

/// The number of slips between two words (Damerau and Levenshtein, optimal string alignment).
fn distance(one: &str, other: &str) -> usize {
    let other: Vec<char> = other.chars().collect();
    let mut before_last: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=other.len()).collect();
    let mut previous = None;
    for (row, letter) in one.chars().enumerate() {
        let mut next = vec![row + 1];
        for (column, &wanted) in other.iter().enumerate() {
            let replaced = last[column] + usize::from(letter != wanted);
            let mut best = replaced.min(last[column + 1] + 1).min(next[column] + 1);
            if column > 0 && previous == Some(wanted) && letter == other[column - 1] {
                best = best.min(before_last[column - 1] + 1);
            }
            next.push(best);
        }
        previous = Some(letter);
        before_last = std::mem::replace(&mut last, next);
    }
    last[other.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_is_a_letter_too_many_too_few_wrong_or_changed_about() {
        for (word, slips) in [
            ("phone", 0),
            ("phones", 1),
            ("pone", 1),
            ("phane", 1),
            ("pohne", 1),
            ("ohpne", 2),
            ("", 5),
        ] {
            assert_eq!(distance(word, "phone"), slips, "{word}");
        }
    }

    #[test]
    fn a_short_word_is_near_after_one_slip_and_a_long_one_after_two() {
        for (word, known, near) in [
            ("typ", "type", true),
            ("time", "type", false),
            ("state", "status", false),
            ("polcyid", "policyid", true),
            ("plcyid", "policyid", true),
            ("plcyd", "policyid", false),
        ] {
            assert_eq!(is_near(word, known), near, "{word}");
        }
    }
}
