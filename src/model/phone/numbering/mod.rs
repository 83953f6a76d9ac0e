//! What kind of number the digits behind a `+` are, by libphonenumber's own patterns.
//!
//! The patterns are regular, and over ten digits: all of a calling code make one automaton, which
//! reads a number once. It is built from the metadata when the first number of its code is met, and
//! answers only where libphonenumber certainly takes the digits as they are; in all other cases the
//! caller asks libphonenumber itself.

mod automaton;
mod plan;

use std::sync::{LazyLock, OnceLock};

use rlibphonenumber::{PhoneMetadata, PhoneNumberType};

use super::super::libphonenumber::metadata;
use super::calling_code;
use plan::Plan;

/// The regions that share a calling code, the main one first; by calling code.
static REGIONS: LazyLock<Vec<Vec<PhoneMetadata>>> = LazyLock::new(|| {
    let mut by_code: Vec<Vec<PhoneMetadata>> = Vec::new();
    by_code.resize_with(CODES, Vec::new);
    for region in metadata().metadata {
        let code = region
            .country_code
            .and_then(|code| usize::try_from(code).ok());
        if let Some(regions) = code.and_then(|code| by_code.get_mut(code)) {
            // As libphonenumber orders them.
            let place = if region.main_country_for_code() {
                0
            } else {
                regions.len()
            };
            regions.insert(place, region);
        }
    }
    by_code
});

/// A calling code has at most three digits (ITU-T E.164).
const CODES: usize = 1000;

/// The plan of each calling code that was met; `None` where it can answer nothing.
static PLANS: [OnceLock<Option<Plan>>; CODES] = [const { OnceLock::new() }; CODES];

/// The kind of number that libphonenumber takes these digits for, each of them as it is written:
/// [`PhoneNumberType::Unknown`] where they are no valid number.
///
/// `None` where that is not certain, because it may drop or change some of them.
pub(super) fn kind(digits: &str) -> Option<PhoneNumberType> {
    let (code, national) = calling_code::split(digits);
    if code.starts_with('0') {
        return None;
    }
    let code: usize = code.parse().ok()?;
    let plan = PLANS
        .get(code)?
        .get_or_init(|| Plan::new(REGIONS.get(code)?));
    plan.as_ref()?.kind(national.as_bytes())
}

#[cfg(test)]
mod tests;
