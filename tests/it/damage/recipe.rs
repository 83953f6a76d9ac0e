//! A small file of `tests/corpus`: how a wave is made, and what is to become of each of its lines.
//!
//! Above a line of dashes stand keys, and one line for each row. Below it stands the wave, line by
//! line, in a form that every editor shows:
//!
//! | written | means |
//! | --- | --- |
//! | `{u1}`, `{U1}` | the ID of user 1, in small and in capital letters |
//! | `{p}`, `{p2}` | the ID of a policy, and of another one |
//! | `{70000*x}` | so many `x` |
//! | `{c1..9}` | `c1,c2,…,c9` |
//! | `\r`, `\n`, `\t`, `\0`, `\u{200b}` | that character |
//! | `\xE9` | that byte |
//! | `\\`, `\{` | the character itself |
//! | `\` at the end of a line | no line end |
//!
//! With `Encode: xlsx` the wave is a workbook, which `sheet` says how to write.

use std::collections::BTreeMap;
use std::iter::Peekable;
use std::str::Chars;

use wavepair::testing::sandbox::{SMS_ONLY_POLICY, WAVE_POLICY};

use super::sheet::written;
use crate::support::rehearsal::user;
use crate::support::texts::packed;

/// A wave, and what a dry run is to say of it.
#[derive(Debug, Default)]
pub(super) struct Recipe {
    /// What it is about.
    pub(super) about: String,
    /// The name of the file.
    pub(super) file: String,
    /// Words behind `wavepair run FILE --dry-run`.
    pub(super) options: Vec<String>,
    /// The exit code.
    pub(super) exit: i32,
    /// What standard error has to say.
    pub(super) says: Vec<String>,
    /// The rows, in order.
    pub(super) rows: Vec<Row>,
    /// The bytes of the wave.
    pub(super) wave: Vec<u8>,
}

/// What a results file says of a row, as far as it is the file's fault.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Row {
    /// The line on which it starts.
    pub(super) line: u64,
    pub(super) outcome: String,
    pub(super) code: String,
    /// The phone in E.164, of a row that may be sent.
    pub(super) phone: String,
    pub(super) warnings: Vec<String>,
}

impl Row {
    /// `3 invalid phone_missing`, `2 ready +447400123456 ~separator_unusual`.
    pub(super) fn read(text: &str) -> Self {
        let mut words = text.split_whitespace();
        let line = words.next().unwrap();
        let mut row = Self {
            line: line.parse().unwrap_or_else(|_| panic!("no line: {text}")),
            outcome: words.next().unwrap().to_owned(),
            ..Self::default()
        };
        for word in words {
            match word.strip_prefix('~') {
                Some(warning) => row.warnings.push(warning.to_owned()),
                None if word.starts_with('+') => word.clone_into(&mut row.phone),
                None => word.clone_into(&mut row.code),
            }
        }
        row
    }
}

/// The same text again.
impl std::fmt::Display for Row {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {}", self.line, self.outcome)?;
        for word in [&self.code, &self.phone] {
            if !word.is_empty() {
                write!(f, " {word}")?;
            }
        }
        self.warnings.iter().try_for_each(|it| write!(f, " ~{it}"))
    }
}

impl Recipe {
    /// Reads a recipe.
    pub(super) fn read(text: &str) -> Self {
        let (said, body) = text.split_once("\n----\n").expect("a line of dashes");
        let mut keys: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        let mut rows = Vec::new();
        for line in said.lines().filter(|line| !line.is_empty()) {
            if line.starts_with(|c: char| c.is_ascii_digit()) {
                rows.push(Row::read(line));
            } else {
                let (key, value) = line.split_once(':').unwrap_or_else(|| panic!("{line}"));
                keys.entry(key).or_default().push(value.trim());
            }
        }
        let mut take = |key| keys.remove(key).unwrap_or_default();
        let last = |values: Vec<&str>| values.last().copied().map(str::to_owned);
        let ends = last(take("Ends")).unwrap_or_else(|| "lf".to_owned());
        let encode = take("Encode");
        let wave = match encode.first().and_then(|names| names.strip_prefix("xlsx")) {
            Some(then) => changed(written(body, &|text| plain(&unescaped(text, ""))), then),
            None => encoded(&unescaped(body, line_end(&ends)), &encode),
        };
        let recipe = Self {
            about: last(take("About")).expect("what it is about"),
            file: last(take("File")).unwrap_or_else(|| "wave.csv".to_owned()),
            options: take("Options")
                .iter()
                .flat_map(|words| words.split_whitespace())
                .map(|word| plain(&unescaped(word, "")))
                .collect(),
            exit: last(take("Exit")).expect("an exit code").parse().unwrap(),
            says: take("Says").into_iter().map(str::to_owned).collect(),
            rows,
            wave,
        };
        assert!(keys.is_empty(), "nobody reads {keys:?}");
        recipe
    }
}

/// A piece of a wave: most are characters; bytes are what no encoding has.
#[derive(Clone, Copy, Debug)]
enum Piece {
    Char(char),
    Byte(u8),
}

fn line_end(name: &str) -> &'static str {
    match name {
        "lf" => "\n",
        "crlf" => "\r\n",
        "cr" => "\r",
        "crcrlf" => "\r\r\n",
        other => panic!("no line end: {other}"),
    }
}

/// The pieces that a text stands for.
fn unescaped(text: &str, end: &str) -> Vec<Piece> {
    let mut pieces = Vec::new();
    for line in text.lines() {
        let line_is_open = line.ends_with('\\') && !line.ends_with("\\\\");
        let line = if line_is_open {
            &line[..line.len() - 1]
        } else {
            line
        };
        let mut rest = line.chars().peekable();
        while let Some(next) = rest.next() {
            match next {
                '\\' => pieces.push(escape(&mut rest)),
                '{' => {
                    let inner: String = rest.by_ref().take_while(|c| *c != '}').collect();
                    pieces.extend(placeholder(&inner));
                }
                c => pieces.push(Piece::Char(c)),
            }
        }
        if !line_is_open && !end.is_empty() {
            pieces.extend(end.chars().map(Piece::Char));
        }
    }
    pieces
}

fn escape(rest: &mut Peekable<Chars<'_>>) -> Piece {
    Piece::Char(match rest.next().expect("something behind a backslash") {
        'n' => '\n',
        'r' => '\r',
        't' => '\t',
        '0' => '\0',
        'u' => {
            let code: String = rest.by_ref().skip(1).take_while(|c| *c != '}').collect();
            char::from_u32(u32::from_str_radix(&code, 16).unwrap()).unwrap()
        }
        'x' => {
            let code: String = rest.by_ref().take(2).collect();
            return Piece::Byte(u8::from_str_radix(&code, 16).unwrap());
        }
        c @ ('\\' | '{') => c,
        c => panic!("nothing is written \\{c}"),
    })
}

fn placeholder(inner: &str) -> Vec<Piece> {
    let text = if let Some((times, what)) = inner.split_once('*') {
        let times = times.parse().unwrap();
        return std::iter::repeat_n(unescaped(what, ""), times)
            .flatten()
            .collect();
    } else if let Some(last) = inner.strip_prefix("c1..") {
        let names: Vec<_> = (1..=last.parse().unwrap())
            .map(|n: u32| format!("c{n}"))
            .collect();
        names.join(",")
    } else {
        match inner.split_at(1) {
            ("p", "") => WAVE_POLICY.to_owned(),
            ("p", "2") => SMS_ONLY_POLICY.to_owned(),
            ("u", number) => user(number.parse().unwrap()),
            ("U", number) => user(number.parse().unwrap()).to_uppercase(),
            _ => panic!("nothing is called {inner}"),
        }
    };
    text.chars().map(Piece::Char).collect()
}

/// Pieces that are a text.
fn plain(pieces: &[Piece]) -> String {
    String::from_utf8(encoded(pieces, &[])).unwrap()
}

/// The bytes of a wave in the encoding that is named; what else is named is done to the bytes.
fn encoded(pieces: &[Piece], names: &[&str]) -> Vec<u8> {
    let mut names = names.iter().flat_map(|names| names.split_whitespace());
    let bytes = match names.next().unwrap_or("utf-8") {
        "utf-8" => pieces.iter().flat_map(|piece| in_utf8(*piece)).collect(),
        "utf-8-bom" => [b"\xef\xbb\xbf".to_vec(), encoded(pieces, &[])].concat(),
        "utf-16le" => in_utf16(pieces, u16::to_le_bytes),
        "utf-16be" => in_utf16(pieces, u16::to_be_bytes),
        "windows-1252" => pieces.iter().map(|piece| in_windows(*piece)).collect(),
        other => panic!("no encoding {other}"),
    };
    changed(bytes, &names.collect::<Vec<_>>().join(" "))
}

/// Bytes to which all that is named is done.
fn changed(mut bytes: Vec<u8>, names: &str) -> Vec<u8> {
    for then in names.split_whitespace() {
        match then {
            "cut" => bytes.truncate(bytes.len() - 1),
            "gzip" => bytes = packed(&bytes),
            "gzip-parts" => {
                let (one, other) = bytes.split_at(bytes.len() / 2);
                bytes = [packed(one), packed(other)].concat();
            }
            other => panic!("nothing is called {other}"),
        }
    }
    bytes
}

fn in_utf8(piece: Piece) -> Vec<u8> {
    match piece {
        Piece::Char(c) => c.to_string().into_bytes(),
        Piece::Byte(byte) => vec![byte],
    }
}

fn in_utf16(pieces: &[Piece], bytes: fn(u16) -> [u8; 2]) -> Vec<u8> {
    let text = plain(pieces);
    text.encode_utf16().flat_map(bytes).collect()
}

fn in_windows(piece: Piece) -> u8 {
    match piece {
        Piece::Char('€') => 0x80,
        Piece::Char(c) => u8::try_from(u32::from(c)).unwrap(),
        Piece::Byte(byte) => byte,
    }
}
