//! What a journal tells, in whatever state it was left.

use super::*;

const USER: &str = "b30ac647-e33e-464f-a6ea-0275082d4c26";

fn id(n: u32) -> DeviceId {
    format!("00000000-0000-4000-8000-{n:012}").parse().unwrap()
}

fn shown(n: u32, kind: &str, phone: &str) -> Shown {
    Shown {
        id: id(n),
        kind: kind.to_owned(),
        phone: Some(phone.to_owned()),
        nickname: None,
    }
}

fn creates(n: u32, phone: &str) -> Line {
    Line::Creates(Intent {
        n,
        at_ms: 0,
        kind: "WHATSAPP".to_owned(),
        phone: phone.to_owned(),
        asks: "1".to_owned(),
    })
}

fn begins() -> Line {
    let of = USER.parse().unwrap();
    let at = "2026-11-30T19:00:00Z".to_owned();
    Line::Begins(Begins::new(at, "h".to_owned(), of, USER.parse().unwrap()))
}

fn made(n: u32, device: u32) -> Line {
    Line::Made {
        n,
        device: id(device).to_string(),
    }
}

fn text(lines: &[Line]) -> String {
    let line = |line: &Line| serde_json::to_string(line).unwrap() + "\n";
    lines.iter().map(line).collect()
}

/// What is open, and what is still there.
fn of(lines: &[Line]) -> (Vec<u32>, Vec<DeviceId>) {
    let account = Account::read(&text(lines)).unwrap();
    (
        account.open().map(|intent| intent.n).collect(),
        account.there(),
    )
}

#[test]
fn what_is_there_was_made_and_not_deleted_and_what_is_open_nobody_knows() {
    let first = creates(1, "+15125551234");
    let gone = Line::Deleted {
        device: id(7).to_string(),
    };
    let lost = Line::Lost {
        n: 1,
        why: "no answer".to_owned(),
    };
    let none = Line::NotMade {
        n: 1,
        why: "400".to_owned(),
    };
    for (lines, open, there) in [
        (&[][..], vec![], vec![]),
        (&[first.clone()][..], vec![1], vec![]),
        (&[first.clone(), lost.clone()], vec![1], vec![]),
        (
            &[first.clone(), lost.clone(), made(1, 7)],
            vec![],
            vec![id(7)],
        ),
        (&[first.clone(), lost, none.clone()], vec![], vec![]),
        (&[first.clone(), none], vec![], vec![]),
        (&[first.clone(), made(1, 7)], vec![], vec![id(7)]),
        (&[first.clone(), made(1, 7), gone], vec![], vec![]),
        (
            &[first, made(1, 7), creates(2, "+15125551234")],
            vec![2],
            vec![id(7)],
        ),
    ] {
        let lines = [&[begins()], lines].concat();
        assert_eq!(of(&lines), (open, there));
    }
}

#[test]
fn a_line_that_was_being_written_is_passed_over_and_no_other_flaw_is() {
    let whole = text(&[begins(), creates(1, "+15125551234")]);
    for cut in 0..whole.len() {
        let account = Account::read(&whole[..cut]).unwrap();
        assert_eq!(account.open().count(), 0, "{cut}");
    }
    assert_eq!(Account::read(&whole).unwrap().open().count(), 1);
    for (text, wrong) in [
        ("{}\n".to_owned(), 1),
        (text(&[creates(1, "+1")]), 1),
        (text(&[begins(), begins()]), 2),
        (text(&[begins(), made(1, 1)]), 2),
        (whole.replace("creates", "sings"), 2),
        (whole.replace(USER, "../x"), 1),
        (format!("{whole}\n{whole}"), 3),
    ] {
        let flaw = Account::read(&text).unwrap_err();
        assert_eq!(flaw, NotAJournal::Line(wrong), "{text}");
    }
    let later = whole.replace("\"version\":1", "\"version\":2");
    assert_eq!(Account::read(&later).unwrap_err(), NotAJournal::Later);
}

#[test]
fn a_device_is_ours_where_one_create_of_its_kind_is_open_for_each() {
    let lines = [
        begins(),
        creates(1, "+15125551234"),
        made(1, 1),
        creates(2, "+1.5125551234"),
    ];
    let account = Account::read(&text(&lines)).unwrap();
    let first = || shown(1, "WHATSAPP", "+15125551234");
    for (listed, ours, others) in [
        (vec![first()], vec![], vec![]),
        (
            vec![first(), shown(2, "whatsapp", "15125551234")],
            vec![2],
            vec![],
        ),
        (
            vec![first(), shown(2, "SMS", "+15125551234")],
            vec![],
            vec![2],
        ),
        (
            vec![first(), shown(2, "WHATSAPP", "+15125551235")],
            vec![],
            vec![2],
        ),
        (
            vec![first(), shown(2, "WHATSAPP", "+1***34")],
            vec![],
            vec![2],
        ),
        // The same device twice is one.
        (
            vec![
                shown(2, "WHATSAPP", "+15125551234"),
                shown(2, "WHATSAPP", "+15125551234"),
            ],
            vec![2],
            vec![],
        ),
        // One create is open, and two devices are new: nobody can say which of them is ours.
        (
            vec![
                first(),
                shown(2, "WHATSAPP", "+15125551234"),
                shown(3, "WHATSAPP", "+1 512 555 1234"),
            ],
            vec![],
            vec![2, 3],
        ),
    ] {
        let found = account.compare(&listed);
        let made: Vec<_> = ours.into_iter().map(|n| (2, id(n))).collect();
        let others: Vec<_> = others.into_iter().map(id).collect();
        assert_eq!(found, Found { made, others });
    }
}
