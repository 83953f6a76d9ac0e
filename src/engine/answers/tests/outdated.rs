//! What is told of rows whose remembered users PingOne does not know any more.

use super::*;
use crate::engine::options::UserSource;
use crate::model::event::Event;

#[test]
fn a_row_that_ends_because_its_remembered_user_is_gone_does_not_count_yet() {
    for (source, outcome, is_outdated) in [
        (UserSource::Remembered, LookOutcome::UserUnknown, true),
        (
            UserSource::Remembered,
            LookOutcome::Nothing(WhyNothing::Forbidden),
            false,
        ),
        (UserSource::Sure, LookOutcome::UserUnknown, false),
        (UserSource::AskedAnew, LookOutcome::UserUnknown, false),
    ] {
        let mut row = row(1, Phase::Look);
        row.know_user_from(source);
        let mut effects = look(&mut row, outcome.clone());
        if source != UserSource::Remembered {
            // Who was looked up just now may be visible soon.
            effects = look(&mut row, outcome.clone());
        }
        let ended = row.ended(end(&effects.then).clone());
        let found = matches!(ended, Event::UserOutdated(_));
        assert_eq!(found, is_outdated, "{source:?} {outcome:?}");
        assert_eq!(ended.outcome().is_none(), is_outdated);
    }
    let mut refused_row = sent();
    refused_row.know_user_from(UserSource::Remembered);
    let effects = create(&mut refused_row, &refused(Refusal::UserUnknown));
    let ended = refused_row.ended(end(&effects.then).clone());
    assert!(matches!(ended, Event::UserOutdated(_)));
}

#[test]
fn what_is_in_doubt_stays_so_whoever_the_user_was() {
    let mut row = in_doubt(1, Phase::Look);
    row.know_user_from(UserSource::Remembered);
    row.last_send = Some(last_sent(now()));
    let effects = look(&mut row, LookOutcome::UserUnknown);
    assert!(!matches!(effects.then, Then::End(_)), "it is looked for");
    let left = row.end_now().unwrap();
    assert_eq!(row.ended(left).outcome(), Some(Outcome::Unknown));
}

#[test]
fn a_row_that_worked_for_another_user_hears_no_answer_to_that_request() {
    let mut row = row(1, Phase::Look);
    assert_eq!(row.connection, Connection::Kept);
    row.know_user_from(UserSource::AskedAnew);
    assert_eq!(row.connection, Connection::Fresh);
}
