//! Base64 (RFC 4648, section 4), to know a secret in disguise.

const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

pub(crate) fn encode(data: &[u8]) -> String {
    let mut text = String::new();
    for chunk in data.chunks(3) {
        let bits = chunk
            .iter()
            .chain([&0; 3])
            .take(3)
            .fold(0, |bits, &byte| (bits << 8) | usize::from(byte));
        for place in 0..4 {
            let letter = ALPHABET[(bits >> (18 - 6 * place)) & 63];
            text.push(if place <= chunk.len() {
                char::from(letter)
            } else {
                '='
            });
        }
    }
    text
}

#[test]
fn it_is_that_of_the_rfc() {
    let vectors = [
        ("", ""),
        ("f", "Zg=="),
        ("fo", "Zm8="),
        ("foo", "Zm9v"),
        ("foobar", "Zm9vYmFy"),
    ];
    for (plain, encoded) in vectors {
        assert_eq!(encode(plain.as_bytes()), encoded);
    }
}
