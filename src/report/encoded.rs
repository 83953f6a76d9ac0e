//! Text in the encoding of the file that it goes to. Pure.

use std::borrow::Cow;

use encoding_rs::{EncoderResult, Encoding, UTF_8, UTF_16BE, UTF_16LE};

use crate::model::undecodable::{Piece, pieces};

/// A text in an encoding.
///
/// What could not be decoded when it was read becomes the byte that it was. A character that the
/// encoding has no bytes for is written as `\u{..}`, like a control character: nothing is left out,
/// and nothing is written in its place that could be taken for it.
pub(super) fn encoded<'t>(text: &'t [u8], encoding: &'static Encoding) -> Cow<'t, [u8]> {
    if encoding == UTF_8 || encoding.is_ascii_compatible() && text.is_ascii() {
        return Cow::Borrowed(text);
    }
    let mut bytes = Vec::with_capacity(2 * text.len());
    for piece in pieces(text, encoding) {
        match piece {
            Piece::Byte(byte) => bytes.push(byte),
            Piece::Text(text) if encoding == UTF_16LE => {
                bytes.extend(text.encode_utf16().flat_map(u16::to_le_bytes));
            }
            Piece::Text(text) if encoding == UTF_16BE => {
                bytes.extend(text.encode_utf16().flat_map(u16::to_be_bytes));
            }
            Piece::Text(text) => push(&mut bytes, text, encoding),
        }
    }
    Cow::Owned(bytes)
}

fn push(bytes: &mut Vec<u8>, text: &str, encoding: &'static Encoding) {
    let mut encoder = encoding.new_encoder();
    let mut rest = text;
    loop {
        let room = encoder.max_buffer_length_from_utf8_without_replacement(rest.len());
        bytes.reserve(room.unwrap_or(rest.len()));
        let (result, read) = encoder.encode_from_utf8_to_vec_without_replacement(rest, bytes, true);
        rest = &rest[read..];
        match result {
            EncoderResult::InputEmpty => return,
            EncoderResult::OutputFull => {}
            // An encoder that has states is in that of ASCII here.
            EncoderResult::Unmappable(character) => {
                bytes.extend(character.escape_unicode().to_string().into_bytes());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use encoding_rs::{BIG5, GB18030, ISO_2022_JP, SHIFT_JIS, WINDOWS_1252};
    use proptest::prelude::*;

    use super::*;
    use crate::model::undecodable;

    #[test]
    fn a_text_has_the_bytes_of_its_encoding_and_what_that_lacks_is_a_number() {
        for (encoding, text, bytes) in [
            (UTF_8, "é…", "é…".as_bytes()),
            (WINDOWS_1252, "a;é…", b"a;\xe9\x85"),
            (WINDOWS_1252, "漢 ok", b"\\u{6f22} ok"),
            (SHIFT_JIS, "漢😀", b"\x8a\xbf\\u{1f600}"),
            (ISO_2022_JP, "漢a", b"\x1b$B4A\x1b(Ba"),
            (ISO_2022_JP, "漢é漢", b"\x1b$B4A\x1b(B\\u{e9}\x1b$B4A\x1b(B"),
            (UTF_16LE, "a😀", b"a\0\x3d\xd8\0\xde"),
            (UTF_16BE, "\u{feff}a", b"\xfe\xff\0a"),
            (UTF_16LE, "", b""),
        ] {
            assert_eq!(encoded(text.as_bytes(), encoding), bytes, "{text}");
        }
    }

    #[test]
    fn a_byte_that_could_not_be_decoded_is_written_as_it_was() {
        for encoding in [WINDOWS_1252, SHIFT_JIS, UTF_16LE] {
            let mut text = b"a".to_vec();
            undecodable::push(&mut text, 0x81);
            let bytes = encoded(&text, encoding);
            assert_eq!(bytes.last(), Some(&0x81), "{}", encoding.name());
        }
        assert_eq!(encoded(b"a\xff", UTF_8), &b"a\xff"[..]);
    }

    proptest! {
        #[test]
        fn whoever_decodes_it_reads_the_text_again(text in "\\PC{0,20}") {
            for encoding in [WINDOWS_1252, SHIFT_JIS, BIG5, GB18030, ISO_2022_JP, UTF_16LE, UTF_16BE] {
                let bytes = encoded(text.as_bytes(), encoding);
                let read = encoding.decode_without_bom_handling(&bytes);
                prop_assert!(!read.1, "{}", encoding.name());
                let again = encoded(read.0.as_bytes(), encoding);
                prop_assert_eq!(&again, &bytes, "{}", encoding.name());
                if [UTF_16LE, UTF_16BE].contains(&encoding) {
                    prop_assert_eq!(&read.0, &text);
                }
            }
        }
    }
}
