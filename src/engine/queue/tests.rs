//! In which order rows come, and which come no more.

use super::*;
use crate::engine::samples::{device, in_doubt, now, of_user, row};

const CREATE: Phase = Phase::Create { resend: false };

/// Takes a row up whose first request may be sent now.
fn begin(queue: &mut Queue, row: Box<Row>) {
    queue.take_up(row, now(), Duration::ZERO);
}

fn numbers(rows: impl IntoIterator<Item = Row>) -> Vec<u64> {
    rows.into_iter().map(|row| row.request.row.0).collect()
}

/// Takes all rows whose request may be sent now, one kind after the other.
fn drained(queue: &mut Queue) -> Vec<u64> {
    let kinds = [Kind::Look, Kind::Mfa, Kind::Create];
    let mut taken = Vec::new();
    for kind in kinds {
        while let Some(shown) = queue.next(kind).map(|row| row.request.row) {
            let row = queue.pop(kind).unwrap();
            assert_eq!(shown, row.request.row, "what is shown is taken");
            taken.push(row.request.row.0);
        }
    }
    taken
}

#[test]
fn each_kind_goes_in_order_of_arrival() {
    let mut queue = Queue::default();
    for (number, phase) in [
        (1, CREATE),
        (2, Phase::Look),
        (3, Phase::Create { resend: true }),
        (4, Phase::Identify(device(4))),
    ] {
        queue.put(row(number, phase));
    }
    queue.put_first(row(5, Phase::Look));
    assert_eq!(drained(&mut queue), [5, 2, 4, 1, 3]);
    assert!(queue.is_empty());
}

#[test]
fn one_row_of_a_user_is_worked_at_at_a_time() {
    let mut queue = Queue::default();
    for (number, user) in [(1, 1), (2, 1), (3, 2), (4, 1)] {
        begin(&mut queue, of_user(number, user, CREATE));
    }
    let user = row(1, CREATE).user();
    assert_eq!(drained(&mut queue), [1, 3]);
    queue.free(user);
    assert_eq!(drained(&mut queue), [2]);
    queue.free(user);
    assert_eq!(drained(&mut queue), [4]);
    queue.free(user);
    begin(&mut queue, of_user(5, 1, CREATE));
    assert_eq!(drained(&mut queue), [5], "the user is free again");
}

#[test]
fn a_device_is_known_as_worked_at_until_it_is_settled() {
    let mut queue = Queue::default();
    let taken = row(1, CREATE);
    let key = taken.request.key.clone();
    assert_eq!(queue.row_for(&key), None);
    begin(&mut queue, taken);
    assert_eq!(queue.row_for(&key), Some(RowNumber(1)));
    drained(&mut queue);
    assert_eq!(queue.row_for(&key), Some(RowNumber(1)));
    queue.settled(&key);
    assert_eq!(queue.row_for(&key), None);
}

#[test]
fn what_was_refused_before_comes_last() {
    let mut queue = Queue::default();
    let mut refused = row(1, CREATE);
    refused.refused_as = Some("INVALID_DATA".to_owned());
    begin(&mut queue, refused);
    begin(&mut queue, row(2, CREATE));
    assert_eq!(drained(&mut queue), [2]);
    queue.begin_lasts();
    assert_eq!(drained(&mut queue), [1]);
}

#[test]
fn no_more_refused_rows_are_kept_for_the_end_than_there_is_room_for() {
    let mut queue = Queue::default();
    for number in 0..=LASTS_MAX {
        let mut refused = row(1, CREATE);
        refused.request = crate::engine::samples::request(number as u64, 1);
        refused.refused_as = Some("INVALID_DATA".to_owned());
        begin(&mut queue, refused);
    }
    assert_eq!(drained(&mut queue), [LASTS_MAX as u64]);
}

#[test]
fn a_row_waits_for_its_time_and_those_of_one_time_keep_their_order() {
    let (mut queue, start) = (Queue::default(), now());
    let second = Duration::from_secs(1);
    for (number, after) in [(1, 3), (2, 1), (3, 1), (4, 0)] {
        queue.put_later(row(number, CREATE), start, after * second);
    }
    assert_eq!(drained(&mut queue), [4]);
    assert!(!queue.is_out_of_work());
    assert_eq!(queue.next_due(), Some(start + second));
    queue.wake_due(start + second - Duration::from_millis(1));
    assert_eq!(drained(&mut queue), [0; 0]);
    queue.wake_due(start + second);
    assert_eq!(drained(&mut queue), [2, 3]);
    queue.wake_due(start + 5 * second);
    assert_eq!(drained(&mut queue), [1]);
    assert!(queue.is_out_of_work());
    assert_eq!(queue.next_due(), None);
}

#[test]
fn very_many_rows_of_one_time_keep_their_order_too() {
    let (mut queue, start) = (Queue::default(), now());
    let second = Duration::from_secs(1);
    for number in 1..=20 {
        queue.put_later(row(number, CREATE), start, second);
    }
    queue.wake_due(start + second);
    assert_eq!(drained(&mut queue), (1..=20).collect::<Vec<_>>());
}

#[test]
fn a_row_that_an_earlier_run_may_have_just_sent_waits_with_its_user() {
    let (mut queue, start) = (Queue::default(), now());
    let (first, after) = (of_user(1, 1, Phase::Look), Duration::from_secs(2));
    let key = first.request.key.clone();
    queue.take_up(first, start, after);
    assert_eq!(queue.row_for(&key), Some(RowNumber(1)));
    begin(&mut queue, of_user(2, 1, Phase::Look));
    assert_eq!(drained(&mut queue), [0; 0]);
    queue.wake_due(start + after);
    assert_eq!(drained(&mut queue), [1]);
    queue.free(row(1, CREATE).user());
    assert_eq!(drained(&mut queue), [2]);
}

#[test]
fn a_row_whose_user_is_free_at_last_still_waits_for_its_own_time() {
    let (mut queue, start) = (Queue::default(), now());
    begin(&mut queue, of_user(1, 1, CREATE));
    queue.take_up(of_user(2, 1, Phase::Look), start, Duration::from_secs(2));
    assert_eq!(drained(&mut queue), [1]);
    queue.free(row(1, CREATE).user());
    queue.wake_due(start + Duration::from_secs(1));
    assert_eq!(drained(&mut queue), [0; 0]);
    queue.wake_due(start + Duration::from_secs(2));
    assert_eq!(drained(&mut queue), [2]);
}

#[test]
fn a_deferred_row_lets_its_user_go_and_waits_for_it_in_turn() {
    let (mut queue, start) = (Queue::default(), now());
    begin(&mut queue, of_user(1, 1, Phase::Look));
    begin(&mut queue, of_user(2, 1, CREATE));
    let first = queue.pop(Kind::Look).unwrap();
    queue.defer(first, start).unwrap();
    assert_eq!(queue.next_due(), Some(start));
    queue.wake_due(start);
    assert_eq!(
        drained(&mut queue),
        [2],
        "the user is busy with its next row"
    );
    queue.free(row(1, CREATE).user());
    assert_eq!(drained(&mut queue), [1]);
}

#[test]
fn deferred_rows_end_once_only_they_are_left() {
    let (mut queue, start) = (Queue::default(), now());
    let late = start + crate::engine::samples::HOUR;
    queue.defer(row(1, Phase::Look), late).unwrap();
    for phase in [CREATE, Phase::Look] {
        queue.put(row(2, phase));
        assert!(queue.end_deferred().is_empty());
        drained(&mut queue);
    }
    queue.put_later(row(3, CREATE), start, Duration::from_secs(1));
    assert!(queue.end_deferred().is_empty());
    queue.wake_due(start + Duration::from_secs(1));
    drained(&mut queue);
    queue.keep_for_recheck(row(4, Phase::Recheck(device(4))));
    assert!(queue.end_deferred().is_empty());
    queue.begin_rechecks();
    drained(&mut queue);
    queue.defer(row(5, Phase::Look), late).unwrap();
    assert!(queue.is_out_of_work() && !queue.is_empty());
    assert_eq!(numbers(queue.end_deferred()), [1, 5]);
    assert!(queue.is_empty());
}

#[test]
fn no_more_rows_are_deferred_than_there_is_room_for() {
    let (mut queue, start) = (Queue::default(), now());
    for _ in 0..DEFERRED_MAX {
        queue.defer(row(1, Phase::Look), start).unwrap();
    }
    let back = queue.defer(row(2, Phase::Look), start).unwrap_err();
    assert_eq!(back.request.row, RowNumber(2));
}

#[test]
fn devices_are_rechecked_when_all_else_is_done_or_very_many_wait() {
    let recheck = |number| row(number, Phase::Recheck(device(number)));
    let mut queue = Queue::default();
    assert!(!queue.begin_rechecks(), "there are none");
    queue.keep_for_recheck(recheck(1));
    assert_eq!(drained(&mut queue), [0; 0]);
    assert!(queue.is_out_of_work() && !queue.is_empty());
    for _ in 1..RECHECKS_MAX {
        queue.keep_for_recheck(recheck(2));
    }
    assert_eq!(drained(&mut queue), [0; 0]);
    queue.keep_for_recheck(recheck(3));
    assert_eq!(drained(&mut queue), [1]);
    assert!(queue.begin_rechecks());
    assert_eq!(drained(&mut queue).len(), RECHECKS_MAX);
    assert!(queue.is_empty());
}

#[test]
fn it_is_full_when_very_many_rows_wait_for_their_time_or_their_user() {
    let (mut queue, start) = (Queue::default(), now());
    for number in 0..WAITING_MAX {
        assert!(!queue.is_full());
        let waiting = of_user(1, 1, CREATE);
        if number % 2 == 0 {
            queue.put_later(waiting, start, Duration::from_secs(1));
        } else {
            // The first one claims the user, the others wait for it.
            begin(&mut queue, waiting);
        }
    }
    assert!(!queue.is_full());
    begin(&mut queue, of_user(1, 1, CREATE));
    assert!(queue.is_full());
    queue.free(row(1, CREATE).user());
    assert!(!queue.is_full());
}

#[test]
fn a_look_is_put_before_the_create_that_is_next() {
    let mut queue = Queue::default();
    queue.put(row(1, CREATE));
    queue.look_first();
    assert_eq!(queue.next(Kind::Look).unwrap().phase, Phase::Look);
    assert_eq!(drained(&mut queue), [1]);
}

#[test]
fn how_many_rows_wait_is_news_when_it_changes() {
    let (mut queue, start) = (Queue::default(), now());
    let due = start + Duration::from_secs(1);
    assert_eq!(queue.waiting_news(true), None);
    queue.put_later(row(1, CREATE), start, Duration::from_secs(1));
    assert_eq!(queue.waiting_news(false), None, "something else is done");
    assert_eq!(queue.waiting_news(true), Some((1, due)));
    assert_eq!(queue.waiting_news(true), None, "it was told");
    queue.put_later(row(2, CREATE), start, Duration::from_secs(2));
    assert_eq!(queue.waiting_news(true), Some((2, due)));
    assert_eq!(queue.waiting_news(false), None);
    assert_eq!(queue.waiting_news(true), Some((2, due)), "it is so again");
}

#[test]
fn after_a_stop_every_row_that_was_begun_is_dropped_and_none_is_worked_at() {
    let (mut queue, start) = (Queue::default(), now());
    let mut refused = row(1, CREATE);
    refused.refused_as = Some("CODE".to_owned());
    begin(&mut queue, refused);
    queue.keep_for_recheck(row(2, Phase::Recheck(device(2))));
    begin(&mut queue, of_user(3, 3, Phase::Look));
    begin(&mut queue, of_user(4, 3, CREATE));
    queue.put(row(5, CREATE));
    queue.put_later(row(6, CREATE), start, Duration::from_secs(1));
    queue.defer(row(7, Phase::Look), start).unwrap();
    queue.stop();
    assert_eq!(numbers(queue.dropped()), [3, 5, 6, 7, 4]);
    assert!(queue.is_empty());
    queue.put(row(8, Phase::Look));
    queue.put_first(row(9, Phase::Look));
    queue.put_later(row(10, CREATE), start, Duration::from_secs(1));
    let back = queue.defer(row(11, Phase::Look), start).unwrap_err();
    assert_eq!(back.request.row, RowNumber(11));
    assert_eq!(numbers(queue.dropped()), [8, 9, 10]);
    assert!(queue.is_empty() && queue.dropped().is_empty());
}

#[test]
fn winding_down_leaves_only_looks_for_what_may_be_there() {
    let (mut queue, start) = (Queue::default(), now());
    let mut refused = row(1, CREATE);
    refused.refused_as = Some("CODE".to_owned());
    begin(&mut queue, refused);
    queue.put(in_doubt(2, Phase::Look));
    queue.put(row(3, Phase::Look));
    queue.put(in_doubt(4, Phase::Create { resend: true }));
    queue.put(row(5, Phase::Identify(device(5))));
    queue.keep_for_recheck(row(6, Phase::Recheck(device(6))));
    queue.put_later(row(7, CREATE), start, Duration::from_secs(1));
    queue.wind_down();
    assert_eq!(numbers(queue.dropped()), [3, 4]);
    assert_eq!(drained(&mut queue), [2, 5]);
    queue.wake_due(start + Duration::from_secs(1));
    assert_eq!(numbers(queue.dropped()), [7]);
    let back = queue.defer(in_doubt(8, Phase::Look), start).unwrap_err();
    assert_eq!(back.request.row, RowNumber(8), "nobody waits so long now");
    queue.begin_rechecks();
    assert_eq!(drained(&mut queue), [6]);
    queue.begin_lasts();
    assert!(queue.is_empty());
}

#[test]
fn a_row_that_is_dropped_lets_the_next_one_of_its_user_go_on() {
    let mut queue = Queue::default();
    for (number, phase) in [(1, Phase::Look), (2, CREATE), (3, Phase::Look)] {
        let mut row = of_user(number, 1, phase);
        if number == 3 {
            row.history.doubt = Some(crate::retry::Doubt::new(0));
        }
        begin(&mut queue, row);
    }
    let first = queue.pop(Kind::Look).unwrap();
    queue.wind_down();
    queue.put(first);
    assert_eq!(numbers(queue.dropped()), [1, 2]);
    assert_eq!(drained(&mut queue), [3]);
}

#[test]
fn a_recheck_holds_no_user_and_frees_none() {
    let mut queue = Queue::default();
    begin(&mut queue, of_user(1, 1, CREATE));
    begin(&mut queue, of_user(2, 1, CREATE));
    drained(&mut queue);
    queue.wanted = Wanted::Nothing;
    queue.put(of_user(3, 1, Phase::Recheck(device(3))));
    assert_eq!(numbers(queue.dropped()), [3], "row 2 waits for row 1");
}
