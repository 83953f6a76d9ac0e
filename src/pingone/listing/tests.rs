//! Listings in every state, of one page and of several.

use super::super::next_page::PAGES_MAX;
use super::*;
use crate::model::outcome::Device;
use crate::model::samples;

const ONE: &str = "11111111-1111-4111-8111-111111111111";
const TWO: &str = "22222222-2222-4222-8222-222222222222";

fn key() -> DeviceKey {
    DeviceKey {
        user: "b30ac647-e33e-464f-a6ea-0275082d4c26".parse().unwrap(),
        ..samples::key(1)
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

const AT: &str = "https://api.pingone.eu/v1/environments/e/users/u/devices";

fn page_of(body: &[u8], before: Option<Pages>) -> Result<Read, Unreadable> {
    let at = match &before {
        Some(pages) => pages.next().clone(),
        None => AT.parse().unwrap(),
    };
    let page = super::page(body).ok_or(Unreadable::NotAListing)?;
    super::read(&key(), &at, before, page, body.len())
}

fn judged(body: &[u8]) -> Result<Listing, Unreadable> {
    match page_of(body, None)? {
        Read::Whole(listing, _) => Ok(listing),
        Read::GoesOn(pages) => panic!("it goes on at {}", pages.next()),
    }
}

fn read(body: &str) -> Option<Listing> {
    judged(body.as_bytes()).ok()
}

fn next(href: &str) -> String {
    format!(r#"{{"_links":{{"next":{{"href":"{href}"}}}},"_embedded":{{"devices":[]}}}}"#)
}

fn found(id: &str) -> Device {
    Device {
        id: Some(id.parse().unwrap()),
        created_at: Some("2026-11-21T11:20:18.259Z".to_owned()),
        ..Device::default()
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
    assert_eq!(judged(&whole(b"ok")), Ok(Listing::Absent));
    assert_eq!(judged(&whole(b"\xff")), Err(Unreadable::NotAListing));
}

#[test]
fn a_device_that_cannot_be_ours_does_not_hide_whether_ours_is_there() {
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
        assert_eq!(judged(alone.as_bytes()), Ok(Listing::Absent), "{other}");
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
fn the_next_page_is_followed_on_the_same_path_of_the_same_host_alone() {
    let here = "https://api.pingone.eu/v1/environments/e/users/u/devices";
    for (href, followed) in [
        (format!("{here}?cursor=2"), Some(format!("{here}?cursor=2"))),
        (
            format!("{here}/?cursor=2#x"),
            Some(format!("{here}/?cursor=2")),
        ),
        ("?cursor=2".to_owned(), Some(format!("{here}?cursor=2"))),
        (
            "https://API.pingone.eu:443/v1/environments/e/users/u/devices?b".to_owned(),
            Some(format!("{here}?b")),
        ),
        (here.to_owned(), None),
        (
            "http://api.pingone.eu/v1/environments/e/users/u/devices?c".to_owned(),
            None,
        ),
        (
            "https://api.pingone.eu:8443/v1/environments/e/users/u/devices?c".to_owned(),
            None,
        ),
        (
            "https://api.pingone.com/v1/environments/e/users/u/devices?c".to_owned(),
            None,
        ),
        (
            "https://a@api.pingone.eu/v1/environments/e/users/u/devices?c".to_owned(),
            None,
        ),
        (
            "//evil.example/v1/environments/e/users/u/devices?c".to_owned(),
            None,
        ),
        ("/v1/environments/e/users/other/devices?c".to_owned(), None),
        (format!("{here}/../../other/devices"), None),
        ("/v1?c".to_owned(), None),
        ("data:x".to_owned(), None),
        (String::new(), None),
    ] {
        let goes_on = page_of(next(&href).as_bytes(), None);
        match (goes_on, followed) {
            (Ok(Read::GoesOn(pages)), Some(expected)) => {
                assert_eq!(pages.next().as_str(), expected, "{href}");
            }
            (Err(why), None) => assert_eq!(why, Unreadable::Astray(Astray::Elsewhere), "{href}"),
            (read, expected) => panic!("{href}: {read:?}, not {expected:?}"),
        }
    }
    for odd in [r#""x""#, "{}", r#"{"href":7}"#, "[]"] {
        let body = format!(r#"{{"_links":{{"next":{odd}}},"_embedded":{{"devices":[]}}}}"#);
        let read = page_of(body.as_bytes(), None);
        assert_eq!(
            read.unwrap_err(),
            Unreadable::Astray(Astray::Elsewhere),
            "{odd}"
        );
    }
}

/// Reads pages of these devices, each but the last with a link to the next; all say that there are so many.
fn in_pages(pages: &[Vec<String>], count: u64) -> Result<Listing, Unreadable> {
    let mut before = None;
    for (at, devices) in pages.iter().enumerate() {
        let link = if at + 1 < pages.len() {
            format!(r#""next":{{"href":"?page={at}"}}"#)
        } else {
            r#""next":null"#.to_owned()
        };
        let body = format!(
            r#"{{"_links":{{{link}}},"_embedded":{{"devices":[{}]}},"count":{count},"size":{}}}"#,
            devices.join(","),
            devices.len()
        );
        match page_of(body.as_bytes(), before.take())? {
            Read::Whole(listing, _) => return Ok(listing),
            Read::GoesOn(pages) => before = Some(pages),
        }
    }
    panic!("the last page ends it");
}

#[test]
fn a_listing_of_several_pages_is_judged_as_a_whole() {
    let sms = |at: u32| {
        entry(
            &format!("0000000{at}-1111-4111-8111-111111111111"),
            "SMS",
            "+1",
        )
    };
    let ours = entry(ONE, "WHATSAPP", "+15125551234");
    let also = entry(TWO, "WHATSAPP", "+1.5125551234");
    let present = Ok(Listing::Present(found(ONE)));
    for (pages, count, expected) in [
        (vec![vec![ours.clone()], vec![sms(1)]], 2, present.clone()),
        (
            vec![vec![sms(1)], vec![], vec![ours.clone()]],
            2,
            present.clone(),
        ),
        (vec![vec![sms(1)], vec![sms(2)]], 2, Ok(Listing::Absent)),
        (
            vec![vec![ours.clone()], vec![also]],
            2,
            Ok(Listing::Several(found(ONE))),
        ),
        (vec![vec![ours.clone()], vec![ours.clone()]], 1, present),
        // The same device on both pages, and one of them on neither.
        (
            vec![vec![sms(1), sms(2)], vec![sms(2), sms(3)]],
            4,
            Err(Unreadable::NotWhole),
        ),
        (
            vec![vec![sms(1)], vec![sms(2)]],
            3,
            Err(Unreadable::NotWhole),
        ),
        (
            vec![vec![entry(TWO, "WHATSAPP", "+1********34")], vec![ours]],
            2,
            Err(Unreadable::Unclear),
        ),
    ] {
        assert_eq!(in_pages(&pages, count), expected, "{pages:?}");
    }
}

#[test]
fn a_listing_without_an_end_is_not_read_for_ever() {
    let endless = vec![Vec::new(); PAGES_MAX + 1];
    assert_eq!(
        in_pages(&endless, 0),
        Err(Unreadable::Astray(Astray::TooLong))
    );
    assert_eq!(in_pages(&endless[1..], 0), Ok(Listing::Absent));
    let mut before = None;
    let long = next("?more").replace(
        "\"devices\":[]",
        &format!("\"devices\":[],\"x\":\"{}\"", "x".repeat(1 << 20)),
    );
    for page in 1.. {
        let body = long.replace("more", &page.to_string());
        match page_of(body.as_bytes(), before.take()) {
            Ok(Read::GoesOn(pages)) => before = Some(pages),
            other => {
                assert_eq!(other.unwrap_err(), Unreadable::Astray(Astray::TooLong));
                assert_eq!(page, 4, "after so many MiB");
                break;
            }
        }
    }
    // Round in a circle.
    let Ok(Read::GoesOn(pages)) = page_of(next("?a").as_bytes(), None) else {
        panic!("there is another one");
    };
    let again = page_of(next("?a").as_bytes(), Some(pages));
    assert_eq!(again.unwrap_err(), Unreadable::Astray(Astray::Elsewhere));
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

#[test]
fn all_devices_count_for_the_limit_but_those_that_wait_for_activation() {
    let device = |id: u8, kind: &str, status: &str| {
        format!(
            r#"{{"id":"cd44c285-2375-4c17-9c54-47dea443{id:04}","type":"{kind}","status":"{status}","phone":"+442071838750"}}"#
        )
    };
    let devices = [
        device(1, "SMS", "ACTIVE"),
        device(2, "TOTP", "ACTIVE"),
        device(3, "SMS", "ACTIVATION_REQUIRED"),
        device(2, "TOTP", "ACTIVE"),
        device(4, "MOBILE", "BLOCKED"),
    ];
    let body = format!(r#"{{"_embedded":{{"devices":[{}]}}}}"#, devices.join(","));
    let Ok(Read::Whole(_, paired)) = page_of(body.as_bytes(), None) else {
        panic!("it is whole");
    };
    assert_eq!(paired, 3);
}
