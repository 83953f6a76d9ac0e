//! Text of another encoding, as UTF-8.

use std::fs::File;
use std::io::Read;

use encoding_rs::{DecoderResult, Encoding};

use super::trouble::Trouble;
use crate::input::spool::Spool;
use crate::model::undecodable;

/// The most bytes that are one character, or are none together, in any encoding.
const LONGEST: usize = 16;

/// Copies a text as UTF-8. A byte that means nothing is marked, and never replaced.
pub(super) fn decode(source: &mut dyn Read, encoding: &'static Encoding) -> Result<File, Trouble> {
    let mut spool = Spool::new(u64::MAX).map_err(Trouble::Write)?;
    let mut decoder = encoding.new_decoder_without_bom_handling();
    let mut bytes = vec![0; 1 << 16];
    let mut text = vec![0; 1 << 16];
    let mut behind = Behind::default();
    loop {
        let count = source.read(&mut bytes).map_err(Trouble::Read)?;
        let mut rest = &bytes[..count];
        loop {
            let (result, read, written) =
                decoder.decode_to_utf8_without_replacement(rest, &mut text, count == 0);
            spool.write(&text[..written])?;
            behind.push(&rest[..read]);
            rest = &rest[read..];
            match result {
                DecoderResult::InputEmpty => break,
                DecoderResult::OutputFull => {}
                DecoderResult::Malformed(length, after) => {
                    let mut marks = Vec::new();
                    for &byte in behind.ending(usize::from(after), usize::from(length)) {
                        undecodable::push(&mut marks, byte);
                    }
                    spool.write(&marks)?;
                }
            }
        }
        if count == 0 {
            return spool.finish().map_err(Trouble::Write);
        }
    }
}

/// The last bytes that a decoder has taken: those that mean nothing may have come with an earlier call.
#[derive(Default)]
struct Behind(Vec<u8>);

impl Behind {
    fn push(&mut self, bytes: &[u8]) {
        let new = bytes.len().min(LONGEST);
        let kept = (LONGEST - new).min(self.0.len());
        self.0.drain(..self.0.len() - kept);
        self.0.extend_from_slice(&bytes[bytes.len() - new..]);
    }

    /// So many bytes, which end so many bytes before the last.
    fn ending(&self, before: usize, length: usize) -> &[u8] {
        let end = self.0.len().saturating_sub(before);
        &self.0[end.saturating_sub(length)..end]
    }
}

#[cfg(test)]
mod tests {
    use std::io;
    use std::os::unix::fs::FileExt;

    use super::*;
    use crate::model::undecodable::{Piece, pieces};

    /// Gives one byte at a time.
    struct Slowly<'a>(&'a [u8]);

    impl Read for Slowly<'_> {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            let count = self.0.len().min(buffer.len()).min(1);
            buffer[..count].copy_from_slice(&self.0[..count]);
            self.0 = &self.0[count..];
            Ok(count)
        }
    }

    fn all(file: &File) -> Vec<u8> {
        let mut bytes = vec![0; usize::try_from(file.metadata().unwrap().len()).unwrap()];
        file.read_exact_at(&mut bytes, 0).unwrap();
        bytes
    }

    #[test]
    fn text_becomes_utf_8_and_what_means_nothing_keeps_its_bytes() {
        use Piece::{Byte, Text};
        for (label, bytes, expected) in [
            (
                "windows-1252",
                &b"J\xfcrgen \x80"[..],
                &[Text("Jürgen €")][..],
            ),
            ("utf-16le", b"a\0\xfc\0\n\0", &[Text("aü\n")]),
            (
                "utf-16be",
                b"\xd8\x3d\0,\0a",
                &[Byte(0xd8), Byte(0x3d), Text(",a")],
            ),
            ("utf-16le", b"a\0b", &[Text("a"), Byte(b'b')]),
            (
                "shift_jis",
                b"a\x81,b",
                &[Text("a"), Byte(0x81), Text(",b")],
            ),
            ("euc-jp", b"\xa4\xa2\xa4", &[Text("あ"), Byte(0xa4)]),
            ("windows-1257", b"\xa1x", &[Byte(0xa1), Text("x")]),
            (
                "gb18030",
                b"\x81\x30\x81,",
                &[Byte(0x81), Text("0"), Byte(0x81), Text(",")],
            ),
        ] {
            let encoding = Encoding::for_label(label.as_bytes()).unwrap();
            for source in [&mut Slowly(bytes) as &mut dyn Read, &mut { bytes }] {
                let copy = all(&decode(source, encoding).unwrap());
                assert_eq!(pieces(&copy, encoding), expected, "{label} {bytes:?}");
            }
        }
    }

    #[test]
    fn a_text_of_more_than_one_piece_is_whole() {
        let text = "ü€\u{1f600},\n".repeat(40_000);
        let bytes: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let copy = decode(&mut bytes.as_slice(), encoding_rs::UTF_16LE).unwrap();
        assert!(all(&copy) == text.as_bytes());
    }
}
