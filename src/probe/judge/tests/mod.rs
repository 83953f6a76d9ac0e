//! Each question, judged by what was seen.

mod reads;
mod refusals;

use super::super::evidence::{Adorned, Look, PhoneForm, Reported, Seen, Shown};
use super::*;
use crate::pingone::raw::Said;
use std::time::Duration;

const DEVICE: &str = "00000000-0000-4000-8000-000000000001";

fn made() -> Came {
    Came::Answer(Seen {
        status: 201,
        device: Some(Shown {
            id: DEVICE.parse().unwrap(),
            kind: "WHATSAPP".to_owned(),
            phone: None,
            nickname: None,
        }),
        ..Seen::default()
    })
}

/// `400 INVALID_DATA/INVALID_VALUE phone`: a status, and what PingOne says to it.
fn refused(text: &str) -> Came {
    let mut words = text.split(' ');
    let status = words.next().unwrap().parse().unwrap();
    let error = words.next().map(|label| Said {
        label: label.to_owned(),
        targets: words.map(str::to_owned).collect(),
        message: String::new(),
    });
    Came::Answer(Seen {
        status,
        error,
        ..Seen::default()
    })
}

fn lost() -> Came {
    Came::Silence("no answer in time".to_owned())
}

/// Holds one question against pairs of evidence, standing and answer.
#[track_caller]
fn holds(question: Question, table: Vec<(Evidence, Standing, &str)>) {
    for (evidence, standing, answer) in table {
        let verdict = judge(question, &evidence);
        let found = (verdict.standing, verdict.answer.as_str());
        assert_eq!(found, (standing, answer), "{verdict:?}");
        assert!(!verdict.came.is_empty(), "{verdict:?}");
        let says_what_to_do = !verdict.follows.is_empty() || standing == Unasked;
        assert!(says_what_to_do, "{verdict:?}");
    }
}

use Standing::{Confirmed, Failed, Noted, Otherwise, Unasked};

const UNIQUE: &str = "400 INVALID_DATA/UNIQUENESS_VIOLATION phone";
const LIMIT: &str = "400 REQUEST_FAILED/LIMIT_EXCEEDED";

#[test]
fn the_same_create_twice() {
    let with = |first: Came, again: Came| Evidence {
        first,
        again,
        ..Evidence::default()
    };
    holds(
        Question::Twice,
        vec![
            (with(made(), made()), Confirmed, "allowed"),
            (with(made(), refused(UNIQUE)), Otherwise, "refused_400"),
            (
                with(made(), refused("409 CONFLICT")),
                Otherwise,
                "refused_409",
            ),
            (with(made(), refused(LIMIT)), Unasked, ""),
            (with(made(), lost()), Failed, ""),
            (with(made(), refused("503")), Failed, ""),
            (with(made(), refused("408")), Failed, ""),
            (with(lost(), Came::NotYet), Failed, ""),
            (
                with(refused("403"), Came::NotAsked("barred".to_owned())),
                Unasked,
                "",
            ),
        ],
    );
}

#[test]
fn the_same_number_in_another_spelling() {
    let with = |again: Came, respelled: Came| Evidence {
        first: made(),
        again,
        respelled,
        ..Evidence::default()
    };
    holds(
        Question::Spelling,
        vec![
            (with(made(), made()), Confirmed, "allowed"),
            (
                with(refused(UNIQUE), refused(UNIQUE)),
                Confirmed,
                "by_digits",
            ),
            (with(refused(UNIQUE), made()), Otherwise, "by_spelling"),
            (with(made(), refused(UNIQUE)), Otherwise, "refused_400"),
            (with(made(), refused(LIMIT)), Unasked, ""),
            (with(made(), lost()), Failed, ""),
        ],
    );
}

#[test]
fn how_a_phone_comes_back() {
    use PhoneForm::{AsSent, Digits, E164, Masked};
    let with = |answered, listed, reported| Evidence {
        answered_phone: Some(answered),
        listed_phone: listed,
        reported,
        ..Evidence::default()
    };
    let entry = |form, ours| Some(Reported::Entry { form, ours });
    holds(
        Question::ShownPhone,
        vec![
            (
                with(AsSent, Some(AsSent), None),
                Confirmed,
                "answer=as_sent,listing=as_sent",
            ),
            (
                with(AsSent, Some(AsSent), entry(AsSent, true)),
                Confirmed,
                "answer=as_sent,listing=as_sent,report=as_sent",
            ),
            // How somebody else's was sent is not known.
            (
                with(AsSent, Some(AsSent), entry(E164, false)),
                Confirmed,
                "answer=as_sent,listing=as_sent,report=e164",
            ),
            (
                with(AsSent, Some(AsSent), entry(Digits, true)),
                Otherwise,
                "answer=as_sent,listing=as_sent,report=digits",
            ),
            (
                with(E164, Some(E164), None),
                Otherwise,
                "answer=e164,listing=e164",
            ),
            (
                with(AsSent, Some(Masked), None),
                Otherwise,
                "answer=as_sent,listing=masked",
            ),
            (
                with(AsSent, None, Some(Reported::Empty)),
                Confirmed,
                "answer=as_sent",
            ),
            (Evidence::default(), Failed, ""),
        ],
    );
    let hidden = judge(Question::ShownPhone, &with(AsSent, Some(Masked), None));
    assert!(hidden.follows.contains("do not rely on `--existing skip`"));
}

#[test]
fn a_create_without_a_policy() {
    let with = |without_policy: Came| Evidence {
        without_policy,
        ..Evidence::default()
    };
    holds(
        Question::NoPolicy,
        vec![
            (
                with(refused("400 INVALID_DATA/REQUIRED_VALUE policy.id")),
                Confirmed,
                "refused_400",
            ),
            (with(made()), Otherwise, "made"),
            (with(lost()), Failed, ""),
            (with(Came::NotYet), Failed, ""),
        ],
    );
}

fn adorned(tries: &[(bool, bool, Came)], kept: Option<bool>) -> Evidence {
    let tries = tries.iter().cloned();
    Evidence {
        adorned: tries
            .map(|(nickname, notification, came)| Adorned {
                nickname,
                notification,
                came,
            })
            .collect(),
        nickname_kept: kept,
        ..Evidence::default()
    }
}

#[test]
fn nickname_and_notification_are_told_apart_though_asked_together() {
    let no_name = || refused("400 INVALID_DATA/INVALID_VALUE nickname");
    let no_note = || refused("400 INVALID_DATA/INVALID_VALUE notification");
    let neither = || refused("400 INVALID_REQUEST");
    for (tries, kept, nickname, notification) in [
        (
            vec![(true, true, made())],
            Some(true),
            (Confirmed, "kept"),
            (Noted, "taken"),
        ),
        (
            vec![(true, true, made())],
            Some(false),
            (Otherwise, "ignored"),
            (Noted, "taken"),
        ),
        (
            vec![(true, true, no_name()), (false, true, made())],
            Some(false),
            (Otherwise, "refused_400"),
            (Noted, "taken"),
        ),
        (
            vec![(true, true, no_note()), (true, false, made())],
            Some(true),
            (Confirmed, "kept"),
            (Noted, "refused_400"),
        ),
        (
            vec![
                (true, true, no_note()),
                (true, false, no_name()),
                (false, false, made()),
            ],
            None,
            (Otherwise, "refused_400"),
            (Noted, "refused_400"),
        ),
        // A refusal that names no member is about what is missing from what is made in the end.
        (
            vec![(true, true, neither()), (true, false, made())],
            Some(true),
            (Confirmed, "kept"),
            (Noted, "refused_400"),
        ),
        (vec![(true, true, lost())], None, (Failed, ""), (Failed, "")),
        (
            vec![(true, true, refused(LIMIT))],
            None,
            (Unasked, ""),
            (Unasked, ""),
        ),
    ] {
        let evidence = adorned(&tries, kept);
        for (question, expected) in [
            (Question::Nickname, nickname),
            (Question::Notification, notification),
        ] {
            let verdict = judge(question, &evidence);
            let found = (verdict.standing, verdict.answer.as_str());
            assert_eq!(found, expected, "{tries:?} {verdict:?}");
        }
    }
}

#[test]
fn what_is_not_certainly_refused_may_have_made_a_device() {
    for (came, may) in [
        (Came::NotYet, false),
        (lost(), true),
        (refused("201"), true),
        (refused("202"), true),
        (refused("302"), true),
        (refused("400"), true),
        (refused("400 INVALID_DATA/INVALID_VALUE"), false),
        (refused(LIMIT), false),
        (refused("401"), false),
        (refused("403"), false),
        (refused("404"), false),
        (refused("408 REQUEST_TIMEOUT"), true),
        (refused("409 CONFLICT"), true),
        (
            refused("409 INVALID_DATA/UNIQUENESS_VIOLATION phone"),
            false,
        ),
        (refused("409"), true),
        (refused("415 INVALID_REQUEST"), false),
        (refused("429"), true),
        (refused("429 REQUEST_LIMITED/QUOTA_EXCEEDED"), true),
        (refused("429 REQUEST_LIMITED"), false),
        (refused("500 UNEXPECTED_ERROR"), true),
        (refused("503"), true),
    ] {
        assert_eq!(came.may_have_made(), may, "{came:?}");
    }
}
