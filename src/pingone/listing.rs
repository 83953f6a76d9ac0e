//! What a listing of a user's devices shows of one device, if anything.

use crate::model::outcome::Listing;
use crate::model::request::DeviceKey;

use super::fit::{Differs, Fit, device, fit};
use super::wire;

/// Reads the body of a 200; `None` where it may not be believed.
///
/// An absence is evidence only in a listing that is whole and in which every device that
/// could be the one looked for can be judged. `None` therefore for: anything but JSON in UTF-8
/// (RFC 8259, section 8.1), no `_embedded.devices`, a `_links.next`, a `count` or `size` greater
/// than what is there, a device of another user, and one whose type or address is missing or
/// masked so that it may be the one.
pub fn listing(key: &DeviceKey, body: &[u8]) -> Option<Listing> {
    shown(key, &page(body)?)
}

/// A page of devices, as it came.
pub(super) type Page = wire::Collection<wire::Devices>;

/// Reads the JSON of a page.
pub(super) fn page(body: &[u8]) -> Option<Page> {
    // As bytes, what is skipped of it would not be checked.
    let body = std::str::from_utf8(body).ok()?;
    serde_json::from_str(body).ok()
}

/// What a page shows of a device; `None` where it may not be believed.
pub(super) fn shown(key: &DeviceKey, page: &Page) -> Option<Listing> {
    let devices = page.embedded.as_ref()?.devices.as_ref()?;

    let goes_on = page
        .links
        .as_ref()
        .is_some_and(|links| links.get("next").is_some_and(|next| !next.is_null()));
    let shown = devices.len() as u64;
    if goes_on || page.count.max(page.size) > Some(shown) {
        return None;
    }

    let mut matches = Vec::new();
    for shown in devices {
        match fit(key, shown) {
            Fit::Same => matches.push(shown),
            Fit::Other(Differs::User) | Fit::Unclear => return None,
            Fit::Other(Differs::Type | Differs::Address) => {}
        }
    }
    let id = |device: &wire::Device| device.id.as_ref().map(|id| id.to_lowercase());
    Some(match matches.split_first() {
        None => Listing::Absent,
        // What is listed twice under one ID is there once.
        Some((first, more)) if more.iter().all(|m| id(m).is_some() && id(m) == id(first)) => {
            Listing::Present(device(key, first))
        }
        Some((first, _)) => Listing::Several(device(key, first)),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::outcome::Device;
    use crate::model::phone::E164;
    use crate::model::request::{Address, DeviceType};

    const ONE: &str = "11111111-1111-4111-8111-111111111111";
    const TWO: &str = "22222222-2222-4222-8222-222222222222";

    fn key() -> DeviceKey {
        DeviceKey {
            user: "b30ac647-e33e-464f-a6ea-0275082d4c26".parse().unwrap(),
            kind: DeviceType::WhatsApp,
            address: Address::Phone(E164::from_digits("15125551234").unwrap()),
        }
    }

    fn entry(id: &str, kind: &str, phone: &str) -> String {
        format!(
            r#"{{"id":"{id}","type":"{kind}","phone":"{phone}","createdAt":"2026-11-21T11:20:18.259Z"}}"#
        )
    }

    fn page(devices: &[String], more: &str) -> String {
        format!(
            r#"{{"_links":{{"self":{{"href":"x"}}}},"_embedded":{{"devices":[{}]}}{more}}}"#,
            devices.join(",")
        )
    }

    fn read(body: &str) -> Option<Listing> {
        listing(&key(), body.as_bytes())
    }

    fn found(id: &str) -> Device {
        Device {
            id: Some(id.parse().unwrap()),
            created_at: Some("2026-11-21T11:20:18.259Z".to_owned()),
        }
    }

    #[test]
    fn a_device_is_found_by_type_and_digits_in_any_spelling() {
        let other = entry(TWO, "SMS", "+15125551234");
        let nobody = entry(TWO, "WHATSAPP", "+15125559999");
        for phone in [
            "+15125551234",
            "+1.5125551234",
            "+1 (512) 555-1234",
            "1-512-555-1234",
        ] {
            let ours = entry(ONE, "WHATSAPP", phone);
            assert_eq!(
                read(&page(&[other.clone(), ours, nobody.clone()], "")),
                Some(Listing::Present(found(ONE))),
                "{phone}"
            );
        }
        assert_eq!(read(&page(&[other, nobody], "")), Some(Listing::Absent));
        assert_eq!(
            read(&page(&[], r#","count":0,"size":0"#)),
            Some(Listing::Absent)
        );
    }

    #[test]
    fn more_than_one_is_reported_with_the_first() {
        let devices = [
            entry(TWO, "WHATSAPP", "+1.5125551234"),
            entry(ONE, "WHATSAPP", "+15125551234"),
        ];
        assert_eq!(
            read(&page(&devices, "")),
            Some(Listing::Several(found(TWO)))
        );
    }

    #[test]
    fn a_device_without_a_sound_id_is_still_there() {
        let body = page(&[entry("7", "WHATSAPP", "+15125551234")], "");
        let Some(Listing::Present(device)) = read(&body) else {
            panic!("it is present");
        };
        assert_eq!(device.id, None);
    }

    #[test]
    fn a_listing_that_cannot_be_judged_whole_says_nothing() {
        let ours = entry(ONE, "WHATSAPP", "+15125551234");
        let cut = page(std::slice::from_ref(&ours), "");
        let many = vec![entry(TWO, "SMS", "+15125551234"); 3];
        for (body, why) in [
            (String::new(), "empty"),
            ("null".to_owned(), "null"),
            ("<html>".to_owned(), "HTML"),
            (cut[..cut.len() - 2].to_owned(), "cut off"),
            (r#"{"_links":{}}"#.to_owned(), "no _embedded"),
            (r#"{"_embedded":{}}"#.to_owned(), "no devices"),
            (
                r#"{"_embedded":{"devices":null}}"#.to_owned(),
                "null devices",
            ),
            (
                r#"{"_embedded":{"devices":{}}}"#.to_owned(),
                "devices is no array",
            ),
            (
                r#"{"_links":{"next":{"href":"x"}},"_embedded":{"devices":[]}}"#.to_owned(),
                "another page",
            ),
            (page(&many, r#","count":4"#), "fewer than counted"),
            (page(&many, r#","size":4"#), "fewer than the page's size"),
            (
                page(&[entry(ONE, "WHATSAPP", "+1********34")], ""),
                "a masked phone",
            ),
            (page(&[r#"{"type":"WHATSAPP"}"#.to_owned()], ""), "no phone"),
            (page(&[format!(r#"{{"id":"{ONE}"}}"#)], ""), "no type"),
            (page(&["7".to_owned()], ""), "no device"),
            (
                page(
                    &[format!(r#"{{"type":"SMS","user":{{"id":"{TWO}"}}}}"#)],
                    "",
                ),
                "another user's devices",
            ),
        ] {
            assert_eq!(read(&body), None, "{why}");
        }
    }

    #[test]
    fn a_listing_that_is_no_utf8_where_nobody_reads_it_says_nothing() {
        let (before, after) = (br#"{"_embedded":{"devices":[]},"more":""#, br#""}"#);
        let whole = |middle: &[u8]| [before, middle, after.as_slice()].concat();
        assert_eq!(listing(&key(), &whole(b"ok")), Some(Listing::Absent));
        assert_eq!(listing(&key(), &whole(b"\xff")), None);
    }

    #[test]
    fn a_device_that_cannot_be_ours_does_not_hide_that_ours_is_absent_or_there() {
        let ours = entry(ONE, "WHATSAPP", "tel:+1\u{2011}512\u{2011}555\u{2011}1234");
        for other in [
            entry(TWO, "WHATSAPP", "+1\u{2011}512\u{2011}555\u{2011}9999"),
            entry(TWO, "WHATSAPP", "tel:+49-151-12345678"),
            entry(TWO, "WHATSAPP", "+1 512 555 9999 ext. 12"),
            entry(TWO, "WHATSAPP", "+1********99"),
            r#"{"phone":"+4915112345678"}"#.to_owned(),
            r#"{"type":"SMS","phone":7,"id":8,"createdAt":[],"user":{}}"#.to_owned(),
        ] {
            let alone = page(std::slice::from_ref(&other), "");
            assert_eq!(read(&alone), Some(Listing::Absent), "{other}");
            let both = page(&[other.clone(), ours.clone()], "");
            assert_eq!(read(&both), Some(Listing::Present(found(ONE))), "{other}");
        }
    }

    #[test]
    fn a_device_that_is_listed_twice_under_one_id_is_one_device() {
        let ours = entry(ONE, "WHATSAPP", "+15125551234");
        let again = entry(&ONE.to_uppercase(), "WHATSAPP", "+1 512 555 1234");
        let twice = page(&[ours.clone(), again.clone()], r#","count":2"#);
        assert_eq!(read(&twice), Some(Listing::Present(found(ONE))));
        let third = entry(TWO, "WHATSAPP", "+15125551234");
        let three = page(&[ours, again, third], "");
        assert_eq!(read(&three), Some(Listing::Several(found(ONE))));
        let nameless = r#"{"type":"WHATSAPP","phone":"+15125551234"}"#.to_owned();
        let two = page(&[nameless.clone(), nameless], "");
        assert!(matches!(read(&two), Some(Listing::Several(_))));
    }

    #[test]
    fn what_other_types_look_like_does_not_matter() {
        let body = page(
            &[
                r#"{"id":"x","type":"FIDO2","nickname":"key","rp":{"id":"y"}}"#.to_owned(),
                entry(TWO, "SMS", "+1********34"),
            ],
            r#","count":2"#,
        );
        assert_eq!(read(&body), Some(Listing::Absent));
        let thousands: Vec<_> = (0..10_000).map(|_| entry(TWO, "SMS", "+1")).collect();
        assert_eq!(read(&page(&thousands, "")), Some(Listing::Absent));
    }
}
