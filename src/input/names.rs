//! The names in a header: which are the same, which mean a column, which are no names. Pure.

use std::collections::HashSet;
use std::hash::Hash;

use unicode_normalization::UnicodeNormalization;

use crate::model::email::EmailAddress;
use crate::model::hidden::is_hidden;
use crate::model::ids::UserId;
use crate::model::row::Column;

/// What wavepair adds to a rejects file, and passes over when it is fed back.
const OWN_PREFIX: &str = "wavepair_";

/// What wavepair puts before each column of the wave in a results file.
const INPUT_PREFIX: &str = "input.";

/// The fewest digits of what may be a phone.
pub(super) const PHONE: usize = 7;

/// Whether wavepair wrote the column for people to read, and ignores it.
pub(super) fn is_own(name: &str) -> bool {
    starts_with(name, OWN_PREFIX)
}

/// Whether there is nothing to see of a name: a spreadsheet writes such columns behind the others.
pub(super) fn is_nameless(name: &str) -> bool {
    name.chars().all(|c| c == ' ' || is_hidden(c))
}

/// Whether these are the columns of a results file or a dry run.
pub(super) fn are_of_results(names: &[String], words: &[String]) -> bool {
    words.iter().any(|word| word == "outcome")
        && names.iter().any(|name| starts_with(name, INPUT_PREFIX))
}

fn starts_with(name: &str, prefix: &str) -> bool {
    name.get(..prefix.len())
        .is_some_and(|start| start.eq_ignore_ascii_case(prefix))
}

/// A name without what does not count: case, white space, `_`, `-`, and how its accents are
/// composed.
pub(super) fn normal(name: &str) -> String {
    name.nfc()
        .filter(|c| !c.is_whitespace() && !"_-".contains(*c))
        .flat_map(char::to_lowercase)
        .collect()
}

/// The column that a name means which is [`normal`].
pub(super) fn column(word: &str) -> Option<Column> {
    let letters = |column: Column| column.name().bytes().filter(|&byte| byte != b'_');
    Column::ALL
        .into_iter()
        .find(|&column| letters(column).eq(word.bytes()))
}

/// The place of the first name that stands there a second time, however its accents are composed,
/// of the names at these places.
pub(super) fn twice(names: &[String], places: &[usize]) -> Option<usize> {
    let composed = places
        .iter()
        .map(|&place| names[place].nfc().collect::<String>());
    first_again(composed).map(|at| places[at])
}

/// The place of the first item that was there before, in time that grows with the items alone.
fn first_again<T: Eq + Hash>(items: impl Iterator<Item = T>) -> Option<usize> {
    let mut seen = HashSet::new();
    items.into_iter().position(|item| !seen.insert(item))
}

/// The first name that holds what no name holds: a UUID, or a phone behind its `+`.
pub(super) fn with_data(names: &[String]) -> Option<usize> {
    names.iter().position(|name| holds_data(name))
}

/// Whether a name holds data, perhaps behind a name that it ran into.
fn holds_data(cell: &str) -> bool {
    let is_id = |text: &[u8]| str::from_utf8(text).is_ok_and(|text| text.parse::<UserId>().is_ok());
    let is_phone = |text: &str| {
        let number = text
            .bytes()
            .take_while(|b| b.is_ascii_digit() || b" -.()/".contains(b));
        number.filter(u8::is_ascii_digit).count() >= PHONE
    };
    cell.as_bytes().windows(36).any(is_id) || cell.split('+').skip(1).any(is_phone)
}

/// Whether a cell is a value rather than a name: seven digits without a letter, an address.
pub(super) fn is_data(cell: &str) -> bool {
    let digits = cell.bytes().filter(u8::is_ascii_digit).count();
    cell.parse::<EmailAddress>().is_ok() || digits >= PHONE && !cell.contains(char::is_alphabetic)
}

/// A header from the file, fit for a terminal: one line, no control characters, not too long.
/// What has the digits of a phone may be one, so they are not shown.
pub(super) fn shown(header: &str) -> String {
    let may_be_phone = header.chars().filter(|c| c.is_numeric()).count() >= PHONE;
    let safe = header.chars().take(40).map(|c| match c {
        c if may_be_phone && c.is_numeric() => '#',
        c => c,
    });
    let mut text: String = safe.flat_map(char::escape_debug).take(40).collect();
    if header.chars().count() > 40 {
        text.push('…');
    }
    format!("`{text}`")
}

/// Names in a sentence: the first of them, and how many more there are.
pub(super) fn listed(names: &[String]) -> String {
    let mut list: Vec<String> = names.iter().take(12).map(|name| shown(name)).collect();
    if names.len() > list.len() {
        list.push(format!("and {} more", names.len() - list.len()));
    }
    list.join(", ")
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;
    use std::hash::Hasher;

    use super::*;

    /// A name that counts how often it is compared and hashed.
    struct Counting<'a>(usize, &'a Cell<u64>);

    impl PartialEq for Counting<'_> {
        fn eq(&self, other: &Self) -> bool {
            self.1.set(self.1.get() + 1);
            self.0 == other.0
        }
    }

    impl Eq for Counting<'_> {}

    impl Hash for Counting<'_> {
        fn hash<H: Hasher>(&self, state: &mut H) {
            self.1.set(self.1.get() + 1);
            self.0.hash(state);
        }
    }

    #[test]
    fn looking_for_a_second_one_takes_as_much_work_as_there_are_names() {
        let columns = 65_000;
        let work = Cell::new(0);
        let names = (0..columns).map(|name| Counting(name, &work));
        assert_eq!(first_again(names), None);
        // Each is hashed once, and again each time that the table grows; few are compared.
        assert!(work.get() < 10 * columns as u64, "{}", work.get());
    }

    #[test]
    fn the_second_one_is_found_and_what_does_not_count_is_passed_over() {
        let names = ["a", "b", "", "A", "", "te\u{301}l", "t\u{e9}l"].map(str::to_owned);
        assert_eq!(twice(&names, &[0, 1, 2, 3, 4, 5, 6]), Some(4));
        assert_eq!(twice(&names, &[0, 1, 3, 5, 6]), Some(6));
        assert_eq!(twice(&names, &[0, 1, 2, 3]), None);
    }

    #[test]
    fn a_name_is_the_same_whatever_its_case_spaces_dashes_and_accents() {
        for (name, same) in [
            ("User ID", "user_id"),
            ("USER-id\u{a0}", "userid"),
            ("Te\u{301}le\u{301}phone", "T\u{c9}L\u{c9}PHONE"),
        ] {
            assert_eq!(normal(name), normal(same));
        }
        assert_ne!(normal("Telephone"), normal("T\u{e9}l\u{e9}phone"));
        for known in Column::ALL {
            assert_eq!(column(&normal(known.name())), Some(known));
        }
        assert_eq!(column("e-mail"), None);
    }

    #[test]
    fn a_name_of_nothing_that_shows_is_none() {
        for nameless in ["", " ", "\u{a0}", "\u{200b}", "\u{feff} "] {
            assert!(is_nameless(nameless), "{nameless:?}");
        }
        assert!(!is_nameless("."));
    }
}
