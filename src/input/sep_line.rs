//! The line `sep=;` that some spreadsheets write first, and all of them read.

use std::io::{self, BufRead};

use super::lines::Lines;
use crate::model::dialect::Delimiter;

/// What a first line is, as far as it may be of that kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum SepLine {
    /// It is another one.
    Absent,
    /// It names a delimiter.
    Names(Delimiter),
    /// It names nothing that can separate fields.
    NamesNothing,
}

/// Reads the first line, and gives it back where it is another one.
pub(super) fn sep_line<R: BufRead>(lines: &mut Lines<R>) -> io::Result<SepLine> {
    let Some(line) = lines.next()? else {
        return Ok(SepLine::Absent);
    };
    let found = named(&line.text);
    if found == SepLine::Absent {
        lines.give_back(vec![line]);
    }
    Ok(found)
}

fn named(line: &[u8]) -> SepLine {
    let quoted = line.strip_prefix(b"\"");
    let text = quoted
        .and_then(|text| text.strip_suffix(b"\""))
        .unwrap_or(line);
    let Some((start, named)) = text.split_at_checked(4) else {
        return SepLine::Absent;
    };
    if !start.eq_ignore_ascii_case(b"sep=") {
        return SepLine::Absent;
    }
    let delimiter = match named {
        // Saved again by a spreadsheet, the line is as wide as the others.
        [first, rest @ ..] if rest.iter().all(|byte| byte == first) => {
            Delimiter::of(char::from(*first))
        }
        _ => None,
    };
    delimiter.map_or(SepLine::NamesNothing, SepLine::Names)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_line_names_one_character_perhaps_several_times() {
        for (line, expected) in [
            ("sep=;", SepLine::Names(Delimiter::SEMICOLON)),
            ("SEP=,", SepLine::Names(Delimiter::COMMA)),
            ("sep=\t", SepLine::Names(Delimiter::TAB)),
            ("\"sep=|\"", SepLine::Names(Delimiter::PIPE)),
            ("sep=;;;", SepLine::Names(Delimiter::SEMICOLON)),
            ("sep=", SepLine::NamesNothing),
            ("sep=ab", SepLine::NamesNothing),
            ("sep=x", SepLine::NamesNothing),
            ("separator,phone", SepLine::Absent),
            ("sep", SepLine::Absent),
            ("", SepLine::Absent),
        ] {
            assert_eq!(named(line.as_bytes()), expected, "{line}");
        }
    }
}
