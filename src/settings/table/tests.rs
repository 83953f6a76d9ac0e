//! What help lists is read, and options with a value are known.

use super::*;

fn reads_its_words<T>(setting: &Setting<T>) {
    let Word(_, words) = setting.about.takes else {
        panic!("{} takes no word", setting.about.name)
    };
    for (word, _) in words {
        assert!((setting.read)(&setting.given((*word).into())).is_ok(), "{word}");
    }
}

#[test]
fn each_word_that_help_lists_is_read() {
    reads_its_words(&SHARED_PHONES);
    reads_its_words(&RESULTS_PHONE);
    reads_its_words(&LOG_FORMAT);
    reads_its_words(&ERROR_FORMAT);
    reads_its_words(&FORMAT);
    reads_its_words(&PROGRESS);
}

#[test]
fn options_with_a_value_are_told_from_those_without() {
    for (option, takes) in [
        ("--limit", true),
        ("-o", true),
        ("--results", true),
        ("--output", true),
        ("--log-format", true),
        ("--listen", true),
        ("--dry-run", false),
        ("-v", false),
        ("--verbose", false),
        ("--nonsense", false),
    ] {
        assert_eq!(takes_value(option), takes, "{option}");
    }
}
