//! Phones of all regions, read here and by libphonenumber.

use rlibphonenumber::{PHONE_NUMBER_UTIL, PhoneNumberFormat, PhoneNumberType};
use wavepair::testing::model::E164;

use crate::cost::cpu_of;
use crate::lines::PHONES;
use crate::table::Table;

const READINGS: usize = 400;

/// Reads the example of each region in both ways, and compares what comes of it.
pub(crate) fn measure(table: &mut Table) {
    let numbers = examples();
    let ours = |text: &str| E164::parse(text).ok().map(|(phone, _)| phone.to_string());
    for number in &numbers {
        assert_eq!(ours(number), theirs(number), "{number}");
    }
    let time = |read: &dyn Fn(&str) -> Option<String>| {
        let start = cpu_of("self");
        for _ in 0..READINGS {
            for number in &numbers {
                assert!(read(number).is_some());
            }
        }
        (cpu_of("self") - start) * 1e9 / (READINGS * numbers.len()) as f64
    };
    let (ours, theirs) = (time(&ours), time(&theirs));
    let said = format!("{theirs:.0} ns ÷ {ours:.0} ns, {} numbers", numbers.len());
    let ratio = format!("{:.0}", theirs / ours);
    table.add(PHONES, &said, &ratio);
}

fn theirs(text: &str) -> Option<String> {
    let number = PHONE_NUMBER_UTIL.parse(text, None).ok()?;
    let is_valid = PHONE_NUMBER_UTIL.is_valid_number(&number);
    is_valid.then(|| {
        PHONE_NUMBER_UTIL
            .format(&number, PhoneNumberFormat::E164)
            .into_owned()
    })
}

/// A mobile number of each region that has one, as it is written there for others.
pub(crate) fn examples() -> Vec<String> {
    let mut numbers = Vec::new();
    for region in PHONE_NUMBER_UTIL.get_supported_regions() {
        let example = PHONE_NUMBER_UTIL
            .get_example_number_for_type_and_region(region, PhoneNumberType::Mobile);
        let Ok(example) = example else { continue };
        let written = PHONE_NUMBER_UTIL.format(&example, PhoneNumberFormat::International);
        let written = written.into_owned();
        // Some are taken by libphonenumber alone, as a kind of line that gets no messages.
        if E164::parse(&written).is_ok() {
            numbers.push(written);
        }
    }
    numbers
}
