//! Refusals that say nothing of the tenant.

use super::*;

#[tokio::test(start_paused = true)]
async fn rows_that_were_refused_before_do_not_stop_a_tenant_that_takes_others() {
    let again = Subject {
        refused_before: true,
        ..row(1)
    };
    let stops = |mut guard: Guard| {
        (0..30).any(|_| create(&mut guard, again, refused(Refusal::Invalid)).is_some())
    };
    assert!(!stops(after_success()));
    assert!(!stops(Guard::new(OPTIONS, API, true)));
    assert!(stops(guard()), "no device was ever made");
}

#[tokio::test(start_paused = true)]
async fn remembered_users_that_are_not_there_stop_nothing_and_count_as_answers() {
    let outdated = |number| Subject {
        is_remembered: true,
        ..row(number)
    };
    let mut guard = guard();
    for number in 1..=100 {
        let reason = look(&mut guard, outdated(number), LookOutcome::UserUnknown);
        assert_eq!(reason, None, "user {number}");
    }
    assert!(guard.width() > 1, "as after other listings");
    let mut unknown = |number| create(&mut guard, outdated(number), refused(Refusal::UserUnknown));
    assert!((1..=100).all(|number| unknown(number).is_none()));
    let mut forbidden = |number| create(&mut guard, outdated(number), refused(Refusal::Forbidden));
    assert!((1..=3).any(|number| forbidden(number).is_some()));
}
