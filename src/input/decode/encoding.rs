//! Which encoding a source is in, and which one it may be in. Pure.

use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE};

use crate::input::form_flaw::FormFlaw;

/// The encoding of a source that starts so: that of its byte order mark, or the one that was named,
/// or else UTF-8.
///
/// # Errors
///
/// The two contradict each other, or the mark is of an encoding that is not read.
pub(super) fn of(
    start: &[u8],
    named: Option<&'static Encoding>,
) -> Result<&'static Encoding, FormFlaw> {
    if start.starts_with(b"\xff\xfe\0\0") || start.starts_with(b"\0\0\xfe\xff") {
        return Err(FormFlaw::Utf32);
    }
    let mark = Encoding::for_bom(start).map(|(encoding, _)| encoding);
    let is_utf_16 = |encoding: &Encoding| encoding == UTF_16LE || encoding == UTF_16BE;
    match (mark, named) {
        (None, None) => Ok(UTF_8),
        (Some(mark), None) => Ok(mark),
        (None, Some(named)) => Ok(named),
        // `utf-16` says nothing of the order of bytes: it is the mark's to say.
        (Some(mark), Some(named)) if mark == named || is_utf_16(mark) && is_utf_16(named) => {
            Ok(mark)
        }
        (Some(mark), Some(named)) => Err(FormFlaw::OtherMark { mark, named }),
    }
}

/// The encoding that bytes which are not what they should be may be in.
pub(in crate::input) fn likely(bytes: &[u8]) -> &'static Encoding {
    if let Err(error) = std::str::from_utf8(bytes)
        && error.error_len().is_some()
    {
        let mut detector = chardetng::EncodingDetector::new(chardetng::Iso2022JpDetection::Deny);
        detector.feed(bytes, true);
        return detector.guess(None, chardetng::Utf8Detection::Deny);
    }
    UTF_8
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mark_says_it_or_a_name_and_they_may_not_differ() {
        let windows = Some(encoding_rs::WINDOWS_1252);
        for (start, named, expected) in [
            (&b"user"[..], None, Some(UTF_8)),
            (b"", None, Some(UTF_8)),
            (b"\xef\xbb\xbfu", None, Some(UTF_8)),
            (b"\xff\xfeu\0", None, Some(UTF_16LE)),
            (b"\xfe\xff\0u", None, Some(UTF_16BE)),
            (b"\xfe\xff\0u", Some(UTF_16LE), Some(UTF_16BE)),
            (b"u\0", Some(UTF_16LE), Some(UTF_16LE)),
            (b"user", windows, windows),
            (b"\xef\xbb\xbfu", Some(UTF_8), Some(UTF_8)),
            (b"\xef\xbb\xbfu", windows, None),
            (b"\xff\xfeu\0", Some(UTF_8), None),
            (b"\xff\xfe\0\0u\0\0\0", None, None),
        ] {
            assert_eq!(of(start, named).ok(), expected, "{start:?} {named:?}");
        }
    }

    #[test]
    fn what_is_not_utf_8_is_likely_to_be_what_people_write_there() {
        for (text, expected) in [
            (&b"user_id,J\xfcrgen,stra\xdfe\n"[..], "windows-1252"),
            (
                b"user_id,\xcf\xf0\xe8\xe2\xe5\xf2, \xec\xe8\xf0\n",
                "windows-1251",
            ),
            (b"user_id,\x93d\x98b\x94\xd4\x8d\x86\n", "Shift_JIS"),
            ("user_id,é\n".as_bytes(), "UTF-8"),
        ] {
            assert_eq!(likely(text).name(), expected);
        }
    }
}
