//! Nothing goes anywhere but where it was told to.

use super::case::{Case, LATE, PROMPT};
use super::faults::Plan;
use super::size::seed;
use super::strace;
use super::wave::{CARELESS, Wave};

#[test]
fn a_redirect_is_not_followed_and_costs_one_create() {
    for status in [301, 302, 303, 307, 308] {
        let plan = Plan {
            redirect: Some(status),
            ..Plan::calm(seed())
        };
        let case = Case::of("redirect", Wave::new(seed(), 20, CARELESS), plan, PROMPT);
        let ended = case.run();
        assert_eq!(ended.code(), Some(5), "{status}: {}", ended.said);
        assert_eq!(case.server.truth().counted("create"), 1, "{status}");
        case.check(&ended);
        case.server.change_plan(Plan::calm(seed()));
        case.next_run_is_clean();
    }
}

#[test]
fn no_other_address_is_connected_to() {
    if !strace::is_there() {
        return;
    }
    let wave = Wave::new(seed(), 20, CARELESS);
    let case =
        Case::of("elsewhere", wave, Plan::bad_day(seed(), 20), LATE).told(&["--timeout", "1s"]);
    strace::run(&case, "connect,sendto,sendmsg", &[]);
    let port = case.server.address().port();
    let here = format!("sin_port=htons({port}), sin_addr=inet_addr(\"127.0.0.1\")");
    let calls = strace::calls(&case.place);
    let connects = calls.iter().filter(|call| call.name == "connect");
    assert!(connects.count() > 0);
    for call in &calls {
        let named = call.rest.contains("sin_addr") || call.rest.contains("sin6_addr");
        assert!(!named || call.rest.contains(&here), "H: {call:?}");
    }
}
