//! Keyed fingerprints: what is kept of a thing that is only compared.

use std::hash::{BuildHasher, Hash, RandomState};

/// Makes fingerprints of 128 bits by keys of its own: no file can be made for them, and those of two
/// makers have nothing in common.
///
/// At ten million things the chance that two of them are confused is one in 10^24.
#[derive(Debug, Default)]
pub(crate) struct Fingerprints([RandomState; 2]);

impl Fingerprints {
    /// The fingerprint of a thing.
    pub(crate) fn of(&self, thing: &impl Hash) -> [u64; 2] {
        self.0.each_ref().map(|hasher| hasher.hash_one(thing))
    }

    /// The same in four parts, for tables that keep no more of it than they need.
    pub(crate) fn in_parts(&self, thing: &impl Hash) -> [u32; 4] {
        let low = |hash: u64| u32::try_from(hash & u64::from(u32::MAX)).unwrap_or_default();
        let [one, other] = self.of(thing);
        [low(one), low(one >> 32), low(other), low(other >> 32)]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_thing_has_one_fingerprint_of_each_maker() {
        let (one, other) = (Fingerprints::default(), Fingerprints::default());
        assert_eq!(one.of(&"ada"), one.of(&"ada"));
        assert_eq!(one.in_parts(&"ada"), one.in_parts(&"ada"));
        assert_ne!(one.of(&"ada"), one.of(&"Ada"));
        assert_ne!(one.of(&"ada"), other.of(&"ada"));
    }
}
