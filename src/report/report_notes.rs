//! What is said of the device report. Pure.

use std::time::Duration;

use super::notice::Notice;
use super::quantity::{count, counted, span};
use crate::model::request::DeviceType;

/// Says what the report tells of.
pub(crate) fn was_read(types: &[DeviceType], devices: u64, unclear: u64) -> Notice {
    let mut text = format!(
        "the device report tells of {} ({})",
        counted(devices, "device"),
        words(types)
    );
    let have = match unclear {
        0 => None,
        1 => Some("1 has".to_owned()),
        _ => Some(format!("{} have", count(unclear))),
    };
    if let Some(have) = have {
        text = format!(
            "{text}; {have} no phone that can be read, and their users are listed one by one"
        );
    }
    Notice::info("device_report", text)
        .fact("devices", devices)
        .fact("unclear", unclear)
}

/// Says why users are listed one by one instead.
pub(crate) fn is_missing(types: &[DeviceType], why: &str) -> Notice {
    let text = format!(
        "users' devices are listed one by one, because the device report cannot be used ({}): {why}",
        words(types)
    );
    Notice::warning(text)
}

/// Says how long a report takes whose pages come slowly.
pub(crate) fn is_slow(devices: u64, of: Option<u64>) -> Notice {
    /// How many devices a page has, and how far two are apart.
    const PAGE: u64 = 1_000;
    const APART: u64 = 5;
    let so_far = count(devices);
    let text = match of.filter(|of| *of > devices) {
        Some(of) => {
            let left = Duration::from_secs((of - devices).div_ceil(PAGE).saturating_mul(APART));
            let (of, left) = (count(of), span(left));
            format!(
                "the device report comes one page in 5 s: {so_far} of {of} devices, {left} more"
            )
        }
        None => format!(
            "the device report comes one page in 5 s: {so_far} devices so far, 1,000 more a page"
        ),
    };
    Notice::info("device_report_is_slow", text)
}

fn words(types: &[DeviceType]) -> String {
    let words: Vec<_> = types.iter().map(|kind| kind.as_str()).collect();
    words.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    const ONE: [DeviceType; 1] = [DeviceType::WhatsApp];
    const TWO: [DeviceType; 2] = [DeviceType::WhatsApp, DeviceType::Sms];

    #[test]
    fn it_is_said_what_the_report_tells_and_how_long_it_takes_where_slow() {
        for (notice, said) in [
            (
                was_read(&TWO, 12_345, 0),
                "the device report tells of 12,345 devices (WHATSAPP, SMS)",
            ),
            (
                was_read(&ONE, 1, 1),
                "the device report tells of 1 device (WHATSAPP); 1 has no phone that can be read, and their users are listed one by one",
            ),
            (
                was_read(&ONE, 9, 2),
                "the device report tells of 9 devices (WHATSAPP); 2 have no phone that can be read, and their users are listed one by one",
            ),
            (
                is_slow(2_000, Some(100_000)),
                "the device report comes one page in 5 s: 2,000 of 100,000 devices, 8 min 10 s more",
            ),
            (
                is_slow(2_000, None),
                "the device report comes one page in 5 s: 2,000 devices so far, 1,000 more a page",
            ),
            (
                is_missing(&ONE, "status 403: no"),
                "warning: users' devices are listed one by one, because the device report cannot be used (WHATSAPP): status 403: no",
            ),
        ] {
            assert_eq!(notice.text(None, false), format!("{said}\n"));
        }
    }
}
