//! Records: which lines belong together, and which do not.

use std::io::{self, BufRead};
use std::ops::RangeInclusive;

use super::lines::{End, Line, Lines, MAX_LINE, ends_in};
use crate::model::dialect::Delimiter;
use crate::model::fields::{Field, Fields, Progress};
use crate::model::hidden::is_hidden;

/// The most bytes of a record that spans lines.
const MAX_SPAN: usize = 64 * 1024;

/// The most lines that a record spans.
const MAX_SPAN_LINES: usize = 100;

const _: () = assert!(
    MAX_LINE < u32::MAX as usize,
    "a place in a line fits a field"
);

/// One record. No `Debug`: its bytes hold a phone.
pub(super) struct Record {
    /// The physical line on which it starts, from 1.
    pub(super) line: u64,
    /// Its bytes without the line end.
    pub(super) text: Vec<u8>,
    /// How its last line ends.
    pub(super) end: End,
    /// Whether its quotes can be believed.
    pub(super) quotes: Quotes,
}

/// What the quotes of a record are worth.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Quotes {
    /// They enclose fields.
    Sound,
    /// One stands inside an unquoted field, or text follows a closing one.
    Misplaced,
    /// One does not close within reach, or only in a record of another width.
    Unterminated,
}

/// The records of a file; lines without any content are passed over.
///
/// A spreadsheet leaves rows of nothing but delimiters behind, thousands of them, and DOS programs a
/// Ctrl-Z at the end. Every other line belongs to one record, and a quote that does not close costs its
/// own line only: what was read in search of its end is given back.
#[derive(Debug)]
pub(super) struct Records<R> {
    lines: Lines<R>,
    fields: Fields,
    delimiter: Delimiter,
    width: Option<RangeInclusive<usize>>,
    blank: u64,
    filled: u64,
}

impl<R: BufRead> Records<R> {
    /// Reads records that, where they span lines, have as many fields as `width` says; any number
    /// for `None`.
    pub(super) fn new(
        lines: Lines<R>,
        delimiter: Delimiter,
        width: Option<RangeInclusive<usize>>,
    ) -> Self {
        Self {
            lines,
            fields: Fields::new(delimiter),
            delimiter,
            width,
            blank: 0,
            filled: 0,
        }
    }

    /// How many lines without content were passed over.
    pub(super) fn blank(&self) -> u64 {
        self.blank
    }

    /// How many lines the records so far take up, counted by the line ends inside them.
    pub(super) fn filled(&self) -> u64 {
        self.filled
    }

    /// The lines that the records are made of.
    pub(super) fn lines(&self) -> &Lines<R> {
        &self.lines
    }

    /// The fields of the record that [`next`](Self::next) gave last; where its quotes are not
    /// sound, the parts between its delimiters.
    pub(super) fn fields(&self) -> &[Field] {
        self.fields.found()
    }

    /// The next record, or `None` behind the last.
    pub(super) fn next(&mut self) -> io::Result<Option<Record>> {
        while let Some(record) = self.read()? {
            let lines = 1 + ends_in(&record.text, self.lines.terminator());
            // Of a line that is too long only the start was seen.
            let is_whole = record.end != End::OutOfReach;
            if is_whole && (is_blank(&record.text, self.delimiter) || self.is_end_mark(&record)?) {
                self.blank += lines;
            } else {
                self.filled += lines;
                return Ok(Some(record));
            }
        }
        Ok(None)
    }

    /// Whether it is the mark of DOS for the end of a file, at the end of this one.
    fn is_end_mark(&mut self, record: &Record) -> io::Result<bool> {
        if !record.text.iter().all(|&byte| byte == END_MARK) {
            return Ok(false);
        }
        let next = self.lines.next()?;
        let is_last = next.is_none();
        self.lines.give_back(next.into_iter().collect());
        Ok(is_last)
    }

    fn read(&mut self) -> io::Result<Option<Record>> {
        let Some(first) = self.lines.next()? else {
            return Ok(None);
        };
        self.fields.clear();
        let quotes = match self.fields.go_on(&first.text) {
            Progress::Complete => Quotes::Sound,
            Progress::Misplaced => Quotes::Misplaced,
            Progress::Open => match self.rest_of(&first)? {
                Some((text, end)) => {
                    return Ok(Some(Record {
                        line: first.number,
                        text,
                        end,
                        quotes: Quotes::Sound,
                    }));
                }
                None => Quotes::Unterminated,
            },
        };
        if quotes != Quotes::Sound {
            self.fields.split_plainly(&first.text);
        }
        Ok(Some(Record {
            line: first.number,
            text: first.text,
            end: first.end,
            quotes,
        }))
    }

    /// Looks for the lines that close the open quote of `first`; gives them back if they do not.
    fn rest_of(&mut self, first: &Line) -> io::Result<Option<(Vec<u8>, End)>> {
        let mut text = first.text.clone();
        let mut end = first.end;
        let mut taken = Vec::new();
        while taken.len() + 1 < MAX_SPAN_LINES {
            let Some(line) = self.lines.next()? else {
                break;
            };
            text.extend_from_slice(end.bytes());
            text.extend_from_slice(&line.text);
            end = line.end;
            taken.push(line);
            if text.len() > MAX_SPAN || end == End::OutOfReach {
                break;
            }
            match self.fields.go_on(&text) {
                Progress::Open => {}
                Progress::Misplaced => break,
                Progress::Complete => {
                    let count = self.fields.found().len();
                    if self
                        .width
                        .as_ref()
                        .is_none_or(|width| width.contains(&count))
                    {
                        return Ok(Some((text, end)));
                    }
                    break;
                }
            }
        }
        self.lines.give_back(taken);
        Ok(None)
    }
}

/// Ctrl-Z.
const END_MARK: u8 = 0x1a;

/// Whether there is nothing in a record that anybody could see, besides separators and quotes.
pub(super) fn is_blank(record: &[u8], delimiter: Delimiter) -> bool {
    let delimiter = delimiter.byte();
    // A letter or a digit settles it at the first byte of nearly every record.
    let seen = |byte: &u8| byte.is_ascii_graphic() && *byte != b'"' && *byte != delimiter;
    if record.iter().take(8).any(seen) {
        return false;
    }
    str::from_utf8(record).is_ok_and(|text| {
        let is_separator = |c| c == '"' || c == char::from(delimiter);
        text.chars()
            .all(|c| is_separator(c) || c.is_whitespace() || is_hidden(c) && !c.is_control())
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::input::lines::Terminator;

    fn read(text: &str, delimiter: Delimiter, width: usize) -> Records<&[u8]> {
        let lines = Lines::new(text.as_bytes(), Terminator::Lf, 0, 0);
        Records::new(lines, delimiter, Some(width..=width))
    }

    fn records(text: &str, width: usize) -> Vec<(u64, String, Quotes)> {
        let mut records = read(text, Delimiter::COMMA, width);
        std::iter::from_fn(|| records.next().unwrap())
            .map(|record| {
                let text = String::from_utf8(record.text).unwrap();
                (record.line, text, record.quotes)
            })
            .collect()
    }

    fn lines_and_quotes(text: &str, width: usize) -> Vec<(u64, Quotes)> {
        records(text, width)
            .into_iter()
            .map(|(line, _, quotes)| (line, quotes))
            .collect()
    }

    #[test]
    fn an_unterminated_quote_costs_its_own_line_and_no_other() {
        let text = "a,\"b\nc,d\ne,f\n";
        assert_eq!(
            lines_and_quotes(text, 2),
            [
                (1, Quotes::Unterminated),
                (2, Quotes::Sound),
                (3, Quotes::Sound),
            ]
        );
        let text = "a,\"b\nc,\"d\"\ne,f\n";
        assert_eq!(
            lines_and_quotes(text, 2),
            [
                (1, Quotes::Unterminated),
                (2, Quotes::Sound),
                (3, Quotes::Sound),
            ]
        );
    }

    #[test]
    fn a_quoted_field_spans_lines_if_it_closes_in_a_record_of_the_right_width() {
        let text = "a,\"b\r\n\r\nb\"\r\n\r\nc,d\n";
        assert_eq!(
            records(text, 2),
            [
                (1, "a,\"b\r\n\r\nb\"".to_owned(), Quotes::Sound),
                (5, "c,d".to_owned(), Quotes::Sound),
            ]
        );
        assert_eq!(
            lines_and_quotes("a,\"b\nc\",d\ne,f\n", 2),
            [
                (1, Quotes::Unterminated),
                (2, Quotes::Misplaced),
                (3, Quotes::Sound),
            ]
        );
    }

    #[test]
    fn a_quote_is_not_looked_for_beyond_a_hundred_lines_or_64_kib() {
        let lines = |count: usize| format!("a,\"{}b\"\nc,d\n", "b\n".repeat(count - 1));
        assert_eq!(lines_and_quotes(&lines(100), 2).len(), 2);
        assert_eq!(lines_and_quotes(&lines(101), 2)[0].1, Quotes::Unterminated);
        assert_eq!(lines_and_quotes(&lines(101), 2).len(), 102);

        let long = |length: usize| format!("a,\"{}\nb\"\nc,d\n", "b".repeat(length));
        assert_eq!(lines_and_quotes(&long(65_000), 2).len(), 2);
        assert_eq!(lines_and_quotes(&long(66_000), 2).len(), 3);
    }

    #[test]
    fn blank_lines_are_no_records_and_are_counted() {
        assert_eq!(
            lines_and_quotes("\n \t\na,b\n\r\nc,\n\n", 2),
            [(3, Quotes::Sound), (5, Quotes::Sound)]
        );
    }

    #[test]
    fn a_row_of_nothing_but_separators_quotes_and_spaces_is_a_blank_line() {
        for blank in [
            ",",
            ",,,,",
            "\"\",\"\"",
            "\" \",",
            "\" \n \",",
            "\u{a0},\u{a0}",
            " \u{2003},\u{202f}",
            "\u{200b},\u{feff}",
            "\t,\u{b}",
            "\"",
            ",\" ",
            "\"\" ,\"\"",
        ] {
            let text = format!("a,b\n{blank}\nc,d\n{blank}\n");
            let mut reader = read(&text, Delimiter::COMMA, 2);
            let found: Vec<Vec<u8>> = std::iter::from_fn(|| reader.next().unwrap())
                .map(|record| record.text)
                .collect();
            assert_eq!(found, [&b"a,b"[..], b"c,d"], "{blank:?}");
            let lines = text.lines().count() as u64;
            assert_eq!(
                (reader.filled(), reader.blank()),
                (2, lines - 2),
                "{blank:?}"
            );
        }
        // In a file of another delimiter a comma is content, and its delimiter is none.
        let mut other = read("a;b\n;\n,\n\";\"\n", Delimiter::SEMICOLON, 2);
        let lines = std::iter::from_fn(|| other.next().unwrap()).map(|record| record.line);
        assert_eq!(lines.collect::<Vec<_>>(), [1, 3]);
        for content in [",.", "\"-\",", "\0,", "\u{1},", "\x7f,", "\u{301},"] {
            assert_eq!(records(content, 2).len(), 1, "{content:?}");
        }
    }

    #[test]
    fn the_mark_of_dos_for_the_end_of_a_file_is_no_row_at_the_end() {
        for end in ["\u{1a}", "\u{1a}\u{1a}\u{1a}", "\u{1a}\n", "\u{1a}\r\n"] {
            assert_eq!(records(&format!("a,b\n{end}"), 2).len(), 1, "{end:?}");
        }
        assert_eq!(records("a,b\n\u{1a}\nc,d\n", 2).len(), 3);
        assert_eq!(records("a,b\n\u{1a},\n", 2).len(), 2);
    }

    proptest! {
        #[test]
        fn every_line_is_blank_or_in_exactly_one_record(text in "[a\",\n ]{0,60}") {
            let mut covered = Vec::new();
            for (line, text, _) in records(&text, 2) {
                covered.extend(text.split('\n').zip(line..).map(|(t, n)| (n, t.to_owned())));
            }
            let expected: Vec<(u64, String)> = (1..)
                .zip(text.strip_suffix('\n').unwrap_or(&text).split('\n'))
                .map(|(n, t)| (n, t.to_owned()))
                .collect();
            let is_blank = |line: &(u64, String)| line.1.trim_matches([' ', ',', '"']).is_empty();
            covered.retain(|line| !is_blank(line));
            let filled: Vec<_> = expected.into_iter().filter(|line| !is_blank(line)).collect();
            prop_assert_eq!(covered, filled);
        }
    }
}
