//! What follows an answered listing.

use super::*;
use crate::engine::samples::bar;

#[test]
fn a_look_that_may_be_anothers_is_made_anew_on_a_fresh_connection() {
    let mut row = row(1, Phase::Look);
    let effects = look(&mut row, LookOutcome::Nothing(WhyNothing::Unproven));
    assert_eq!(effects.then, AT_ONCE);
    assert_eq!(row.connection, Connection::Fresh);
    assert!(!row.looked);
    look(&mut row, LookOutcome::UserUnknown);
    assert!(row.looked);
    assert_eq!(row.refused_as.as_deref(), Some("CODE"));
}

#[test]
fn what_is_not_there_is_asked_for_and_what_is_there_ends_the_row() {
    let mut absent = row(1, Phase::Look);
    let effects = look(&mut absent, LookOutcome::Seen(Listing::Absent));
    assert_eq!(effects.then, AT_ONCE);
    assert_eq!(effects.next, Next::Create(Duration::ZERO));
    assert!(effects.settled.is_none() && absent.looked);
    assert_eq!(absent.phase, CREATE);
    let mut found = row(1, Phase::Look);
    let effects = look(&mut found, present(9));
    assert_eq!(
        effects.then,
        Then::End(found.end(Outcome::Existing, device(9).id))
    );
    assert_eq!(settled(&effects).answer, answer(400, "CODE"));
    let mut several = row(1, Phase::Look);
    let effects = look(&mut several, LookOutcome::Seen(Listing::Several(device(9))));
    assert_eq!(end(&effects.then).outcome, Outcome::Existing);
    assert_eq!(settled(&effects).state, DeviceState::Several);
    let told = &settled(&effects).answer;
    assert_eq!(told.code.as_deref(), Some(code::DUPLICATE_FOUND));
    assert!(told.message.as_ref().unwrap().contains("more than once"));
}

#[test]
fn what_a_plan_bars_and_is_not_there_ends_the_row_and_says_so() {
    let mut absent = row(1, Phase::Look).barred(Some(bar(true)));
    let effects = look(&mut absent, LookOutcome::Seen(Listing::Absent));
    let told = end(&effects.then);
    assert_eq!(told.outcome, Outcome::Rejected);
    assert_eq!(told.answer.code.as_deref(), Some(code::NOT_IN_PLAN));
    assert_eq!(settled(&effects).state, DeviceState::Rejected);
    assert_eq!(settled(&effects).answer, told.answer);
    let mut unknown = row(1, Phase::Look).barred(Some(bar(true)));
    look(&mut unknown, LookOutcome::UserUnknown);
    let effects = look(&mut unknown, LookOutcome::UserUnknown);
    let told = &settled(&effects).answer;
    assert_eq!(told.code.as_deref(), Some("CODE"), "as PingOne said");
}

#[test]
fn what_a_listing_shows_of_a_lost_request_is_ours_and_looked_at_once_more() {
    let mut row = in_doubt(1, Phase::Look);
    row.history.was_absent = true;
    row.history.blind_looks = 3;
    row.last_send = Some(last_sent(now()));
    let effects = look(&mut row, present(9));
    assert_eq!(
        effects.then,
        Then::EndAndRecheck(row.end(Outcome::Created, device(9).id))
    );
    assert_eq!(row.phase, Phase::Recheck(device(9)));
    assert_eq!(row.history.blind_looks, 0, "the recheck has its own");
    let settled = settled(&effects);
    assert!(settled.recheck_owed);
    assert_eq!(settled.lost, Some(moment()));
    let message = settled.answer.message.as_deref();
    assert_eq!(
        message,
        Some("the answer was lost; PingOne's listing shows the device")
    );
}

#[test]
fn what_a_listing_shows_is_told_of_a_lost_answer_only_where_one_was_lost() {
    let mut row = row(1, Phase::Look);
    row.history.resends = 1;
    let effects = look(&mut row, present(9));
    assert_eq!(end(&effects.then).outcome, Outcome::Created);
    assert_eq!(settled(&effects).answer, answer(400, "CODE"));
}

#[test]
fn what_a_listing_shows_of_a_refused_request_says_whose_the_refusal_was() {
    let mut row = row(1, Phase::Look);
    row.history.was_absent = true;
    row.history.unproven_since_ms = Some(ASKED_MS);
    let effects = look(&mut row, present(9));
    assert_eq!(end(&effects.then).outcome, Outcome::Created);
    let message = settled(&effects).answer.message.as_deref().unwrap();
    assert!(message.starts_with("the refusal was the answer to another request"));
}

#[test]
fn a_refusal_that_a_listing_bears_out_keeps_its_own_words() {
    let mut row = row(1, Phase::Look);
    row.answer = answer(400, "LIMIT_EXCEEDED");
    row.history.refusal = Some(Refusal::DeviceLimit);
    let effects = look(&mut row, LookOutcome::Seen(Listing::Absent));
    assert_eq!(end(&effects.then).outcome, Outcome::Rejected);
    assert_eq!(settled(&effects).answer, answer(400, "LIMIT_EXCEEDED"));
    let mut failed = crate::engine::samples::row(1, Phase::Look);
    failed.answer = answer(400, "OLD");
    let effects = look(&mut failed, LookOutcome::Nothing(WhyNothing::Forbidden));
    assert_eq!(settled(&effects).answer, answer(400, "CODE"));
}

#[test]
fn a_refusal_that_was_ours_is_written_down_as_such_before_the_row_goes_on() {
    let mut row = row(1, Phase::Look);
    row.history.unproven_since_ms = Some(ASKED_MS);
    (row.failed, row.answer) = (true, answer(429, "throttled"));
    row.refused = Some(DeviceState::Failed);
    let effects = look(&mut row, LookOutcome::Seen(Listing::Absent));
    assert_eq!(effects.next, Next::Create(Duration::ZERO));
    let told = settled(&effects);
    assert_eq!((told.state, told.unproven), (DeviceState::Failed, false));
    assert_eq!(told.answer, answer(429, "throttled"));
    let end = row.end_now().map(|end| end.outcome);
    assert_eq!(end, Some(told.state.outcome()), "the disk is full, say");
    row.phase = Phase::Look;
    let again = look(&mut row, LookOutcome::Seen(Listing::Absent));
    assert!(again.settled.is_none());
}

#[test]
fn what_stays_unknown_is_on_disk_already() {
    let mut row = in_doubt(1, Phase::Look);
    let effects = look(&mut row, LookOutcome::Nothing(WhyNothing::Forbidden));
    assert!(effects.settled.is_none());
    assert_eq!(effects.then, Then::End(row.end(Outcome::Unknown, None)));
    let mut several = crate::engine::samples::row(1, Phase::Look);
    several.history.several_before = true;
    let effects = look(&mut several, LookOutcome::Nothing(WhyNothing::Forbidden));
    assert!(effects.settled.is_none());
    assert_eq!(end(&effects.then).outcome, Outcome::Existing);
}

#[test]
fn a_row_that_nothing_can_be_learned_of_for_long_is_deferred() {
    let mut row = in_doubt(1, Phase::Look);
    let sent = now() - Duration::from_mins(10);
    row.last_send = Some(last_sent(sent));
    row.history.doubt.as_mut().unwrap().first_negative = Some(Duration::from_mins(5));
    let effects = look(&mut row, LookOutcome::Seen(Listing::Absent));
    let after = Duration::from_mins(50) + context(now()).took;
    assert!(matches!(effects.then, Then::Defer { after: wait } if wait.abs_diff(after) < SECOND));
    assert_eq!(row.phase, Phase::Look);
}

#[test]
fn a_listing_counts_from_when_it_was_asked_for() {
    // The request has settled when the answer comes, and had not when it was asked for.
    let took = context(now()).took;
    for (age, settled_enough) in [(HOUR + took, true), (HOUR + SECOND, false)] {
        let instant = now();
        let mut row = in_doubt(1, Phase::Recheck(device(9)));
        row.history.was_absent = true;
        row.last_send = Some(last_sent(instant - age));
        let listed = answered(present(9));
        let effects = after_look(&policy(), &mut row, &listed, &context(instant));
        assert_eq!(effects.then, Then::Nothing);
        let settled = settled(&effects);
        assert_eq!(settled.state, DeviceState::Created);
        assert_eq!(settled.device, Some(device(9)));
        assert_eq!(settled.recheck_owed, !settled_enough, "{age:?}");
        assert_eq!(settled.lost, (!settled_enough).then(moment), "{age:?}");
        let mut resend = in_doubt(1, Phase::Look);
        resend.last_send = Some(last_sent(instant - age));
        resend.history.doubt.as_mut().unwrap().first_negative = Some(SECOND);
        let absent = answered(LookOutcome::Seen(Listing::Absent));
        let effects = after_look(&policy(), &mut resend, &absent, &context(instant));
        let sent_again = resend.phase == Phase::Create { resend: true };
        assert_eq!(sent_again, settled_enough, "{age:?}");
        assert_eq!(matches!(effects.then, Then::Go { .. }), settled_enough);
    }
}

#[test]
fn a_recheck_tells_of_a_second_device_and_that_it_is_gone_again() {
    let mut row = row(1, Phase::Recheck(device(9)));
    row.answer = answer(201, "");
    let effects = look(&mut row, LookOutcome::Seen(Listing::Several(device(9))));
    assert_eq!(effects.then, Then::Nothing);
    let twice = settled(&effects);
    assert_eq!(twice.answer.code.as_deref(), Some(code::DUPLICATE_FOUND));
    assert_eq!(twice.answer.http_status, Some(201));
    let effects = look(&mut row, present(9));
    assert_eq!(settled(&effects).answer, answer(400, "CODE"));
    row.answer = answer(201, "");
    let effects = look(&mut row, present(9));
    assert_eq!(settled(&effects).answer, answer(201, ""));
}

#[test]
fn a_recheck_that_told_nothing_is_still_owed() {
    let mut row = row(1, Phase::Recheck(nameless()));
    let effects = look(&mut row, LookOutcome::Nothing(WhyNothing::Forbidden));
    assert!(effects.settled.is_none());
    assert_eq!(effects.then, Then::Nothing);
}

#[test]
fn a_device_of_an_earlier_run_is_ours_only_where_it_was_not_there_before() {
    for (asked_ms, was_absent, ours) in [
        (Some(ASKED_MS), false, true),
        (None, false, false),
        (None, true, true),
    ] {
        let mut row = row(1, Phase::Recheck(nameless()));
        row.asked_ms = asked_ms;
        row.history.was_absent = was_absent;
        let mut listed = device(9);
        listed.created_at = Some("2030-01-01T00:00:00Z".to_owned());
        let effects = look(&mut row, LookOutcome::Seen(Listing::Present(listed)));
        let named = effects.settled.and_then(|settled| settled.device?.id);
        assert_eq!(named.is_some(), ours, "{asked_ms:?}, {was_absent}");
    }
}

#[test]
fn a_conflict_is_empty_where_the_first_listing_after_it_shows_nothing() {
    let absent = LookOutcome::Seen(Listing::Absent);
    let mut row = in_doubt(1, Phase::Look);
    assert!(!is_empty_conflict(&row, &absent), "it was no conflict");
    row.history.doubt.as_mut().unwrap().met_conflict = true;
    assert!(is_empty_conflict(&row, &absent));
    assert!(!is_empty_conflict(&row, &present(9)));
    look(&mut row, absent.clone());
    assert!(!is_empty_conflict(&row, &absent), "it was told before");
}
