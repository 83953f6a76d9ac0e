//! Reports that a played PingOne gives, in virtual time.

use super::*;
use crate::engine::played_questions::{Answer, Asked, asked_of};
use crate::model::device_report::Reported;
use crate::model::ids::{DeviceId, UserId};
use crate::model::phone::E164;
use crate::model::request::{Address, DeviceKey};

const KIND: DeviceType = DeviceType::WhatsApp;
const ID: &str = "0c5a8d51-0c0a-4b57-8f0a-6f8c3f0b1a2d";

fn page(users: std::ops::Range<u8>, phone: &str, next: Option<u8>, count: Option<u64>) -> Answer {
    let entry = |user: u8| {
        let (user, device) = (
            UserId::from_bytes([user; 16]),
            DeviceId::from_bytes([user; 16]),
        );
        format!(
            r#"{{"userId":"{user}","phone":"{phone}","deviceStatus":"ACTIVE","deviceId":"{device}"}}"#
        )
    };
    let entries: Vec<_> = users.map(entry).collect();
    let next = next.map_or(String::new(), |next| {
        format!(r#","_links":{{"next":{{"href":"dataExplorations/{ID}/entries?cursor={next}"}}}}"#)
    });
    let count = count.map_or(String::new(), |count| format!(r#","count":{count}"#));
    let body = format!(
        r#"{{"_embedded":{{"entries":[{}]}}{next}{count}}}"#,
        entries.join(",")
    );
    (200, None, body)
}

const PHONE: &str = "+1.5125551234";
const NO_END: Budget = Budget {
    pages: 1_000,
    time: Duration::from_hours(1),
};

fn throttled() -> Answer {
    (429, Some(3), String::new())
}

/// Reads reports of a PingOne that gives these answers, in their order.
async fn read_from(
    answers: Vec<Answer>,
    types: &[DeviceType],
    budget: Budget,
) -> (Reading, Asked, Vec<Progress>) {
    let mut told = Vec::new();
    let (reading, asked) = asked_of(answers, async |questions| {
        read(questions, types, budget, &mut |progress| {
            told.push(progress);
        })
        .await
    })
    .await;
    let of_reports = |(at, what): (u64, String)| {
        let (method, _) = what.split_once(' ').unwrap();
        let (_, what) = what.rsplit_once("dataExplorations").unwrap();
        (at, format!("{method} {what}"))
    };
    let asked = asked.into_iter().map(of_reports).collect();
    (reading.unwrap(), asked, told)
}

fn told(reading: &Reading, user: u8) -> Reported {
    reading.report.tells(&DeviceKey {
        user: UserId::from_bytes([user; 16]),
        kind: KIND,
        address: Address::Phone(E164::from_digits("15125551234").unwrap()),
    })
}

fn why(reading: &Reading) -> String {
    assert!(!reading.report.covers(KIND));
    reading.missing[0].1.to_string()
}

#[tokio::test(start_paused = true)]
async fn a_report_is_read_page_by_page_without_a_wait() {
    let answers = vec![
        page(1..3, PHONE, Some(2), None),
        page(3..5, PHONE, Some(3), None),
        page(5..6, PHONE, None, None),
    ];
    let (reading, asked, progress) = read_from(answers, &[KIND], NO_END).await;
    let lines: Vec<_> = asked
        .iter()
        .map(|(at, what)| format!("{at} {what}"))
        .collect();
    assert_eq!(
        lines,
        [
            "0 POST ?expand=entries&limit=1000".to_owned(),
            format!("0 GET /{ID}/entries?cursor=2"),
            format!("0 GET /{ID}/entries?cursor=3"),
        ]
    );
    let seen: Vec<_> = progress.iter().map(|so_far| so_far.devices).collect();
    assert_eq!(seen, [2, 4]);
    assert_eq!(
        told(&reading, 5),
        Reported::There(DeviceId::from_bytes([5; 16]))
    );
    assert_eq!(told(&reading, 6), Reported::NotThere);
}

#[tokio::test(start_paused = true)]
async fn two_reports_are_five_seconds_apart() {
    let answers = vec![page(1..2, PHONE, None, None), page(2..3, PHONE, None, None)];
    let types = [KIND, DeviceType::Sms];
    let (reading, asked, _) = read_from(answers, &types, NO_END).await;
    assert_eq!(asked.iter().map(|(at, _)| *at).collect::<Vec<_>>(), [0, 5]);
    assert!(types.iter().all(|kind| reading.report.covers(*kind)));
}

#[tokio::test(start_paused = true)]
async fn once_pingone_asked_to_wait_pages_are_as_far_apart_as_reports() {
    let answers = vec![
        page(1..2, PHONE, Some(2), None),
        throttled(),
        page(2..3, PHONE, Some(3), None),
        page(3..4, PHONE, None, None),
    ];
    let (reading, asked, progress) = read_from(answers, &[KIND], NO_END).await;
    let at: Vec<_> = asked.iter().map(|(at, _)| *at).collect();
    // The second page is asked for again after five seconds, though three were asked for.
    assert_eq!(at, [0, 0, 5, 10]);
    let slow: Vec<_> = progress.iter().map(|so_far| so_far.is_slow).collect();
    assert_eq!(slow, [false, true]);
    assert_eq!(reading.report.devices(), 3);
}

#[tokio::test(start_paused = true)]
async fn a_report_that_costs_more_than_listing_the_users_is_left() {
    let two = Budget { pages: 2, ..NO_END };
    let endless = || {
        vec![
            page(1..2, PHONE, Some(2), None),
            page(2..3, PHONE, Some(3), None),
            page(3..4, PHONE, None, None),
        ]
    };
    let (reading, asked, _) = read_from(endless(), &[KIND], two).await;
    assert_eq!(asked.len(), 2);
    assert!(why(&reading).contains("more pages than there are users"));
    // Where it says how many there are, one page shows that.
    let counted = vec![page(1..2, PHONE, Some(2), Some(100_000))];
    let (reading, asked, _) = read_from(counted, &[KIND], two).await;
    assert_eq!(asked.len(), 1);
    assert!(why(&reading).contains("more pages than there are users"));
    // Users are listed in less time than such pages take.
    let quick = Budget {
        time: Duration::from_secs(8),
        ..NO_END
    };
    let slow = vec![
        page(1..2, PHONE, Some(2), None),
        throttled(),
        page(2..3, PHONE, Some(3), None),
    ];
    let (reading, asked, _) = read_from(slow, &[KIND], quick).await;
    assert_eq!(asked.len(), 3);
    assert!(why(&reading).contains("takes less time"));
}

#[tokio::test(start_paused = true)]
async fn what_is_refused_is_told_with_its_reason_and_the_next_type_is_read() {
    let refusal = r#"{"code":"ACCESS_FAILED","message":"You do not have access."}"#;
    let answers = vec![
        (403, None, refusal.to_owned()),
        page(1..2, PHONE, None, None),
    ];
    let (reading, ..) = read_from(answers, &[KIND, DeviceType::Sms], NO_END).await;
    assert!(why(&reading).contains("status 403: You do not have access."));
    assert_eq!(told(&reading, 1), Reported::Unclear);
    assert!(reading.report.covers(DeviceType::Sms));
}

#[tokio::test(start_paused = true)]
async fn what_passes_is_asked_for_again_and_not_for_ever() {
    let broken = || (500, None, String::new());
    let answers = vec![broken(), broken(), page(1..2, PHONE, None, None)];
    let (reading, asked, _) = read_from(answers, &[KIND], NO_END).await;
    assert_eq!((asked.len(), reading.report.devices()), (3, 1));
    // A report is asked for once in five seconds, whatever became of the one before.
    let at: Vec<_> = asked.iter().map(|(at, _)| *at).collect();
    assert_eq!(at, [0, 5, 10]);
    let (reading, asked, _) = read_from(vec![broken(); 4], &[KIND], NO_END).await;
    assert_eq!(asked.len(), 4);
    assert!(why(&reading).contains("status 500"));
}

#[tokio::test(start_paused = true)]
async fn a_report_whose_phones_are_all_masked_is_none() {
    let masked = vec![page(1..3, "+1******1234", None, None)];
    let (reading, ..) = read_from(masked, &[KIND], NO_END).await;
    assert!(why(&reading).contains("none of its phones can be read"));
    // One of an environment without devices is a good one.
    let (reading, ..) = read_from(vec![page(1..1, PHONE, None, None)], &[KIND], NO_END).await;
    assert_eq!(told(&reading, 1), Reported::NotThere);
}
