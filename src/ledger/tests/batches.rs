//! What one batch writes, what it gives, and when it is on disk.

use futures::FutureExt;

use super::*;
use crate::model::request::DeviceStatus;

#[tokio::test]
async fn where_several_devices_were_seen_one_is_asked_for_only_after_none_was() {
    for (number, was_absent) in [(1, true), (2, false)] {
        let place = place();
        let ledger = open(&place, number);
        settle(&ledger, settled(7, DeviceState::Several)).await;
        let asked = intend(
            &ledger,
            vec![Intent {
                was_absent,
                ..intent(7)
            }],
        )
        .await;
        if was_absent {
            assert_eq!(asked.unwrap().recorded.len(), 1);
        } else {
            assert!(matches!(flaw(asked), Flaw::Invariant(_)));
        }
    }
}

#[tokio::test]
async fn a_device_is_in_doubt_exactly_while_it_is_known_when_it_was_last_sent() {
    for (state, last_send) in [
        (DeviceState::Unresolved, None),
        (DeviceState::Created, Some(moment(5))),
        (DeviceState::Failed, Some(moment(5))),
        (DeviceState::InFlight, None),
        (DeviceState::InFlight, Some(moment(5))),
    ] {
        let place = place();
        let ledger = open(&place, 1);
        let end = Settled {
            last_send,
            ..settled(7, state)
        };
        let refused = ledger
            .commit(Vec::new(), vec![end], Vec::new(), moment(2))
            .await;
        assert!(matches!(flaw(refused), Flaw::Invariant(_)), "{state:?}");
    }
}

#[tokio::test]
async fn every_device_has_a_number_of_its_own_and_keeps_it() {
    let place = place();
    let ledger = open(&place, 1);
    let intents = [7, 8, 9].map(intent).into();
    let asked = intend(&ledger, intents).await.unwrap().recorded;
    let asked: Vec<_> = asked.iter().map(Recorded::entry).collect();
    let ends = [7, 8, 9, 10].map(|user| settled(user, DeviceState::Failed));
    let committed = ledger
        .commit(Vec::new(), ends.into(), Vec::new(), moment(2))
        .await;
    let ended = committed.unwrap().settled;
    assert_eq!(asked, ended[..3]);
    for (user, number) in [7, 8, 9, 10].into_iter().zip(ended) {
        let entry = ledger.entry(&request(user).key).unwrap().unwrap();
        assert_eq!((entry.number, number), (number, u64::from(user) - 6));
    }
}

#[tokio::test]
async fn what_was_handed_over_is_on_disk_before_another_run_may_have_the_ledger() {
    let place = place();
    let ledger = open(&place, 1);
    for user in 1..=100 {
        // Handed over, and the answer not waited for.
        drop(
            ledger
                .commit(Vec::new(), Vec::new(), vec![intent(user)], moment(1))
                .now_or_never(),
        );
    }
    drop(ledger);
    drop(open(&place, 2));
    assert_eq!(in_doubt(&place), 100);
}

#[tokio::test]
async fn what_a_run_created_stays_its_own_whichever_run_learns_of_it() {
    use DeviceState::{Created, Failed, Found, Unresolved};
    for (ends, kept) in [
        (&[Created] as &[_], true),
        (&[Unresolved, Created], true),
        (&[Unresolved, Failed], false),
        (&[Found], false),
    ] {
        let place = place();
        let first = open(&place, 1);
        intend(&first, vec![intent(7)]).await.unwrap();
        let asked = first.entry(&request(7).key).unwrap().unwrap().asked_ms;
        assert_eq!(asked, Some(moment(1).wall_ms));
        drop(first);
        let later = open(&place, 2);
        for &end in ends {
            settle(&later, settled(7, end)).await;
        }
        let entry = later.entry(&request(7).key).unwrap().unwrap();
        let run = if kept { run(1) } else { run(2) };
        assert_eq!((entry.run, entry.asked_ms), (run.id, asked), "{ends:?}");
    }
}

#[tokio::test]
async fn a_device_whose_refusal_may_be_anothers_is_not_asked_for_before_a_look() {
    for state in [DeviceState::Failed, DeviceState::Rejected] {
        for (unproven, looked, accepted) in [
            (true, false, false),
            (true, true, true),
            (false, false, true),
        ] {
            let place = place();
            let ledger = open(&place, 1);
            let refused = Settled {
                unproven,
                ..settled(7, state)
            };
            settle(&ledger, refused).await;
            let entry = ledger.entry(&request(7).key).unwrap().unwrap();
            assert_eq!(entry.unproven, unproven);
            let again = Intent {
                looked,
                was_absent: false,
                ..intent(7)
            };
            let asked = intend(&ledger, vec![again]).await;
            assert_eq!(asked.is_ok(), accepted, "{state:?}, {unproven}, {looked}");
            drop(ledger);
            let reader = read(&place);
            let entry = reader.entry(&request(7).key).unwrap().unwrap();
            assert_eq!(entry.unproven, !accepted, "{state:?}, {unproven}, {looked}");
        }
    }
}

#[tokio::test]
async fn one_id_is_never_the_id_of_two_devices() {
    let place = place();
    let ledger = open(&place, 1);
    let id = DeviceId::from_bytes([7; 16]);
    settle(&ledger, settled(7, DeviceState::Created)).await;
    assert!(!ledger.has_elsewhere(id, &request(7).key).unwrap());
    assert!(ledger.has_elsewhere(id, &request(8).key).unwrap());
    let clash = Settled {
        device: settled(7, DeviceState::Created).device,
        ..settled(8, DeviceState::Created)
    };
    let asked = ledger
        .commit(Vec::new(), vec![clash], Vec::new(), moment(3))
        .await;
    assert!(asked.is_err());
}

#[tokio::test]
async fn it_is_kept_when_a_lost_request_for_a_created_device_could_be_sent_last() {
    let place = place();
    let ledger = open(&place, 1);
    for (recheck_owed, lost) in [(true, Some(moment(5))), (true, None), (false, None)] {
        let created = Settled {
            recheck_owed,
            lost: Some(moment(5)).filter(|_| lost.is_some() || !recheck_owed),
            ..settled(7, DeviceState::Created)
        };
        settle(&ledger, created).await;
        let entry = ledger.entry(&request(7).key).unwrap().unwrap();
        assert_eq!((entry.recheck_owed, entry.lost), (recheck_owed, lost));
    }
}

#[tokio::test]
async fn which_request_was_refused_is_kept_as_long_as_the_refusal() {
    let place = place();
    let ledger = open(&place, 1);
    let mut other = request(7);
    other.nickname = Some("another".to_owned());
    let kept = |user| {
        let entry = read(&place).entry(&request(user).key);
        entry.unwrap().unwrap()
    };
    for state in [DeviceState::Failed, DeviceState::Rejected] {
        for refused in [&request(7), &other] {
            let end = Settled {
                request: refused.digest(),
                ..settled(7, state)
            };
            settle(&ledger, end).await;
            assert!(!kept(7).is_of_another(refused), "{state:?}");
            assert_eq!(kept(7).is_of_another(&request(7)), *refused == other);
        }
    }
    intend(&ledger, vec![intent(7)]).await.unwrap();
    assert_eq!(kept(7).refused, None);
    settle(&ledger, settled(7, DeviceState::Unresolved)).await;
    assert_eq!(kept(7).refused, None);
    // As a wavepair wrote it that kept none: it may be this one.
    let edited = Connection::open(&place.path).unwrap();
    settle(&ledger, settled(8, DeviceState::Rejected)).await;
    edited
        .execute("UPDATE devices SET refused_request = NULL", [])
        .unwrap();
    assert!(!kept(8).is_of_another(&other));
}

#[tokio::test]
async fn a_refusal_that_may_be_another_requests_is_told_of_every_request() {
    let place = place();
    let ledger = open(&place, 1);
    let unproven = Settled {
        unproven: true,
        ..settled(7, DeviceState::Rejected)
    };
    settle(&ledger, unproven).await;
    let mut other = request(7);
    other.status = Some(DeviceStatus::ActivationRequired);
    let entry = ledger.entry(&request(7).key).unwrap().unwrap();
    assert!(!entry.is_of_another(&other));
}

#[tokio::test]
async fn every_step_of_a_device_stands_in_its_history_by_its_run() {
    let place = place();
    let ledger = open(&place, 1);
    intend(&ledger, vec![intent(7)]).await.unwrap();
    let unanswered = Settled {
        answer: Answer {
            http_status: Some(503),
            code: Some("server_error".to_owned()),
            message: None,
            correlation_id: Some("c-1".to_owned()),
        },
        ..settled(7, DeviceState::Unresolved)
    };
    settle(&ledger, unanswered).await;
    let again = resent(7);
    intend(&ledger, vec![again]).await.unwrap();
    drop(ledger);
    drop(open(&place, 2));
    let file = Connection::open(&place.path).unwrap();
    let mut events = file
        .prepare(
            "SELECT concat_ws(' ', event, attempt, http_status, code, correlation_id, row, run) FROM events ORDER BY id",
        )
        .unwrap();
    let events: Vec<String> = events
        .query_map([], |row| row.get(0))
        .unwrap()
        .map(Result::unwrap)
        .collect();
    let expected = ["0 1 7 1", "6 1 503 server_error c-1 1", "7 2 7 1", "8 2 2"];
    assert_eq!(events, expected);
}

#[test]
fn a_run_that_died_is_over_once_another_has_begun() {
    let place = place();
    drop(open(&place, 1));
    drop(open(&place, 2));
    let file = Connection::open(&place.path).unwrap();
    let open: String = file
        .query_row(
            "SELECT hex(substr(id, 1, 1)) FROM runs WHERE finished_at IS NULL",
            [],
            |row| row.get(0),
        )
        .unwrap();
    assert_eq!(open, "02");
}
