//! From which countries the valid numbers of a wave are, as far as their calling codes tell.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use super::phone::E164;

/// How many numbers have each calling code.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct CallingCodes(BTreeMap<u16, u64>);

impl CallingCodes {
    /// Counts a number.
    pub(crate) fn note(&mut self, phone: E164) {
        *self.0.entry(phone.calling_code()).or_default() += 1;
    }

    /// Each calling code with its numbers, the most frequent first.
    pub(crate) fn by_frequency(&self) -> Vec<(u16, u64)> {
        let mut codes: Vec<_> = self.0.iter().map(|(&code, &count)| (code, count)).collect();
        codes.sort_by_key(|&(code, count)| (Reverse(count), code));
        codes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_counted_by_calling_code_the_most_frequent_first() {
        let mut codes = CallingCodes::default();
        for digits in [
            "15125551234",
            "447400123456",
            "12425551234",
            "393123456789",
            "3531234567",
            "447400123457",
            "15125551235",
        ] {
            codes.note(E164::from_digits(digits).unwrap());
        }
        // Numbers of one plan have one code, whatever the country: +1 is Texas and the Bahamas.
        assert_eq!(codes.by_frequency(), [(1, 3), (44, 2), (39, 1), (353, 1)]);
    }
}
