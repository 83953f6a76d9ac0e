//! The digests of a plan: of bytes, and of what devices send passcodes to.

use std::fmt;
use std::str::FromStr;

use aws_lc_rs::digest::{Context, SHA256};
use aws_lc_rs::hmac;

use crate::model::request::Address;

/// A SHA-256, written as 64 hexadecimal digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Digest([u8; 32]);

/// Sums bytes up to a [`Digest`].
#[derive(Clone)]
pub(crate) struct Sum(Context);

impl fmt::Debug for Sum {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Sum")
    }
}

impl Sum {
    /// Of nothing so far.
    pub(crate) fn new() -> Self {
        Self(Context::new(&SHA256))
    }

    /// Adds bytes.
    pub(crate) fn add(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    /// Of all that was added.
    pub(crate) fn digest(self) -> Digest {
        let mut bytes = [0; 32];
        bytes.copy_from_slice(self.0.finish().as_ref());
        Digest(bytes)
    }
}

/// Sums up the bytes of a wave, as a plan rests on them.
#[derive(Debug)]
pub(crate) struct WaveSum {
    bytes: Sum,
    key: Sum,
}

impl WaveSum {
    /// Of no byte so far.
    pub(crate) fn new() -> Self {
        let mut key = Sum::new();
        // Another digest of the same bytes: the one that stands in a plan does not give it away.
        key.add(b"wavepair plan: the key of its addresses\0");
        Self {
            bytes: Sum::new(),
            key,
        }
    }

    /// Adds bytes of the wave.
    pub(crate) fn add(&mut self, bytes: &[u8]) {
        self.bytes.add(bytes);
        self.key.add(bytes);
    }

    /// What a plan says of the bytes, and the key for its addresses, which no plan says.
    pub(crate) fn finish(self) -> (Digest, AddressKey) {
        let Digest(key) = self.key.digest();
        let key = AddressKey(hmac::Key::new(hmac::HMAC_SHA256, &key));
        (self.bytes.digest(), key)
    }
}

/// Makes digests of addresses; whoever has the wave can make it, and nobody else.
#[derive(Debug)]
pub(crate) struct AddressKey(hmac::Key);

impl AddressKey {
    /// The digest of what a device sends its passcodes to: the same one for the same digits.
    pub(crate) fn digest(&self, address: &Address) -> AddressDigest {
        self.of(address.key().as_bytes())
    }

    /// The digest of a text that may hold phones.
    pub(crate) fn of(&self, text: &[u8]) -> AddressDigest {
        let tag = hmac::sign(&self.0, text);
        let mut digest = [0; 16];
        digest.copy_from_slice(&tag.as_ref()[..16]);
        AddressDigest(digest)
    }
}

/// The first half of an HMAC-SHA-256, written as 32 hexadecimal digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct AddressDigest([u8; 16]);

/// A text that is no digest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("expected {0} hexadecimal digits in lower case")]
pub(crate) struct NoDigest(usize);

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        hex(&self.0, f)
    }
}

impl FromStr for Digest {
    type Err = NoDigest;

    fn from_str(text: &str) -> Result<Self, NoDigest> {
        from_hex(text).map(Self)
    }
}

impl fmt::Display for AddressDigest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        hex(&self.0, f)
    }
}

impl FromStr for AddressDigest {
    type Err = NoDigest;

    fn from_str(text: &str) -> Result<Self, NoDigest> {
        from_hex(text).map(Self)
    }
}

fn hex(bytes: &[u8], f: &mut fmt::Formatter<'_>) -> fmt::Result {
    bytes.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
}

/// Reads what [`hex`] wrote, and nothing else.
fn from_hex<const N: usize>(text: &str) -> Result<[u8; N], NoDigest> {
    let digit = |digit: u8| match digit {
        b'0'..=b'9' => Ok(digit - b'0'),
        b'a'..=b'f' => Ok(digit - b'a' + 10),
        _ => Err(NoDigest(2 * N)),
    };
    let (pairs, rest) = text.as_bytes().as_chunks::<2>();
    if pairs.len() != N || !rest.is_empty() {
        return Err(NoDigest(2 * N));
    }
    let mut bytes = [0; N];
    for (byte, [high, low]) in bytes.iter_mut().zip(pairs) {
        *byte = digit(*high)? << 4 | digit(*low)?;
    }
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::phone::E164;

    fn of(text: &str) -> (Digest, AddressKey) {
        let mut sum = WaveSum::new();
        for byte in text.bytes() {
            sum.add(&[byte]);
        }
        sum.finish()
    }

    #[test]
    fn a_wave_has_the_digest_that_other_tools_give_it() {
        let (digest, _) = of("abc");
        // FIPS 180-2, appendix B.1.
        let known = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        assert_eq!(digest.to_string(), known);
        assert_eq!(known.parse(), Ok(digest));
    }

    #[test]
    fn a_text_that_was_not_written_as_a_digest_is_none() {
        for wrong in [
            "",
            "ba7816bf8f01cfea414140de5dae222",
            "BA7816BF8F01CFEA414140DE5DAE2223",
            "ba7816bf8f01cfea414140de5dae222\u{e4}",
            "ba7816bf8f01cfea414140de5dae222300",
        ] {
            assert_eq!(wrong.parse::<AddressDigest>(), Err(NoDigest(32)), "{wrong}");
        }
    }

    #[test]
    fn a_phone_has_one_digest_in_a_wave_in_any_spelling_and_another_elsewhere() {
        let phone = |text| Address::Phone(E164::parse(text).unwrap().0);
        let (_, key) = of("a");
        let digest = key.digest(&phone("+447911123456"));
        assert_eq!(key.digest(&phone("+44 7911 123456")), digest);
        assert_ne!(key.digest(&phone("+447911123457")), digest);
        let (_, other) = of("b");
        assert_ne!(other.digest(&phone("+447911123456")), digest);
        assert!(!digest.to_string().contains("7911123456"));
    }

    #[test]
    fn the_key_is_not_what_the_plan_says_of_the_wave() {
        let (Digest(said), AddressKey(_)) = of("a");
        let (_, key) = of("a");
        let with_said = AddressKey(hmac::Key::new(hmac::HMAC_SHA256, &said));
        assert_ne!(with_said.of(b"1"), key.of(b"1"));
    }
}
