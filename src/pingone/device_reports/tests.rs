//! Pages of a report, in every shape that is read, and in those that are not.

use super::*;
use crate::model::outcome::Proof;
use crate::pingone::read::ReadFailure;

const REPORTS: &str = "https://api.pingone.eu/v1/environments/E/dataExplorations";
const USER: &str = "b30ac647-e33e-464f-a6ea-0275082d4c26";
const DEVICE: &str = "cd44c285-2375-4c17-9c54-47dea4438e11";
const REPORT: &str = "0c5a8d51-0c0a-4b57-8f0a-6f8c3f0b1a2d";
const KIND: DeviceType = DeviceType::WhatsApp;

fn reports() -> Url {
    REPORTS.parse().unwrap()
}

fn answer(
    before: Option<&NextReportPage>,
    status: u16,
    body: &str,
) -> Result<ReportPage, ReadError> {
    let head = Head::bare(status, Proof::Proven);
    let body = Ok(Bytes::copy_from_slice(body.as_bytes()));
    report_answer(KIND, &reports(), before, &head, &body)
}

fn page(entries: &str, rest: &str) -> String {
    format!(r#"{{"_embedded":{{"entries":[{entries}]}}{rest}}}"#)
}

fn good() -> String {
    format!(
        r#"{{"userId":"{USER}","phone":"+1.5125551234","deviceStatus":"ACTIVE","deviceId":"{DEVICE}"}}"#
    )
}

fn next(href: &str) -> String {
    format!(r#","_links":{{"next":{{"href":"{href}"}}}}"#)
}

fn why(error: &ReadError) -> String {
    assert_eq!(error.failure, ReadFailure::Malformed, "{error}");
    error.answer.message.clone().unwrap()
}

#[test]
fn the_request_is_pingones_own_example() {
    assert_eq!(
        body(KIND),
        r#"{"dataExplorationTemplate":{"id":"db632bfd-7054-4bde-b108-a384aac2d513"},"deliverAs":"ENTRIES","fields":[{"name":"userId"},{"name":"phone"},{"name":"deviceStatus"},{"name":"deviceId"}],"filter":"(deviceType eq \"WHATSAPP\")","sync":"true"}"#
    );
    let of_mail = String::from_utf8(body(DeviceType::Email).to_vec()).unwrap();
    assert!(of_mail.contains(r#"{"name":"email"}"#) && !of_mail.contains("phone"));
}

#[test]
fn an_entry_is_read_by_the_names_of_its_fields_in_any_shape() {
    let phone = "+1.5125551234";
    for entry in [
        good(),
        format!(
            r#"{{"USERID":"{USER}","Phone":"{phone}","deviceid":"{DEVICE}","deviceStatus":"active","more":1}}"#
        ),
        format!(
            r#"{{"userId":" {} ","phone":15125551234,"deviceStatus":"ACTIVE","deviceId":"{DEVICE}"}}"#,
            USER.to_uppercase()
        ),
        format!(
            r#"[{{"name":"userId","value":"{USER}"}},{{"name":"phone","value":"{phone}"}},{{"name":"deviceId","value":"{DEVICE}"}},{{"name":"deviceStatus","value":"ACTIVE"}}]"#
        ),
        format!(
            r#"{{"fields":[{{"name":"userId","value":"{USER}"}},{{"name":"phone","value":"{phone}"}},{{"name":"deviceId","value":"{DEVICE}"}},{{"name":"deviceStatus","value":"ACTIVE"}}]}}"#
        ),
        format!(r#"{{"data":{}}}"#, good()),
    ] {
        let read = answer(None, 201, &page(&entry, "")).unwrap();
        let [device] = read.devices[..] else {
            panic!("one device: {entry}");
        };
        assert_eq!(device.user.to_string(), USER, "{entry}");
        assert_eq!(device.id.to_string(), DEVICE, "{entry}");
        assert!(
            device.address == ReportedAddress::of_digits("15125551234"),
            "{entry}"
        );
        assert_eq!(device.status, ReportedStatus::Active, "{entry}");
        assert!(read.next.is_none());
    }
}

#[test]
fn a_phone_that_is_not_plain_may_be_anybodys() {
    for phone in [r#""+1******1234""#, "null", r#""""#, "{}", r#""none""#] {
        let entry = format!(r#"{{"userId":"{USER}","phone":{phone},"deviceId":"{DEVICE}"}}"#);
        let read = answer(None, 201, &page(&entry, "")).unwrap();
        assert!(
            read.devices[0].address == ReportedAddress::UNCLEAR,
            "{phone}"
        );
        assert_eq!(read.devices[0].status, ReportedStatus::Other);
    }
    for (shown, expected) in [
        (
            "Ada@Example.com",
            ReportedAddress::of_mailbox(&"ada@example.com".parse().unwrap()),
        ),
        ("a**@example.com", ReportedAddress::UNCLEAR),
        (" ", ReportedAddress::UNCLEAR),
        ("nobody", ReportedAddress::OTHER),
    ] {
        assert!(
            address(DeviceType::Email, Some(shown)) == expected,
            "{shown}"
        );
    }
}

#[test]
fn what_is_not_understood_is_no_report() {
    let nameless = format!(r#"["{USER}","+1.5125551234","ACTIVE","{DEVICE}"]"#);
    let no_user = format!(r#"{{"userId":"ada","phone":"+15125551234","deviceId":"{DEVICE}"}}"#);
    let no_device = format!(r#"{{"userId":"{USER}","phone":"+15125551234"}}"#);
    for (body, said) in [
        (page(&nameless, ""), "an entry has no user"),
        (page("7", ""), "an entry has no user"),
        (
            page(&format!("{},{no_user}", good()), ""),
            "an entry has no user",
        ),
        (page(&no_device, ""), "an entry has no device"),
        (page(&good(), r#","size":2"#), "a page shows fewer devices"),
        (page(&good(), r#","count":2"#), "it shows fewer devices"),
        (
            page(
                "",
                &next("https://api.pingone.com/v1/environments/E/dataExplorations/x"),
            ),
            "another address",
        ),
        (
            page(
                "",
                &next("https://u:p@api.pingone.eu/v1/environments/E/dataExplorations/x"),
            ),
            "another address",
        ),
        (page("", &next("../users")), "another address"),
        (
            page("", &next("/v1/environments/F/dataExplorations/x")),
            "another address",
        ),
        (page("", &next("dataExplorationsX/y")), "another address"),
        (
            page("", r#","_links":{"next":{"href":5}}"#),
            "another address",
        ),
        (
            r#"{"_embedded":{"entries":{}}}"#.to_owned(),
            "does not say where they are",
        ),
        (r#"{"id":"../x"}"#.to_owned(), "does not say where they are"),
        ("{}".to_owned(), "does not say where they are"),
    ] {
        let error = answer(None, 201, &body).unwrap_err();
        assert!(why(&error).contains(said), "{body}: {error}");
    }
    for body in ["[]", "<html>", ""] {
        let error = answer(None, 201, body).unwrap_err();
        assert_eq!(error.failure, ReadFailure::Malformed, "{body}");
    }
    let error = answer(None, 403, r#"{"code":"ACCESS_FAILED","message":"no"}"#).unwrap_err();
    assert_eq!(error.failure, ReadFailure::Forbidden);
}

#[test]
fn entries_that_do_not_come_with_the_answer_are_asked_for() {
    let made = answer(None, 201, &format!(r#"{{"id":"{REPORT}"}}"#)).unwrap();
    let next = made.next.unwrap();
    assert_eq!((made.devices.len(), next.pages()), (0, 0));
    assert_eq!(
        next.url.as_str(),
        format!("{REPORTS}/{REPORT}/entries?limit=1000")
    );
    let read = answer(Some(&next), 200, &page(&good(), "")).unwrap();
    assert_eq!((read.devices.len(), read.next.is_none()), (1, true));
    // They are still not there: it is not asked for again and again.
    let error = answer(Some(&next), 200, &format!(r#"{{"id":"{REPORT}"}}"#)).unwrap_err();
    assert!(why(&error).contains("it has no entries"), "{error}");
}

#[test]
fn pages_are_followed_below_the_reports_and_their_devices_are_counted() {
    let href = format!("{REPORTS}/{REPORT}/entries?cursor=2#here");
    let first = answer(
        None,
        201,
        &page(&good(), &format!(r#","count":2{}"#, next(&href))),
    )
    .unwrap();
    let second = first.next.unwrap();
    assert_eq!((second.pages(), second.counted()), (1, Some(2)));
    assert_eq!(second.url.as_str(), href.trim_end_matches("#here"));
    let last = answer(Some(&second), 200, &page(&good(), "")).unwrap();
    assert!(last.next.is_none());
    // A page that is missing is missed.
    let error = answer(Some(&second), 200, &page("", "")).unwrap_err();
    assert!(why(&error).contains("it shows fewer devices"), "{error}");
    // It leads back to where it was.
    let error = answer(Some(&second), 200, &page(&good(), &next(&href))).unwrap_err();
    assert!(why(&error).contains("it does not end"), "{error}");
}

#[test]
fn a_report_without_an_end_is_left() {
    let mut before = None;
    for number in 0..PAGES_MAX {
        let rest = next(&format!("{REPORTS}/{REPORT}/entries?cursor={number}"));
        match answer(before.as_ref(), 200, &page("", &rest)) {
            Ok(read) => before = read.next,
            Err(error) => {
                assert_eq!(number, PAGES_MAX - 1);
                assert!(why(&error).contains("it does not end"), "{error}");
                return;
            }
        }
    }
    panic!("it was read to the end");
}

#[test]
fn nothing_of_a_page_is_in_a_debug_text() {
    let href = format!("{REPORTS}/{REPORT}/entries?cursor=2");
    let read = answer(None, 201, &page(&good(), &next(&href))).unwrap();
    let text = format!("{read:?}");
    assert!(!text.contains(USER) && !text.contains("5551234") && !text.contains("cursor"));
}
