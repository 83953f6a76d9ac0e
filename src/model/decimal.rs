//! The digits of every script.

/// The zero of each script, in order; the nine characters behind it are its other digits.
///
/// Unicode 17, general category `Nd`: "decimal digits form contiguous ranges of ascending values"
/// (Unicode Standard, section 4.6).
const ZEROS: [char; 75] = [
    '0',
    '\u{660}',
    '\u{6f0}',
    '\u{7c0}',
    '\u{966}',
    '\u{9e6}',
    '\u{a66}',
    '\u{ae6}',
    '\u{b66}',
    '\u{be6}',
    '\u{c66}',
    '\u{ce6}',
    '\u{d66}',
    '\u{de6}',
    '\u{e50}',
    '\u{ed0}',
    '\u{f20}',
    '\u{1040}',
    '\u{1090}',
    '\u{17e0}',
    '\u{1810}',
    '\u{1946}',
    '\u{19d0}',
    '\u{1a80}',
    '\u{1a90}',
    '\u{1b50}',
    '\u{1bb0}',
    '\u{1c40}',
    '\u{1c50}',
    '\u{a620}',
    '\u{a8d0}',
    '\u{a900}',
    '\u{a9d0}',
    '\u{a9f0}',
    '\u{aa50}',
    '\u{abf0}',
    '\u{ff10}',
    '\u{104a0}',
    '\u{10d30}',
    '\u{10d40}',
    '\u{11066}',
    '\u{110f0}',
    '\u{11136}',
    '\u{111d0}',
    '\u{112f0}',
    '\u{11450}',
    '\u{114d0}',
    '\u{11650}',
    '\u{116c0}',
    '\u{116d0}',
    '\u{116da}',
    '\u{11730}',
    '\u{118e0}',
    '\u{11950}',
    '\u{11bf0}',
    '\u{11c50}',
    '\u{11d50}',
    '\u{11da0}',
    '\u{11de0}',
    '\u{11f50}',
    '\u{16a60}',
    '\u{16ac0}',
    '\u{16b50}',
    '\u{1ccf0}',
    '\u{1d7ce}',
    '\u{1d7d8}',
    '\u{1d7e2}',
    '\u{1d7ec}',
    '\u{1d7f6}',
    '\u{1e140}',
    '\u{1e2f0}',
    '\u{1e4f0}',
    '\u{1e5f1}',
    '\u{1e950}',
    '\u{1fbf0}',
];

/// The value of a digit of any script, as its ASCII character; `None` for all else.
pub(crate) fn ascii_digit(character: char) -> Option<char> {
    let before = ZEROS.partition_point(|&zero| zero <= character);
    let zero = *ZEROS.get(before.checked_sub(1)?)?;
    char::from_digit(u32::from(character) - u32::from(zero), 10)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_digit_of_any_script_has_its_value() {
        for (character, digit) in [
            ('7', Some('7')),
            ('\u{663}', Some('3')),
            ('\u{6f9}', Some('9')),
            ('\u{96a}', Some('4')),
            ('\u{ff10}', Some('0')),
            ('\u{1d7ff}', Some('9')),
            ('a', None),
            ('/', None),
            (':', None),
            ('\u{b2}', None),
            ('\u{2460}', None),
            ('\u{66a}', None),
            ('\0', None),
        ] {
            assert_eq!(ascii_digit(character), digit, "{character:?}");
        }
    }

    #[test]
    fn every_script_in_the_table_has_ten_digits_and_stands_in_order() {
        assert!(ZEROS.is_sorted_by(|one, next| u32::from(*one) + 9 < u32::from(*next)));
        for zero in ZEROS {
            for value in 0..10 {
                let digit = char::from_u32(u32::from(zero) + value).unwrap();
                assert!(digit.is_numeric(), "{digit:?}");
                assert_eq!(ascii_digit(digit), char::from_digit(value, 10));
            }
        }
    }
}
