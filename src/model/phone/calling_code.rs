//! Country calling codes. Pure, and without metadata.

/// How many of the digits are the country calling code (ITU-T E.164, list of assigned codes).
pub(super) fn length(digits: &[u8]) -> usize {
    match digits {
        [b'1' | b'7', ..] => 1,
        [b'2', b'0' | b'7', ..]
        | [b'3', b'0'..=b'4' | b'6' | b'9', ..]
        | [b'4', b'0' | b'1' | b'3'..=b'9', ..]
        | [b'5', b'1'..=b'8', ..]
        | [b'6', b'0'..=b'6', ..]
        | [b'8', b'1' | b'2' | b'4' | b'6', ..]
        | [b'9', b'0'..=b'5' | b'8', ..] => 2,
        _ => 3,
    }
}

/// The country calling code of an international number without its `+`, and what is behind it.
pub(super) fn split(digits: &str) -> (&str, &str) {
    let length = length(digits.as_bytes());
    digits.split_at_checked(length).unwrap_or((digits, ""))
}
