//! What arrives encoded: URL-encoded forms and queries, and base64 credentials.

/// The pairs of a form body or a query string. What does not decode is kept as it is.
pub(super) fn form(text: &str) -> impl Iterator<Item = (String, String)> + '_ {
    text.split('&').filter(|pair| !pair.is_empty()).map(|pair| {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        (unescape(name), unescape(value))
    })
}

/// Undoes `application/x-www-form-urlencoded`.
pub(super) fn unescape(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&first, tail)) = rest.split_first() {
        let escaped = match (first, tail) {
            (b'%', [high, low, ..]) => hex(*high).zip(hex(*low)),
            _ => None,
        };
        rest = if let Some((high, low)) = escaped {
            bytes.push(high << 4 | low);
            &tail[2..]
        } else {
            bytes.push(if first == b'+' { b' ' } else { first });
            tail
        };
    }
    String::from_utf8(bytes).unwrap_or_else(|_| text.to_owned())
}

/// Decodes padded base64 (RFC 4648, section 4); `None` if it is anything else.
pub(super) fn base64(text: &str) -> Option<Vec<u8>> {
    if !text.len().is_multiple_of(4) {
        return None;
    }
    let body = text
        .strip_suffix("==")
        .or_else(|| text.strip_suffix('='))
        .unwrap_or(text);
    let mut bytes = Vec::with_capacity(text.len() / 4 * 3);
    for group in body.as_bytes().chunks(4) {
        let bits = group
            .iter()
            .try_fold(0_u32, |bits, &c| Some(bits << 6 | u32::from(sextet(c)?)))?;
        let missing = 4 - group.len();
        let whole = (bits << (6 * missing)).to_be_bytes();
        bytes.extend_from_slice(&whole[1..4 - missing]);
    }
    Some(bytes)
}

fn sextet(c: u8) -> Option<u8> {
    match c {
        b'A'..=b'Z' => Some(c - b'A'),
        b'a'..=b'z' => Some(c - b'a' + 26),
        b'0'..=b'9' => Some(c - b'0' + 52),
        b'+' => Some(62),
        b'/' => Some(63),
        _ => None,
    }
}

fn hex(c: u8) -> Option<u8> {
    match c {
        b'0'..=b'9' => Some(c - b'0'),
        b'a'..=b'f' => Some(c - b'a' + 10),
        b'A'..=b'F' => Some(c - b'A' + 10),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64_is_decoded_as_the_rfc_shows() {
        for (text, bytes) in [
            ("", Some("")),
            ("Zg==", Some("f")),
            ("Zm8=", Some("fo")),
            ("Zm9v", Some("foo")),
            ("Zm9vYg==", Some("foob")),
            ("Zm9vYmE=", Some("fooba")),
            ("Zm9vYmFy", Some("foobar")),
            ("Zm9", None),
            ("Zm9*", None),
            ("====", None),
        ] {
            assert_eq!(base64(text).as_deref(), bytes.map(str::as_bytes), "{text}");
        }
    }

    #[test]
    fn forms_are_unescaped_and_broken_escapes_stay() {
        for (text, plain) in [
            ("a%20b+c", "a b c"),
            ("status%20eq%20%22ACTIVE%22", "status eq \"ACTIVE\""),
            ("100%", "100%"),
            ("%zz%4", "%zz%4"),
            ("%ff", "%ff"),
        ] {
            assert_eq!(unescape(text), plain);
        }
        let pairs: Vec<_> = form("grant_type=client_credentials&&x").collect();
        assert_eq!(pairs[0].1, "client_credentials");
        assert_eq!(pairs[1], ("x".to_owned(), String::new()));
    }
}
