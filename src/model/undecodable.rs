//! Bytes that their encoding gives no meaning to, carried through UTF-8 so that none is lost.
//!
//! A file that is not UTF-8 is read as UTF-8 behind the decoder. A byte that could not be decoded is
//! three there, of which UTF-8 knows none: `FF`, then half of the byte in each of two more. So it is
//! no character, it can be shown, and the byte itself can be had back.

use std::fmt::Write;

use encoding_rs::{Encoding, UTF_8};

/// What no text in UTF-8 has.
const MARK: u8 = 0xff;

/// Half of a byte goes into the low bits of this, which continues a character in UTF-8.
const HALF: u8 = 0x80;

/// Writes a byte that could not be decoded.
pub(crate) fn push(text: &mut Vec<u8>, byte: u8) {
    text.extend([MARK, HALF | byte >> 4, HALF | byte & 0x0f]);
}

/// A piece of a text that came from a file of some encoding.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Piece<'a> {
    /// Text.
    Text(&'a str),
    /// A byte that could not be decoded, as it is in the file.
    Byte(u8),
}

/// The pieces of a text that was read from a file of this encoding.
pub(crate) fn pieces<'a>(text: &'a [u8], encoding: &Encoding) -> Vec<Piece<'a>> {
    let is_marked = encoding != UTF_8;
    let mut pieces = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        if let [MARK, high, low, behind @ ..] = rest
            && is_marked
        {
            pieces.push(Piece::Byte((high & 0x0f) << 4 | low & 0x0f));
            rest = behind;
            continue;
        }
        let chunk = rest.utf8_chunks().next().expect("there is a byte");
        let valid = chunk.valid();
        if valid.is_empty() {
            pieces.push(Piece::Byte(rest[0]));
            rest = &rest[1..];
        } else {
            pieces.push(Piece::Text(valid));
            rest = &rest[valid.len()..];
        }
    }
    pieces
}

/// A text that was read from a file of this encoding, with each byte that could not be decoded
/// written as `\x{ff}`.
pub(crate) fn shown(text: &[u8], encoding: &Encoding) -> String {
    let mut shown = String::new();
    for piece in pieces(text, encoding) {
        match piece {
            Piece::Text(text) => shown.push_str(text),
            Piece::Byte(byte) => {
                write!(shown, "\\x{{{byte:02x}}}").expect("a string takes everything");
            }
        }
    }
    shown
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn any_byte_is_carried_through_and_is_no_text() {
        for byte in 0..=u8::MAX {
            let mut text = "é".as_bytes().to_vec();
            push(&mut text, byte);
            push(&mut text, byte);
            text.extend_from_slice("ß".as_bytes());
            assert!(std::str::from_utf8(&text).is_err());
            let expected = [
                Piece::Text("é"),
                Piece::Byte(byte),
                Piece::Byte(byte),
                Piece::Text("ß"),
            ];
            assert_eq!(pieces(&text, encoding_rs::SHIFT_JIS), expected);
        }
    }

    proptest! {
        #[test]
        fn in_utf_8_the_pieces_are_the_bytes(text in prop::collection::vec(any::<u8>(), 0..40)) {
            let mut bytes = Vec::new();
            for piece in pieces(&text, UTF_8) {
                match piece {
                    Piece::Text(text) => bytes.extend_from_slice(text.as_bytes()),
                    Piece::Byte(byte) => bytes.push(byte),
                }
            }
            prop_assert_eq!(bytes, text);
        }
    }
}
