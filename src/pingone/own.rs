//! A row's own phone or mailbox, taken out of what a server says about the row.
//!
//! What a number looks like in general is [`redact`]'s to know, and that is a guess: a phone of
//! seven digits with dots between them looks like a version. The row's own is known.

use crate::model::decimal::ascii_digit;
use crate::model::request::Address;

use super::redact::{self, MASK};

/// So many of the phone's digits in a row are taken for the phone.
const DIGITS_THAT_TELL: usize = 6;
/// A national number that is shorter is a number like any other.
const SHORTEST_NATIONAL: usize = 4;
/// So much may stand between two digits of one number, of whatever kind it is.
const BETWEEN_DIGITS: usize = 8;
/// More of a text is never shown, whatever is taken out of it.
const LONGEST_TEXT: usize = 16 * 1024;

/// What must not be shown in words about a row.
#[derive(Debug)]
pub(super) enum Own {
    /// All digits of the phone, and those behind the country code.
    Phone { digits: String, national: String },
    /// The mailbox, in lower case.
    Mailbox(String),
}

impl Own {
    /// What identifies a row to people.
    pub(super) fn of(address: &Address) -> Self {
        match address {
            Address::Phone(phone) => Own::Phone {
                digits: phone.digits(),
                national: phone.national_digits(),
            },
            Address::Email(email) => Own::Mailbox(email.key()),
        }
    }

    /// Makes a text from outside harmless, the row's own first.
    pub(super) fn harmless(&self, text: &str) -> String {
        redact::harmless(&self.taken_out(text))
    }

    /// Keeps a word that does not show it.
    pub(super) fn unless_in(&self, word: Option<String>) -> Option<String> {
        word.filter(|word| self.taken_out(word) == *word)
    }

    /// The text with `***` wherever it stands, in any spelling.
    fn taken_out(&self, text: &str) -> String {
        let mut end = text.len().min(LONGEST_TEXT);
        while !text.is_char_boundary(end) {
            end -= 1;
        }
        let text = &text[..end];
        let spans = match self {
            Own::Phone { digits, national } => phone_spans(text, digits, national),
            Own::Mailbox(mailbox) => mailbox_spans(text, mailbox),
        };
        let mut out = String::with_capacity(text.len());
        let mut shown = 0;
        for (start, end) in spans {
            out.push_str(&text[shown..start]);
            out.push_str(MASK);
            shown = end;
        }
        out.push_str(&text[shown..]);
        out
    }
}

type Span = (usize, usize);

/// A digit of a text, with its place.
struct Digit {
    value: char,
    start: usize,
    end: usize,
}

/// Where the phone stands in a text.
fn phone_spans(text: &str, digits: &str, national: &str) -> Vec<Span> {
    let mut spans = Vec::new();
    for run in runs(text) {
        let shown: String = run.iter().map(|digit| digit.value).collect();
        let short = national.len() >= SHORTEST_NATIONAL
            && (shown == national || shown.strip_prefix('0') == Some(national));
        let mut at = 0;
        while at < run.len() {
            let length = if short {
                run.len()
            } else {
                longest_common(&shown[at..], digits)
            };
            if !short && length < DIGITS_THAT_TELL {
                at += 1;
                continue;
            }
            let zeros = run[..at]
                .iter()
                .rev()
                .take_while(|d| d.value == '0')
                .count();
            let first = if short { at } else { at - zeros };
            let start = with_plus(text, run[first].start);
            spans.push((start, run[at + length - 1].end));
            at += length;
        }
    }
    spans
}

/// How much of the beginning of one is somewhere in the other.
fn longest_common(beginning: &str, whole: &str) -> usize {
    let same = |from: usize| {
        let pairs = beginning.bytes().zip(whole[from..].bytes());
        pairs.take_while(|(one, other)| one == other).count()
    };
    (0..whole.len()).map(same).max().unwrap_or(0)
}

/// The place of a `+` before a number, or of the number.
fn with_plus(text: &str, start: usize) -> usize {
    ["+", "\u{ff0b}", "%2B", "%2b"]
        .iter()
        .find(|plus| text[..start].ends_with(**plus))
        .map_or(start, |plus| start - plus.len())
}

/// The digits of a text, those of one number together. UUIDs and instants are no numbers.
fn runs(text: &str) -> Vec<Vec<Digit>> {
    let mut runs: Vec<Vec<Digit>> = vec![Vec::new()];
    let (mut at, mut between) = (0, 0);
    while at < text.len() {
        let rest = &text[at..];
        if let Some(length) = redact::reference(rest) {
            at += length;
            between = BETWEEN_DIGITS + 1;
            continue;
        }
        let (length, digit) = first_unit(rest);
        match digit {
            None => between += 1,
            Some(value) => {
                let digit = Digit {
                    value,
                    start: at,
                    end: at + length,
                };
                match runs.last_mut() {
                    Some(run) if between <= BETWEEN_DIGITS => run.push(digit),
                    Some(_) | None => runs.push(vec![digit]),
                }
                between = 0;
            }
        }
        at += length;
    }
    runs
}

/// The length of the first character of a text as somebody may have written it, and its digit:
/// as it is, by percent (`%35`), for HTML (`&#53;`) or for JSON (`\u0035`).
fn first_unit(text: &str) -> (usize, Option<char>) {
    let coded = |prefix: &str, length: usize, radix: u32| {
        let code = text.strip_prefix(prefix)?.get(..length)?;
        let character = char::from_u32(u32::from_str_radix(code, radix).ok()?)?;
        Some((prefix.len() + length, character))
    };
    let written = coded("%", 2, 16)
        .or_else(|| coded("\\u", 4, 16))
        .or_else(|| coded("&#x", 2, 16))
        .or_else(|| coded("&#", 2, 10));
    let (length, character) = written.unwrap_or_else(|| {
        let first = text.chars().next().unwrap_or_default();
        (first.len_utf8(), first)
    });
    (length, ascii_digit(character))
}

/// Where a mailbox stands in a text, in either case and with its `@` as it is or by percent.
fn mailbox_spans(text: &str, mailbox: &str) -> Vec<Span> {
    let written = [mailbox.to_owned(), mailbox.replace('@', "%40")];
    let mut spans = Vec::new();
    let mut at = 0;
    while at < text.len() {
        let found = written.iter().find(|mailbox| {
            text.get(at..at + mailbox.len())
                .is_some_and(|here| here.eq_ignore_ascii_case(mailbox))
        });
        match found {
            Some(mailbox) if !mailbox.is_empty() => {
                spans.push((at, at + mailbox.len()));
                at += mailbox.len();
            }
            Some(_) | None => at += 1,
        }
    }
    spans
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::phone::E164;

    fn own(digits: &str) -> Own {
        Own::of(&Address::Phone(E164::from_digits(digits).unwrap()))
    }

    #[test]
    fn a_short_phone_goes_in_every_spelling() {
        // Seven digits, as on Niue, and eight, as on Saint Helena.
        for (digits, said) in [
            ("6834002", "+683.4002"),
            ("6834002", "+683.400.2"),
            ("6834002", "+6 8 3 - 4 0 0 2"),
            ("6834002", "+683 40-02"),
            ("6834002", "00683 4002"),
            ("6834002", "683/4002"),
            ("6834002", "683_4002"),
            ("6834002", "683\u{2011}4002"),
            ("6834002", "+683\u{200b}4002"),
            ("6834002", "683x4002"),
            ("6834002", "683 and 4002"),
            ("6834002", "683\n4002"),
            ("6834002", "%2B683%204002"),
            ("6834002", "%36%38%33%34%30%30%32"),
            (
                "6834002",
                "\\u0036\\u0038\\u0033\\u0034\\u0030\\u0030\\u0032",
            ),
            ("6834002", "&#54;&#56;&#51;4002"),
            ("6834002", "\u{666}\u{668}\u{663}4002"),
            ("6834002", "KzY4MzQwMDI="),
            ("6834002", "683400"),
            ("6834002", "4002"),
            ("6834002", "04002"),
            ("29022222", "+290.22222"),
            ("29022222", "+290 2 2222"),
            ("29022222", "22222"),
        ] {
            let text = format!("the phone '{said}' is refused");
            let shown = own(digits).harmless(&text);
            assert_eq!(shown, "the phone '***' is refused", "{said:?}");
        }
    }

    #[test]
    fn what_is_not_the_phone_stays_as_it_was() {
        for said in [
            "at most 5 of 15 devices",
            "status 4003, version 1.68.3",
            "(Correlation ID: 3f0d9a52-7c1e-4a55-9d0e-6f8c3f0b1a2d)",
            "at 2026-11-21T11:20:18.259Z",
            "port 14002",
            "no digit at all",
            "",
        ] {
            assert_eq!(own("6834002").harmless(said), said);
        }
    }

    #[test]
    fn a_longer_phone_goes_whole_and_its_tail_does_not_stay() {
        for (said, shown) in [
            ("+15125551234", "***"),
            ("+1 512    555    1234 is bad", "*** is bad"),
            ("+15125551234 or +15125551234", "*** or ***"),
            ("your 5551234!", "your ***!"),
            ("x15125551234y", "x***y"),
            ("extension 123 of 15125551234", "extension 123 of ***"),
        ] {
            assert_eq!(own("15125551234").harmless(said), shown, "{said}");
        }
    }

    #[test]
    fn a_reference_that_shows_the_phone_is_not_kept() {
        let own = own("6834002");
        let kept = |word: &str| own.unless_in(Some(word.to_owned()));
        assert_eq!(kept("c-683-4002"), None);
        assert_eq!(kept("c-683-9999").as_deref(), Some("c-683-9999"));
        assert_eq!(own.unless_in(None), None);
    }

    #[test]
    fn a_mailbox_goes_in_either_case() {
        let own = Own::of(&Address::Email("Ada@Example.com".parse().unwrap()));
        for (said, shown) in [
            ("ada@example.com is taken", "*** is taken"),
            ("<ADA@EXAMPLE.COM>", "<***>"),
            ("ada%40example.com", "***"),
            ("ä bob@example.com", "ä bob@example.com"),
        ] {
            assert_eq!(own.harmless(said), shown, "{said}");
        }
    }

    #[test]
    fn a_long_text_costs_no_more_than_what_is_shown_of_it() {
        let long = "6 8 3 4 0 0 2 ".repeat(100_000);
        let shown = own("6834002").harmless(&long);
        assert!(!shown.contains('6') && shown.chars().count() <= redact::LONGEST);
    }
}
