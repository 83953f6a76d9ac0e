//! The automata say what libphonenumber says, of every number that they are sure of.
//!
//! A run in passing takes 30,000 numbers. As many as wanted, and then every number within two digits of
//! an example of each region and kind, some six million, some minutes with the release profile:
//!
//! ```text
//! WAVEPAIR_NUMBERS=10000000 cargo test --release --lib numbering -- --nocapture
//! ```

use rlibphonenumber::{PHONE_NUMBER_UTIL, PhoneNumber, PhoneNumberType, PhoneNumberUtil};

use super::super::super::libphonenumber::LIBRARY;
use super::super::examples::{SENT_TO, of_regions};
use super::*;

fn digits_of(number: &PhoneNumber) -> String {
    let zeros = if number.italian_leading_zero() {
        usize::try_from(number.number_of_leading_zeros()).unwrap()
    } else {
        0
    };
    format!(
        "{}{}{}",
        number.country_code,
        "0".repeat(zeros),
        number.national_number
    )
}

/// The example of each kind of number of each region, and of what belongs to no region.
fn examples() -> Vec<String> {
    let kinds = SENT_TO.into_iter().chain([PhoneNumberType::PremiumRate]);
    let of_regions = of_regions(kinds).into_iter().map(|(_, number)| number);
    let codes = PHONE_NUMBER_UTIL.get_supported_global_network_calling_codes();
    let of_codes = codes.filter_map(|code| {
        PHONE_NUMBER_UTIL
            .get_example_number_for_non_geo_entity(code)
            .ok()
    });
    let mut all: Vec<String> = of_regions
        .chain(of_codes)
        .map(|number| digits_of(&number))
        .collect();
    all.sort();
    all.dedup();
    all
}

/// What the library says of digits behind a `+`: their kind, where it takes each of them as it is
/// written.
fn oracle(library: &PhoneNumberUtil, digits: &str) -> Option<PhoneNumberType> {
    match library.parse(format!("+{digits}"), None) {
        Err(_) => Some(PhoneNumberType::Unknown),
        Ok(number) if digits_of(&number) == digits => Some(library.get_number_type(&number)),
        Ok(_) => None,
    }
}

/// Holds the automaton, and libphonenumber over ASCII patterns, against libphonenumber; tells whether
/// the automaton was sure.
fn hold(digits: &str) -> bool {
    let expected = oracle(&PHONE_NUMBER_UTIL, digits);
    assert_eq!(
        oracle(&LIBRARY, digits),
        expected,
        "libphonenumber over ASCII: +{digits}"
    );
    let found = kind(digits);
    if found.is_some() {
        assert_eq!(found, expected, "+{digits}");
    }
    found.is_some()
}

/// A number near an example: a digit or two of another value, one more or less.
fn near(example: &str, dice: &mut fastrand::Rng) -> String {
    let mut digits = example.to_owned().into_bytes();
    for _ in 0..dice.usize(0..3) {
        let place = dice.usize(0..digits.len());
        digits[place] = dice.u8(b'0'..=b'9');
    }
    match dice.u8(0..8) {
        0 => digits.push(dice.u8(b'0'..=b'9')),
        1 => digits.truncate(digits.len() - 1),
        2 => digits.insert(dice.usize(0..digits.len()), dice.u8(b'0'..=b'9')),
        _ => {}
    }
    String::from_utf8(digits).unwrap()
}

/// A number of any code and length.
fn any(dice: &mut fastrand::Rng) -> String {
    let length = dice.usize(7..=15);
    let first = char::from(dice.u8(b'1'..=b'9'));
    std::iter::once(first)
        .chain((1..length).map(|_| char::from(dice.u8(b'0'..=b'9'))))
        .collect()
}

#[test]
#[expect(
    clippy::print_stdout,
    reason = "how much was compared is what a long run is for"
)]
fn the_automata_say_what_libphonenumber_says() {
    let wanted = std::env::var("WAVEPAIR_NUMBERS")
        .ok()
        .map(|count| count.parse().unwrap());
    let (examples, mut dice) = (examples(), fastrand::Rng::with_seed(1));
    let (mut sure, count) = (0, wanted.unwrap_or(30_000));
    for _ in 0..count {
        let digits = match dice.u8(0..4) {
            0 => any(&mut dice),
            _ => near(&examples[dice.usize(0..examples.len())], &mut dice),
        };
        sure += usize::from(hold(&digits));
    }
    println!("{count} numbers, the automata were sure of {sure}");
    assert!(sure > count / 10 * 9, "sure of {sure} of {count}");
    if wanted.is_some() {
        println!("{} numbers near examples", every_number_near(&examples));
    }
}

/// Holds every number that differs from an example in two digits at most.
fn every_number_near(examples: &[String]) -> u64 {
    let mut held = 0;
    for example in examples {
        let mut digits = example.clone().into_bytes();
        for first in 0..digits.len() {
            for second in first + 1..digits.len() {
                let before = (digits[first], digits[second]);
                for pair in 0..100 {
                    (digits[first], digits[second]) = (b'0' + pair / 10, b'0' + pair % 10);
                    hold(std::str::from_utf8(&digits).unwrap());
                    held += 1;
                }
                (digits[first], digits[second]) = before;
            }
        }
    }
    held
}

#[test]
fn nearly_every_example_is_known_without_libphonenumber() {
    let examples = examples();
    let unsure: Vec<_> = examples.iter().filter(|example| !hold(example)).collect();
    assert!(
        unsure.len() * 50 < examples.len(),
        "{} of {}: {unsure:?}",
        unsure.len(),
        examples.len()
    );
}

#[test]
fn each_calling_code_has_a_plan() {
    for code in PHONE_NUMBER_UTIL.get_supported_calling_codes() {
        let code = usize::try_from(code).unwrap();
        assert!(Plan::new(&REGIONS[code]).is_some(), "+{code}");
    }
}
