//! How wide a run goes, and when most failures pause it.

use super::*;

#[tokio::test(start_paused = true)]
async fn rows_go_one_by_one_until_five_are_answered_and_one_is_created() {
    let mut guard = guard();
    assert_eq!((guard.width(), guard.create_width()), (1, 1));
    for number in 1..=4 {
        look(&mut guard, row(number), absent());
        create(&mut guard, row(number), lost(Ambiguity::ConnectionLost));
    }
    assert_eq!(guard.create_width(), 1, "nothing was created yet");
    create(&mut guard, row(5), created());
    assert_eq!((guard.width(), guard.create_width()), (8, 8));
    for _ in 0..600 {
        create(&mut guard, row(6), created());
    }
    assert_eq!((guard.width(), guard.create_width()), (32, 32));
}

#[tokio::test(start_paused = true)]
async fn listings_widen_once_some_were_answered_so_existing_devices_come_fast() {
    let mut guard = guard();
    for number in 1..=5 {
        look(&mut guard, row(number), absent());
    }
    assert_eq!((guard.width(), guard.create_width()), (8, 1));
}

#[tokio::test(start_paused = true)]
async fn without_a_canary_eight_go_at_once() {
    let options = GuardOptions {
        canary: 0,
        ..OPTIONS
    };
    let guard = Guard::new(options, API, false);
    assert_eq!((guard.width(), guard.create_width()), (8, 8));
}

#[tokio::test(start_paused = true)]
async fn one_request_goes_first_after_a_pause() {
    let mut guard = after_success();
    guard.traffic.probe(None);
    assert_eq!(guard.width(), 1);
    let throttled = refused(Refusal::Throttled { retry_after: None });
    create(&mut guard, row(6), throttled);
    assert_eq!(
        guard.width(),
        1,
        "the answer must be another than the pause's"
    );
    create(&mut guard, row(6), created());
    assert_eq!(guard.width(), 8);
}

#[tokio::test(start_paused = true)]
async fn answers_to_what_was_sent_before_are_not_the_request_that_goes_first() {
    let mut guard = after_success();
    let before = Subject {
        seq: guard.traffic.number(),
        ..row(6)
    };
    guard.traffic.probe(None);
    assert!(guard.traffic.withholds(Kind::Create.group(), before.seq));
    create(&mut guard, before, created());
    look(&mut guard, before, absent());
    assert_eq!(guard.width(), 1);
    let first = Subject {
        seq: guard.traffic.number(),
        ..row(7)
    };
    assert!(!guard.traffic.withholds(Kind::Create.group(), first.seq));
    look(&mut guard, first, absent());
    assert_eq!(guard.width(), 8);
}

#[tokio::test(start_paused = true)]
async fn mostly_failures_are_waited_out_once_and_stop_the_run_the_second_time() {
    let now = crate::clock::now();
    let mut guard = after_success();
    let failed = lost(Ambiguity::ServerError);
    assert_eq!(stops_after(&mut guard, &failed, "CODE", 15), None);
    assert_eq!(
        guard.traffic.tripped_until(now),
        Some(now + Duration::from_mins(1))
    );
    assert_eq!(guard.width(), 1);
    let later = now + Duration::from_mins(1);
    assert_eq!(guard.traffic.tripped_until(later), None);
    let probe = guard.on_create(row(99), &answered(failed), later);
    assert!(matches!(probe, Some(StopReason::Unavailable { .. })));
}

#[tokio::test(start_paused = true)]
async fn three_good_probes_let_as_many_go_as_before() {
    let mut guard = after_success();
    stops_after(&mut guard, &lost(Ambiguity::ServerError), "CODE", 15);
    for number in 1..=3 {
        assert_eq!(guard.width(), 1);
        create(&mut guard, row(number), created());
    }
    assert_eq!(guard.width(), 8);
}

#[tokio::test(start_paused = true)]
async fn a_tenth_of_failures_stops_nothing() {
    let now = crate::clock::now();
    let mut guard = after_success();
    for number in 0..200 {
        let outcome = if number % 10 == 0 {
            lost(Ambiguity::ServerError)
        } else {
            created()
        };
        assert_eq!(create(&mut guard, row(number), outcome), None);
        assert_eq!(guard.traffic.tripped_until(now), None);
    }
}

#[tokio::test(start_paused = true)]
async fn out_of_descriptors_halves_the_width_and_stops_at_one() {
    let mut guard = after_success();
    for width in [4, 2, 1] {
        let burst: Vec<u64> = (0..6).map(|_| guard.traffic.number()).collect();
        for seq in burst {
            let at_once = Subject { seq, ..row(6) };
            let reason = create(&mut guard, at_once, refused(Refusal::OutOfResources));
            assert_eq!((reason, guard.width()), (None, width));
        }
    }
    let last = create(&mut guard, row(6), refused(Refusal::OutOfResources));
    assert!(matches!(last, Some(StopReason::Broken { .. })));
}
