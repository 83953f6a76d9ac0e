//! Whatever is taken has exactly the digits of the cell: of every country, in every spelling.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use proptest::prelude::*;
use proptest::sample::select;
use rlibphonenumber::{PHONE_NUMBER_UTIL, PhoneNumberFormat};

use super::super::examples::{SENT_TO, of_regions};
use super::super::suggestion::meant_by;
use super::super::*;

/// A valid number, as E.164, with spaces, as it is dialed at home, and its country.
#[derive(Clone, Debug)]
struct Example {
    digits: String,
    spaced: String,
    national: String,
    country: String,
}

/// The example of each kind of number of each country with which libphonenumber comes.
static EXAMPLES: LazyLock<Vec<Example>> = LazyLock::new(|| {
    let mut known = BTreeSet::new();
    let mut examples = Vec::new();
    for (region, number) in of_regions(SENT_TO) {
        let format = |format| PHONE_NUMBER_UTIL.format(&number, format).into_owned();
        let digits = format(PhoneNumberFormat::E164)[1..].to_owned();
        if known.insert((digits.clone(), region.as_region_str().to_string())) {
            examples.push(Example {
                digits,
                spaced: format(PhoneNumberFormat::International),
                national: format(PhoneNumberFormat::National),
                country: region.as_region_str().to_string(),
            });
        }
    }
    examples
});

fn digits_of(text: &str) -> String {
    text.chars().filter(char::is_ascii_digit).collect()
}

/// A refusal of a valid number for its second reading.
fn is_second_reading(problem: &Problem) -> bool {
    problem.message.starts_with("has two readings") || problem.message == TWO_NUMBERS
}

#[test]
fn each_countrys_examples_are_taken_as_written_together_and_with_spaces() {
    assert!(EXAMPLES.len() > 900, "{}", EXAMPLES.len());
    for Example {
        digits,
        spaced,
        country,
        ..
    } in EXAMPLES.iter()
    {
        let spaces = spaced.replace('-', " ");
        for cell in [
            format!("+{digits}"),
            spaces.clone(),
            spaces.replace(' ', "\u{a0}"),
        ] {
            // Shorter ones are service numbers that only dialers of that country reach.
            if digits.len() < groups::MIN {
                assert!(read(&cell, None).is_err(), "{cell}");
                continue;
            }
            match read(&cell, None) {
                Ok(reading) => assert_eq!(reading.phone.digits(), *digits, "{cell} of {country}"),
                Err(problem) => panic!("{cell} of {country}: {}", problem.message),
            }
        }
    }
}

#[test]
fn each_countrys_national_numbers_are_taken_with_that_country_alone() {
    let (mut taken, mut refused) = (0, Vec::new());
    for Example {
        digits,
        national,
        country,
        ..
    } in EXAMPLES.iter()
    {
        assert!(read(national, None).is_err(), "{national}");
        match read(national, Some(country.parse().unwrap())) {
            Ok(reading) => {
                assert_eq!(reading.phone.digits(), *digits, "{national} of {country}");
                taken += 1;
            }
            Err(problem) => refused.push((country, national, problem.code)),
        }
    }
    // Written with a carrier's code, or as a local call; short ones; two readings.
    assert!(
        refused.len() * 20 < taken,
        "{taken} taken, but not {refused:?}"
    );
}

/// What may stand between digits and changes none.
const SEPARATORS: [char; 18] = [
    ' ', '-', '.', '/', '(', ')', '\u{a0}', '\u{2007}', '\u{202f}', '\u{2009}', '\u{3000}',
    '\u{2010}', '\u{2011}', '\u{2012}', '\u{2013}', '\u{2014}', '\u{2015}', '\u{2212}',
];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]

    #[test]
    fn a_valid_number_in_any_spelling_keeps_its_digits_or_has_two_readings(
        example in select(&EXAMPLES[..]),
        gaps in prop::collection::vec((select(&SEPARATORS[..]), select(&SEPARATORS[..]), 0..=2_usize), 16),
        around in "[ \u{a0}\u{200b}\u{200e}\u{202a}\u{2060}\u{feff}]{0,2}",
        quote in select(&[("", ""), ("'", ""), ("=\"", "\"")][..]),
    ) {
        prop_assume!(example.digits.len() >= groups::MIN);
        let (before, behind) = quote;
        let mut cell = format!("{around}{before}+");
        for (digit, (one, two, count)) in example.digits.chars().zip(gaps) {
            cell.push(digit);
            cell.extend([one, two].into_iter().take(count));
        }
        cell.push_str(behind);
        cell.push_str(&around);
        match read(&cell, None) {
            Ok(reading) => prop_assert_eq!(reading.phone.digits(), example.digits, "{:?}", cell),
            Err(problem) => prop_assert!(is_second_reading(&problem), "{:?}: {}", cell, problem.message),
        }
    }

    #[test]
    fn a_damaged_number_is_taken_with_exactly_its_digits_or_not_at_all(
        example in select(&EXAMPLES[..]),
        is_spaced in any::<bool>(),
        place in any::<prop::sample::Index>(),
        damage in "[0-9+ ./()x,;'\"=#*OlI\u{0}\u{a0}\u{ad}\u{200b}\u{202e}\u{2013}\u{664}\u{ff14}\u{ff0b}]{0,3}",
        drops in 0..3_usize,
        other in select(&EXAMPLES[..]),
        is_national in any::<bool>(),
    ) {
        let number = if is_spaced { example.spaced.clone() } else { format!("+{}", example.digits) };
        let number = if is_national { example.national.clone() } else { number };
        let mut text: Vec<char> = number.chars().collect();
        let at = place.index(text.len());
        let end = (at + drops).min(text.len());
        text.splice(at..end, damage.chars());
        let cell: String = text.into_iter().collect();
        let digits = digits_of(&cell);
        if let Ok(reading) = read(&cell, None) {
            prop_assert_eq!(reading.phone.digits(), digits.clone(), "{:?}", cell);
            prop_assert_eq!(cell.matches('+').count(), 1);
        }
        let country: Country = other.country.parse().unwrap();
        if let Ok(reading) = read(&cell, Some(country)) {
            let found = reading.phone.digits();
            if cell.contains('+') {
                prop_assert_eq!(found, digits, "{:?}", cell);
            } else {
                // The country code, and all digits of the cell but for a prefix of calls at home.
                let national = found.strip_prefix(&country.calling_code().to_string());
                let prefix = national.and_then(|national| digits.strip_suffix(national));
                let prefix = prefix.unwrap_or_else(|| panic!("{cell:?} in {country}: {found}"));
                prop_assert!(["", "0", "1", "8", "06", "80"].contains(&prefix), "{:?}", cell);
            }
        }
    }

    #[test]
    fn a_number_that_is_suggested_is_taken(
        example in select(&EXAMPLES[..]),
        before in "(00|011|\\+0|\\+00|0|tel:|'|\u{2019}|\\+\\+|Mobile |=)?",
        behind in "( x9|#|\u{200b}| or 5|O|\u{664}|,,2| home)?",
        country in prop::option::of(select(&EXAMPLES[..])),
    ) {
        let country = country.map(|example| example.country.parse().unwrap());
        let cell = format!("{before}{}{behind}", example.spaced);
        if let Err(problem) = read(&cell, country) {
            let meant = meant_by(&problem);
            prop_assert!(meant.is_empty() || read(meant, None).is_ok(), "{}", problem.message);
        }
    }
}
