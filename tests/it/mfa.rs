//! Users who cannot use MFA, and `--mfa`.

use std::fmt::Write;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc;
use std::time::Duration;

use wavepair::testing::sandbox::{Kind, Options, Variant, Variants, WAVE_POLICY};

use crate::support::rehearsal::{Rehearsal, until, user};
use crate::support::tampering_proxy::{Request, TamperingProxy, Then};

/// A tenant in which nobody can use MFA until it is switched on.
fn switched_off() -> Rehearsal {
    switched_off_with("")
}

fn switched_off_with(faults: &str) -> Rehearsal {
    Rehearsal::with(Options {
        variants: Variants::from_iter([Variant::MfaOff]),
        faults: faults.parse().unwrap(),
        ..Options::default()
    })
}

/// Switches MFA on for a user, as an administrator would.
fn switch_on(rehearsal: &Rehearsal, user: &str) {
    let path = format!("/users/{user}/mfaEnabled");
    let answer = rehearsal.ask("PUT", &path, r#"{"mfaEnabled": true}"#);
    assert_eq!(answer.status, 200, "{}", answer.body);
}

/// What was asked about a user, in order: `GET`, `PUT` of their MFA, `POST` of a device.
fn asked(requests: &[String], user: &str) -> Vec<String> {
    let about = requests.iter().filter_map(|request| {
        let mut words = request.lines().next()?.split(' ');
        let (method, path) = (words.next()?, words.next()?);
        let ours = path.contains(user) && (path.ends_with("/mfaEnabled") || method == "POST");
        ours.then(|| method.to_owned())
    });
    about.collect()
}

/// Two rows of user 1, and one of each of the users 2 to 4.
fn wave() -> String {
    let mut text = "user_id,phone,policy_id\n".to_owned();
    for (number, who) in [1, 2, 1, 3, 4].into_iter().enumerate() {
        writeln!(text, "{},+1512555123{number},{WAVE_POLICY}", user(who)).unwrap();
    }
    text
}

#[test]
fn each_user_is_switched_on_once_before_a_device_and_who_was_on_is_left() {
    let mut rehearsal = switched_off();
    switch_on(&rehearsal, &user(3));
    let before = rehearsal.stats().requests_of(Kind::SetMfa);
    let proxy = rehearsal.behind(|_, _| Then::LetThrough);
    let run = rehearsal
        .wave(&wave())
        .run(&["--mfa", "enable", "--summary", "-"]);
    let run = run.exits(0).has(&[("created", 5)]);
    rehearsal.check(&run, 5);
    let requests = proxy.requests();
    for (who, expected) in [
        (1, &["GET", "PUT", "POST", "POST"][..]),
        (2, &["GET", "PUT", "POST"]),
        (3, &["GET", "POST"]),
        (4, &["GET", "PUT", "POST"]),
    ] {
        assert_eq!(asked(&requests, &user(who)), expected, "user {who}");
    }
    assert_eq!(rehearsal.stats().requests_of(Kind::SetMfa), before + 3);
    let words = ["enabled", "enabled", "enabled", "already", "enabled"];
    assert_eq!(run.column("mfa_enabled"), words);
    assert_eq!(run.summary()["requests"]["mfa"], 7);
    rehearsal.writes_results_again();
    let again = rehearsal.run(&["--mfa", "enable"]).exits(0);
    assert_eq!(again.column("mfa_enabled"), words);
    assert_eq!(
        proxy.requests().len(),
        requests.len(),
        "nothing is left to do"
    );
}

/// What the ledger has of a user who is about to be switched, and of one who was.
const SWITCHING: u8 = 3;
const ENABLED: u8 = 1;

/// Runs until the first request comes that `is_it`, lets the sandbox have it where it is to be `served`,
/// and kills the run before the answer. Gives the way to the sandbox, and how many requests came.
fn killed_at(
    rehearsal: &mut Rehearsal,
    is_it: fn(&Request) -> bool,
    served: bool,
    noted: u8,
) -> (TamperingProxy, usize) {
    let (tell, told) = mpsc::channel();
    let first = AtomicBool::new(true);
    let proxy = rehearsal.behind(move |request, wire| {
        if !is_it(request) || !first.swap(false, Ordering::Relaxed) {
            return Then::LetThrough;
        }
        if served {
            request.served();
        }
        tell.send(()).ok();
        wire.read_exact(&mut [0]).ok();
        Then::HangUp
    });
    let mut run = rehearsal.begin(&["--mfa", "enable", "--concurrency", "1"]);
    told.recv_timeout(Duration::from_secs(30)).unwrap();
    let known = || -> Option<u8> {
        let ledger = rusqlite::Connection::open(rehearsal.ledger()).unwrap();
        let first = ledger.query_row("SELECT mfa FROM users", [], |row| row.get(0));
        first.ok()
    };
    until(|| known() == Some(noted));
    run.kill().unwrap();
    run.wait().unwrap();
    let requests = proxy.requests().len();
    (proxy, requests)
}

fn is_switch(request: &Request) -> bool {
    request.text.starts_with("PUT ")
}

#[test]
fn nobody_is_switched_twice_where_a_run_is_killed_before_the_answer() {
    let mut rehearsal = switched_off();
    rehearsal.rows(2);
    let (proxy, before) = killed_at(&mut rehearsal, is_switch, true, SWITCHING);
    assert_eq!(rehearsal.creates(), 0, "the create comes after it");
    let run = rehearsal.run(&["--mfa", "enable"]).exits(0);
    rehearsal.check(&run, 2);
    let requests = &proxy.requests()[before..];
    assert_eq!(asked(requests, &user(0)), ["GET", "POST"]);
    assert_eq!(asked(requests, &user(1)), ["GET", "PUT", "POST"]);
    assert_eq!(run.column("mfa_enabled"), ["enabled", "enabled"]);
    assert_eq!(rehearsal.stats().requests_of(Kind::SetMfa), 2);
    rehearsal.writes_results_again();
}

#[test]
fn nobody_is_asked_about_twice_where_the_run_is_killed_behind_the_switch() {
    let mut rehearsal = switched_off();
    rehearsal.rows(1);
    let (proxy, before) = killed_at(&mut rehearsal, Request::is_create, false, ENABLED);
    let run = rehearsal.run(&["--mfa", "enable", "--settle", "200ms"]);
    let run = run.exits(0).has(&[("created", 1)]);
    rehearsal.check(&run, 1);
    assert_eq!(asked(&proxy.requests()[before..], &user(0)), ["POST"]);
    assert_eq!(run.column("mfa_enabled"), ["enabled"]);
}

#[test]
fn a_user_who_cannot_be_switched_on_gets_no_device_and_the_others_do() {
    let refusal = format!(
        "[[fault]]\non = 'set_mfa'\nuser = '{}'\nstatus = 400\n",
        user(1)
    );
    let rehearsal = switched_off_with(&refusal);
    let run = rehearsal.wave(&wave()).run(&["--mfa", "enable"]).exits(4);
    rehearsal.check(&run, 5);
    let outcomes = ["failed", "created", "failed", "created", "created"];
    assert_eq!(run.outcomes(), outcomes);
    assert_eq!(rehearsal.creates(), 3);
    assert!(rehearsal.held().iter().all(|held| held.user != user(1)));
    assert_eq!(
        rehearsal.stats().requests_of(Kind::SetMfa),
        4,
        "not for each row"
    );
    for row in [0, 2] {
        let row = &run.rows[row];
        let told = (row["code"].as_str(), row["http_status"].as_str());
        assert_eq!(told, ("mfa_not_enabled", "400"));
        assert_eq!((&*row["mfa_enabled"], &*row["attempts"]), ("off", "0"));
        let message = &row["message"];
        let what = "nothing was created, because MFA could not be switched on for this user: ";
        assert!(message.starts_with(what), "{message}");
        assert!(
            message.ends_with("switch MFA on there, and run again"),
            "{message}"
        );
    }
    rehearsal.writes_results_again();
    rehearsal.mend();
    let again = rehearsal.run(&["--mfa", "enable"]).exits(0);
    rehearsal.check(&again, 5);
    assert_eq!(again.count("created"), 5);
    assert_eq!(again.column("mfa_enabled"), ["enabled"; 5]);
}

#[test]
fn a_missing_role_ends_the_run_before_any_device_is_made_and_is_named() {
    let rehearsal = switched_off_with("[[fault]]\non = 'set_mfa'\nstatus = 403\n");
    let run = rehearsal
        .rows(8)
        .run(&["--mfa", "enable", "--summary", "-"]);
    let run = run.exits(5);
    assert_eq!((rehearsal.creates(), run.count("failed")), (0, 3));
    assert_eq!(run.summary()["stopped"]["code"], "permission_missing");
    let said = run.said();
    assert!(
        said.contains("Identity Data Admin or Environment Admin"),
        "{said}"
    );
    assert!(said.contains("`--mfa check`"), "{said}");
}

#[test]
fn what_may_pass_is_asked_again_and_a_pause_is_kept() {
    for faults in [
        "[[fault]]\non = 'set_mfa'\nfirst = 2\nstatus = 503\n",
        "[[fault]]\non = 'set_mfa'\nfirst = 1\nwhen = 'after'\ndrop = 'reset'\n",
        "[[fault]]\non = 'mfa'\nfirst = 1\nstatus = 429\nretry_after = 1\n",
        "[[fault]]\non = 'mfa'\nfirst = 1\nstatus = 401\n",
        "[[fault]]\non = 'mfa'\nfirst = 1\nwhen = 'after'\nbody = 'html'\n",
    ] {
        let rehearsal = switched_off_with(faults);
        let run = rehearsal.rows(3).run(&["--mfa", "enable"]).exits(0);
        rehearsal.check(&run, 3);
        assert_eq!(run.column("mfa_enabled"), ["enabled"; 3], "{faults}");
        assert_eq!(rehearsal.stats().before_retry_after, 0, "{faults}");
        assert_eq!(rehearsal.creates(), 3, "{faults}");
    }
}

#[test]
fn a_run_that_only_checks_or_ignores_asks_nothing_and_writes_no_column() {
    for arguments in [&[][..], &["--mfa", "check"], &["--mfa", "ignore"]] {
        let rehearsal = switched_off();
        let run = rehearsal.rows(3).run(arguments).exits(0);
        assert_eq!(run.column("mfa_enabled"), ["", "", ""]);
        let stats = rehearsal.stats();
        for kind in [Kind::Mfa, Kind::SetMfa, Kind::User] {
            assert_eq!(stats.requests_of(kind), 0, "{kind:?}");
        }
    }
}

#[test]
fn who_has_the_device_already_is_left_alone() {
    let rehearsal = switched_off();
    rehearsal.pair(&user(0), "WHATSAPP", "+1.5125550000");
    let run = rehearsal.rows(2).run(&["--mfa", "enable"]).exits(0);
    assert_eq!(run.outcomes(), ["existing", "created"]);
    assert_eq!(run.column("mfa_enabled"), ["", "enabled"]);
    assert_eq!(rehearsal.stats().requests_of(Kind::Mfa), 1);
}

#[test]
fn no_more_users_are_switched_on_than_get_a_device() {
    let rehearsal = switched_off();
    let run = rehearsal.rows(9).run(&["--mfa", "enable", "--limit", "4"]);
    let run = run.exits(7).has(&[("created", 4), ("pending", 5)]);
    assert_eq!(rehearsal.stats().requests_of(Kind::SetMfa), 4);
    for row in &run.rows {
        let is_made = row["outcome"] == "created";
        assert_eq!(row["mfa_enabled"] == "enabled", is_made, "{row:?}");
    }
}
