//! Text of any encoding that the tests write, read back.

use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};

/// The text of a file, without its byte order mark; what is neither UTF-8 nor UTF-16 is taken for
/// windows-1252.
pub(crate) fn decoded(bytes: &[u8]) -> String {
    let encoding = match bytes {
        [0, ..] => UTF_16BE,
        [_, 0, ..] => UTF_16LE,
        _ if std::str::from_utf8(bytes).is_ok() => UTF_8,
        _ => WINDOWS_1252,
    };
    let (text, _, is_lossy) = encoding.decode(bytes);
    assert!(!is_lossy, "{}", encoding.name());
    text.into_owned()
}

/// A text in an encoding that has all of its characters.
pub(crate) fn encoded(text: &str, encoding: &'static Encoding) -> Vec<u8> {
    let units = text.encode_utf16();
    if encoding == UTF_16LE {
        units.flat_map(u16::to_le_bytes).collect()
    } else if encoding == UTF_16BE {
        units.flat_map(u16::to_be_bytes).collect()
    } else {
        let (bytes, _, is_lossy) = encoding.encode(text);
        assert!(!is_lossy);
        bytes.into_owned()
    }
}
