//! Misspelled words. Pure.

/// Words of their own that are near a known one.
const OTHERS: [&str; 3] = ["county", "counter", "surname"];

/// Whether two words differ by a letter or two: too many, too few, wrong, or changed about.
///
/// Two are allowed in long words only: `date` is no misspelling of `type`.
pub(super) fn is_near(word: &str, known: &str) -> bool {
    let allowed = if known.len() > 6 { 2 } else { 1 };
    !OTHERS.contains(&word)
        && word.chars().count().abs_diff(known.chars().count()) <= allowed
        && strsim::osa_distance(word, known) <= allowed
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_short_word_is_near_with_one_letter_wrong_and_a_long_one_with_two() {
        for (word, known, near) in [
            ("type", "type", true),
            ("typ", "type", true),
            ("types", "type", true),
            ("tape", "type", true),
            ("tyep", "type", true),
            ("ytep", "type", false),
            ("", "type", false),
            ("time", "type", false),
            ("state", "status", false),
            ("polcyid", "policyid", true),
            ("plcyid", "policyid", true),
            ("plcyd", "policyid", false),
            ("contry", "country", true),
            ("county", "country", false),
            ("surname", "username", false),
            ("usrname", "username", true),
        ] {
            assert_eq!(is_near(word, known), near, "{word}");
        }
    }
}
