//! Physical lines, counted and bounded.

use std::collections::VecDeque;
use std::fmt;
use std::io::{self, BufRead, Read};

/// The most bytes of a line that are held; the rest is read past.
pub(super) const MAX_LINE: usize = 1 << 20;

/// One physical line.
#[derive(PartialEq, Eq)]
pub(super) struct Line {
    /// From 1.
    pub(super) number: u64,
    /// Its bytes without the line end; the first [`MAX_LINE`] of them at most.
    pub(super) text: Vec<u8>,
    /// How it ends.
    pub(super) end: End,
}

impl fmt::Debug for Line {
    /// The bytes of a line hold a phone: only where it stands is shown.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Line({}, {:?})", self.number, self.end)
    }
}

/// What ends the lines of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Terminator {
    /// LF, with or without a CR before it.
    Lf,
    /// CR, in a file without any LF.
    Cr,
    /// A character that no cell has: the lines were made of the rows of a sheet, whose cells may have
    /// line ends.
    Record,
}

impl Terminator {
    /// The last byte of a line's end.
    pub(super) const fn byte(self) -> u8 {
        match self {
            Terminator::Lf => b'\n',
            Terminator::Cr => b'\r',
            Terminator::Record => 0x1e,
        }
    }
}

/// How a line ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum End {
    /// With LF.
    Lf,
    /// With CR and LF, or at the end of the file with a CR that lost its LF.
    CrLf,
    /// With CR, CR and LF: a program wrote CRLF, and another made CRLF of its LF.
    CrCrLf,
    /// With CR alone.
    Cr,
    /// With the row of a sheet.
    Record,
    /// With the file.
    File,
    /// Further away than is held.
    OutOfReach,
}

impl End {
    /// The bytes that it stands for.
    pub(super) fn bytes(self) -> &'static [u8] {
        match self {
            End::Lf => b"\n",
            End::CrLf => b"\r\n",
            End::CrCrLf => b"\r\r\n",
            End::Cr => b"\r",
            End::Record => b"\x1e",
            End::File | End::OutOfReach => b"",
        }
    }
}

/// How many line ends there are in some bytes.
pub(super) fn ends_in(bytes: &[u8], by: Terminator) -> u64 {
    let end = by.byte();
    // As many as a byte can count at a time: several times as fast as one wide sum.
    let few = |bytes: &[u8]| bytes.iter().map(|&byte| u8::from(byte == end)).sum::<u8>();
    bytes.chunks(255).map(|bytes| u64::from(few(bytes))).sum()
}

/// The lines of a reader, with some that were read ahead and given back.
#[derive(Debug)]
pub(super) struct Lines<R> {
    reader: R,
    terminator: Terminator,
    ahead: VecDeque<Line>,
    read: u64,
    bytes: u64,
    usual: usize,
}

impl<R: BufRead> Lines<R> {
    /// Reads on behind `lines` lines that take up `bytes` bytes.
    pub(super) fn new(reader: R, terminator: Terminator, lines: u64, bytes: u64) -> Self {
        Self {
            reader,
            terminator,
            ahead: VecDeque::new(),
            read: lines,
            bytes,
            usual: 0,
        }
    }

    /// How many bytes were read so far, those before the start included.
    pub(super) fn bytes(&self) -> u64 {
        self.bytes
    }

    /// How many lines were read so far, those before the start included.
    pub(super) fn read(&self) -> u64 {
        self.read
    }

    /// What ends the lines.
    pub(super) fn terminator(&self) -> Terminator {
        self.terminator
    }

    /// What the lines are read from.
    pub(super) fn reader(&self) -> &R {
        &self.reader
    }

    /// The next line, or `None` behind the last.
    pub(super) fn next(&mut self) -> io::Result<Option<Line>> {
        if let Some(line) = self.ahead.pop_front() {
            return Ok(Some(line));
        }
        let mut text = Vec::with_capacity(self.usual + LONGEST_END);
        let count = (&mut self.reader)
            .take(MAX_LINE as u64 + LONGEST_END as u64)
            .read_until(self.terminator.byte(), &mut text)?;
        if count == 0 {
            return Ok(None);
        }
        self.read += 1;
        self.bytes += count as u64;
        let (end, length) = end_of(&text, self.terminator);
        text.truncate(length);
        self.usual = length.min(4096);
        if end == End::OutOfReach {
            self.bytes += self.reader.skip_until(self.terminator.byte())? as u64;
        }
        Ok(Some(Line {
            number: self.read,
            text,
            end,
        }))
    }

    /// Takes back lines that [`next`](Self::next) gave, to give them again.
    pub(super) fn give_back(&mut self, lines: Vec<Line>) {
        for line in lines.into_iter().rev() {
            self.ahead.push_front(line);
        }
    }
}

/// How many bytes the longest line end has.
const LONGEST_END: usize = 3;

const END_OF_RECORD: u8 = Terminator::Record.byte();

/// How what was read up to a terminator ends, and how many bytes of it are before the end.
fn end_of(text: &[u8], by: Terminator) -> (End, usize) {
    match (by, text) {
        (Terminator::Cr, [text @ .., b'\r']) => (End::Cr, text.len()),
        (Terminator::Lf, [text @ .., b'\r', b'\r', b'\n']) => (End::CrCrLf, text.len()),
        (Terminator::Lf, [text @ .., b'\r', b'\n']) => (End::CrLf, text.len()),
        (Terminator::Lf, [text @ .., b'\n']) => (End::Lf, text.len()),
        (Terminator::Record, [text @ .., END_OF_RECORD]) => (End::Record, text.len()),
        (_, text) if text.len() > MAX_LINE => (End::OutOfReach, MAX_LINE),
        (Terminator::Lf, [text @ .., b'\r']) => (End::CrLf, text.len()),
        (Terminator::Lf | Terminator::Cr | Terminator::Record, text) => (End::File, text.len()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(text: &[u8]) -> Lines<&[u8]> {
        Lines::new(text, Terminator::Lf, 0, 0)
    }

    #[test]
    fn a_line_ends_with_lf_or_crlf_or_the_file() {
        let mut lines = lines(b"one\ntwo\r\n\nlast");
        for (number, text, end) in [
            (1, "one", End::Lf),
            (2, "two", End::CrLf),
            (3, "", End::Lf),
            (4, "last", End::File),
        ] {
            let line = lines.next().unwrap().unwrap();
            assert_eq!(
                (line.number, line.text.as_slice()),
                (number, text.as_bytes())
            );
            assert_eq!(line.end, end);
        }
        assert_eq!(lines.next().unwrap(), None);
        assert_eq!(lines.bytes(), 14);
    }

    #[test]
    fn a_carriage_return_too_many_is_part_of_the_line_end() {
        let mut lines = lines(b"one\r\r\ntwo\r\r\r\n");
        for (text, end) in [("one", End::CrCrLf), ("two\r", End::CrCrLf)] {
            let line = lines.next().unwrap().unwrap();
            assert_eq!((line.text.as_slice(), line.end), (text.as_bytes(), end));
        }
        assert_eq!(lines.bytes(), 13);
    }

    #[test]
    fn a_carriage_return_alone_ends_a_line_where_that_is_told() {
        let mut lines = Lines::new(&b"one\r\rtwo"[..], Terminator::Cr, 0, 0);
        for (number, text, end) in [(1, "one", End::Cr), (2, "", End::Cr), (3, "two", End::File)] {
            let line = lines.next().unwrap().unwrap();
            assert_eq!(
                (line.number, line.text.as_slice(), line.end),
                (number, text.as_bytes(), end)
            );
        }
    }

    #[test]
    fn line_ends_are_counted_in_runs_of_any_length() {
        for ends in [0, 1, 254, 255, 256, 1000] {
            assert_eq!(ends_in(&b"\n".repeat(ends), Terminator::Lf), ends as u64);
            assert_eq!(ends_in(&b"\r\nx".repeat(ends), Terminator::Lf), ends as u64);
        }
    }

    #[test]
    fn a_carriage_return_that_lost_its_line_feed_still_ends_the_last_line() {
        let line = lines(b"one\r").next().unwrap().unwrap();
        assert_eq!((line.text.as_slice(), line.end), (&b"one"[..], End::CrLf));
    }

    #[test]
    fn a_line_that_is_too_long_is_counted_and_not_held() {
        let mut text = vec![b'x'; 3 * MAX_LINE];
        text.extend_from_slice(b"\nnext\n");
        let mut lines = lines(&text);
        let long = lines.next().unwrap().unwrap();
        assert_eq!((long.text.len(), long.end), (MAX_LINE, End::OutOfReach));
        assert!(long.text.capacity() < 3 * MAX_LINE);
        let next = lines.next().unwrap().unwrap();
        assert_eq!((next.number, next.text.as_slice()), (2, &b"next"[..]));
        assert_eq!(lines.bytes(), text.len() as u64);
    }

    #[test]
    fn lines_that_are_given_back_come_again_in_order() {
        let mut lines = lines(b"1\n2\n3\n");
        let taken: Vec<Line> = (0..2).map(|_| lines.next().unwrap().unwrap()).collect();
        lines.give_back(taken);
        let numbers: Vec<u64> = std::iter::from_fn(|| lines.next().unwrap())
            .map(|line| line.number)
            .collect();
        assert_eq!(numbers, [1, 2, 3]);
    }
}
