//! What follows an answered create, and what overrides what.

use super::*;

#[test]
fn a_create_ends_its_row_where_pingone_said_what_became_of_it() {
    let made = AttemptOutcome::Created(device(9));
    for (outcome, state, ended) in [
        (made, DeviceState::Created, Outcome::Created),
        (
            AttemptOutcome::NotCreated(Refusal::Invalid),
            DeviceState::Rejected,
            Outcome::Rejected,
        ),
        (
            AttemptOutcome::NotCreated(Refusal::Forbidden),
            DeviceState::Failed,
            Outcome::Failed,
        ),
    ] {
        let mut row = sent();
        let effects = create(&mut row, &answered(outcome.clone()));
        let expected = row.end(ended, settled(&effects).device.clone().and_then(|d| d.id));
        assert_eq!(effects.then, Then::End(expected), "{outcome:?}");
        assert_eq!(effects.next, Next::Finish);
        assert_eq!(settled(&effects).state, state);
        assert!(!settled(&effects).recheck_owed && !settled(&effects).unproven);
        assert_eq!(settled(&effects).last_send, None);
        assert_eq!(row.answer, answer(400, "CODE"));
        assert_eq!(row.connection, Connection::Kept);
        assert!(!row.looked, "what was listed before says nothing any more");
    }
}

#[test]
fn a_refusal_is_remembered_and_the_row_has_failed_so_far() {
    let mut row = sent();
    let effects = create(&mut row, &refused(Refusal::Unreachable));
    assert_eq!(effects.then, Then::Go { after: SECOND / 2 });
    assert_eq!(effects.next, Next::Create(SECOND / 2));
    assert_eq!(row.phase, CREATE);
    assert_eq!(settled(&effects).state, DeviceState::Failed);
    assert_eq!(row.refused_as.as_deref(), Some("CODE"));
    assert_eq!(row.end_now().unwrap().outcome, Outcome::Failed);
}

#[test]
fn a_create_that_was_withheld_leaves_its_row_as_it_was() {
    let mut row = sent();
    let effects = create(&mut row, &crate::engine::job::withheld());
    assert!(settled(&effects).answer.code.as_deref() == Some(code::WITHHELD));
    assert_eq!(row.end_now(), None, "it is pending: nothing was sent");
    assert_eq!((&row.refused_as, row.phase == CREATE), (&None, true));

    for before in [DeviceState::Rejected, DeviceState::Failed] {
        let mut row = sent();
        row.answer = answer(400, "EARLIER");
        row.refused = Some(before);
        row.refused_as = Some("EARLIER".to_owned());
        let effects = create(&mut row, &crate::engine::job::withheld());
        let told = settled(&effects);
        assert_eq!(
            (told.state, &told.answer),
            (before, &answer(400, "EARLIER"))
        );
        assert_eq!(row.end_now(), None, "it is refused as in the run before");
        assert_eq!(row.refused_as.as_deref(), Some("EARLIER"));
    }

    // A refusal of this run stays one.
    let mut row = sent();
    create(&mut row, &refused(Refusal::Unreachable));
    let effects = create(&mut row, &crate::engine::job::withheld());
    assert_eq!(settled(&effects).answer, answer(400, "CODE"));
    assert_eq!(row.end_now().unwrap().outcome, Outcome::Failed);
}

#[test]
fn a_lost_create_is_in_doubt_now_and_looked_for_on_a_fresh_connection() {
    let mut row = sent();
    let context = context(now());
    let effects = after_create(&policy(), &mut row, &lost(), &context);
    assert_eq!(effects.then, Then::Go { after: 2 * SECOND });
    assert_eq!(row.phase, Phase::Look);
    assert_eq!(settled(&effects).state, DeviceState::Unresolved);
    assert_eq!(settled(&effects).last_send, Some(moment()));
    assert_eq!(row.age(context.now + SECOND), SECOND);
    assert_eq!(row.connection, Connection::Fresh);
    assert_eq!(row.end_now().unwrap().outcome, Outcome::Unknown);
}

#[test]
fn a_refusal_that_may_be_anothers_is_looked_at_before_it_is_believed() {
    let mut row = sent();
    let unproven = Answered {
        proof: Proof::Unproven,
        ..refused(Refusal::Invalid)
    };
    let effects = create(&mut row, &unproven);
    assert_eq!(effects.then, Then::Go { after: 2 * SECOND });
    assert_eq!(row.phase, Phase::Look);
    assert!(settled(&effects).unproven);
    assert_eq!(row.connection, Connection::Fresh);
    assert_eq!(row.end_now().unwrap().outcome, Outcome::Unknown);
    let told_nothing = look(&mut row, LookOutcome::Nothing(WhyNothing::Forbidden));
    assert_eq!(end(&told_nothing.then).outcome, Outcome::Unknown);
    assert!(settled(&told_nothing).unproven);
}

#[test]
fn a_refused_row_whose_device_is_anothers_ends_as_the_ledger_has_it() {
    let mut row = sent();
    row.history.unproven_since_ms = Some(ASKED_MS);
    let mut theirs = device(9);
    theirs.created_at = Some("2001-01-01T00:00:00Z".to_owned());
    let effects = look(&mut row, LookOutcome::Seen(Listing::Present(theirs)));
    assert_eq!(settled(&effects).state, DeviceState::Found);
    assert!(!settled(&effects).unproven);
    assert_eq!(end(&effects.then).outcome, Outcome::Existing);
    assert_eq!(end(&effects.then).device, device(9).id);
}

#[test]
fn a_throttled_request_holds_all_and_its_row_goes_first_then() {
    let wait = 7 * SECOND;
    let throttled = Refusal::Throttled {
        retry_after: Some(wait),
    };
    let mut create_row = sent();
    let effects = create(&mut create_row, &refused(throttled));
    assert_eq!(effects.hold, Some(wait));
    assert_eq!(effects.then, AT_ONCE);
    assert_eq!(create_row.phase, CREATE);
    let mut look_row = row(1, Phase::Look);
    let throttled = LookOutcome::Nothing(WhyNothing::Throttled {
        retry_after: Some(wait),
    });
    let effects = look(&mut look_row, throttled);
    assert_eq!(effects.hold, Some(wait));
    assert_eq!(effects.then, AT_ONCE);
    assert_eq!(effects.settled.map(|settled| settled.state), None);
    assert_eq!(look_row.phase, Phase::Look);
}

#[test]
fn a_throttle_that_may_be_anothers_gives_time_for_an_effect_before_a_look() {
    for retry_after in [SECOND, 7 * SECOND] {
        let throttled = Refusal::Throttled {
            retry_after: Some(retry_after),
        };
        let unproven = Answered {
            proof: Proof::Unproven,
            ..refused(throttled)
        };
        let mut row = sent();
        let effects = create(&mut row, &unproven);
        assert_eq!(effects.hold, Some(retry_after), "as PingOne asks");
        assert_eq!(effects.then, Then::Go { after: 2 * SECOND });
        assert_eq!(row.phase, Phase::Look);
    }
}

#[test]
fn a_wait_that_another_answer_asks_for_holds_all_and_changes_nothing_else() {
    let pause = Some(3 * SECOND);
    for asked in [None, pause] {
        let lost = Answered {
            pause: asked,
            ..lost()
        };
        let effects = create(&mut sent(), &lost);
        assert_eq!(effects.hold, asked);
        assert_eq!(effects.then, Then::Go { after: 2 * SECOND });
        let nothing = Answered {
            pause: asked,
            ..answered(LookOutcome::Nothing(WhyNothing::NoInformation))
        };
        let mut row = row(1, Phase::Look);
        let effects = after_look(&policy(), &mut row, &nothing, &context(now()));
        assert_eq!(effects.hold, asked);
        assert_eq!(effects.then, Then::Go { after: SECOND / 2 });
    }
}

#[test]
fn a_retry_that_cannot_be_paid_for_is_given_up() {
    for (fault, price) in [
        (FaultKind::Connect, Retried::NotSent),
        (FaultKind::ConnectTimeout, Retried::TimedOut),
    ] {
        for refusal in [Refusal::Unreachable, Refusal::OutOfResources] {
            let answered = Answered {
                fault: Some(fault),
                ..refused(refusal)
            };
            assert_eq!(super::super::price(&answered), Some(price));
            for affords_retry in [true, false] {
                let context = Context {
                    affords_retry,
                    ..context(now())
                };
                let effects = after_create(&policy(), &mut sent(), &answered, &context);
                assert_eq!(effects.retry, Some(price));
                assert_eq!(matches!(effects.then, Then::Go { .. }), affords_retry);
                assert_eq!(settled(&effects).state, DeviceState::Failed);
            }
            let mut tried = sent();
            tried.history.failures = 3;
            let effects = create(&mut tried, &answered);
            assert_eq!(effects.retry, None, "it was tried often enough");
        }
    }
    for free in [
        refused(Refusal::Withheld),
        refused(Refusal::Throttled { retry_after: None }),
        lost(),
        answered(AttemptOutcome::Created(device(9))),
    ] {
        assert_eq!(price(&free), None, "{free:?}");
        let context = Context {
            affords_retry: false,
            ..context(now())
        };
        let effects = after_create(&policy(), &mut sent(), &free, &context);
        assert_eq!(effects.retry, None);
        let is_given_up = matches!(&effects.then, Then::End(end) if end.outcome == Outcome::Failed);
        assert!(!is_given_up, "{free:?}");
    }
}

#[test]
fn a_device_without_an_id_is_looked_for_before_its_row_ends() {
    let mut row = sent();
    let effects = create(&mut row, &answered(AttemptOutcome::Created(nameless())));
    assert_eq!(effects.then, AT_ONCE);
    assert_eq!(row.phase, Phase::Identify(nameless()));
    assert_eq!(settled(&effects).state, DeviceState::Created);
    assert!(settled(&effects).recheck_owed);
    let unfinished = row.end_now().unwrap();
    assert_eq!(
        (unfinished.outcome, unfinished.device),
        (Outcome::Created, None)
    );
    row.history.was_absent = true;
    let effects = look(&mut row, present(9));
    assert_eq!(
        effects.then,
        Then::End(row.end(Outcome::Created, device(9).id))
    );
    assert_eq!(settled(&effects).device, Some(device(9)));
    assert!(!settled(&effects).recheck_owed);
}
