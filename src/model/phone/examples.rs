//! The numbers that libphonenumber has as examples.

use rlibphonenumber::{PHONE_NUMBER_UTIL, PhoneNumber, PhoneNumberType, Region};

/// Kinds of numbers to which something is sent.
pub(super) const SENT_TO: [PhoneNumberType; 9] = [
    PhoneNumberType::Mobile,
    PhoneNumberType::FixedLine,
    PhoneNumberType::TollFree,
    PhoneNumberType::SharedCost,
    PhoneNumberType::VoIP,
    PhoneNumberType::PersonalNumber,
    PhoneNumberType::Pager,
    PhoneNumberType::UAN,
    PhoneNumberType::VoiceMail,
];

/// The example of each of these kinds of each region, in one order.
pub(super) fn of_regions(
    kinds: impl IntoIterator<Item = PhoneNumberType>,
) -> Vec<(Region, PhoneNumber)> {
    let mut regions: Vec<Region> = PHONE_NUMBER_UTIL.get_supported_regions().collect();
    regions.sort();
    let kinds: Vec<_> = kinds.into_iter().collect();
    let mut all = Vec::new();
    for region in regions {
        for kind in &kinds {
            let found = PHONE_NUMBER_UTIL.get_example_number_for_type_and_region(region, *kind);
            all.extend(found.ok().map(|number| (region, number)));
        }
    }
    all
}
