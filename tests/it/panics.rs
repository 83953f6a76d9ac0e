//! A part of wavepair panics: nothing more is sent, and the next run goes on.
//!
//! The panic is a real one. A thread that cannot be started is one for the pool that
//! resolves names; the token's endpoint is named by its address, which needs no thread.
//! What a panic in the loop itself leaves is proved by `never_twice`.

use std::process::Command;

use crate::harness::strace;
use crate::proxies::far_away;
use crate::support::proxy::Proxy;

#[test]
fn requests_lost_to_a_panic_end_the_run_and_the_next_one_settles_them() {
    if !strace::is_there() {
        return;
    }
    let (mut rehearsal, beyond) = far_away();
    rehearsal.rows(30);
    let trusting = [
        "--existing",
        "unchecked",
        "--canary",
        "0",
        "--ca-file",
        "ca.pem",
    ];
    let run = rehearsal.command(&trusting);
    // The fourth thread: the console, the ledger and the signals have theirs by then.
    let mut traced = Command::new("strace");
    traced
        .args(["-f", "-qq", "-o", "trace.txt", "-e", "trace=clone3"])
        .args(["-e", "inject=clone3:error=EAGAIN:when=4+"])
        .arg(run.get_program())
        .args(run.get_args())
        .current_dir(rehearsal.folder());
    for (name, value) in run.get_envs() {
        if let Some(value) = value {
            traced.env(name, value);
        }
    }
    let panicked = rehearsal.ended(&traced.output().unwrap()).exits(1);
    assert!(
        panicked.stderr.contains("a fault of wavepair itself, at "),
        "{}",
        panicked.stderr
    );
    for private in ["7400", "512555", "Resource temporarily", "panicked at"] {
        assert!(!panicked.stderr.contains(private), "{}", panicked.stderr);
    }
    let unknown = panicked.count("unknown");
    assert!(
        unknown > 0,
        "an intent is on disk: {:?}",
        panicked.outcomes()
    );
    assert_eq!(unknown + panicked.count("pending"), 30);
    assert_eq!(rehearsal.creates(), 0, "nothing was sent");

    // A proxy resolves names itself.
    let proxy = Proxy::to(beyond.address());
    rehearsal.set("HTTPS_PROXY", &format!("http://{}", proxy.address()));
    let end = rehearsal.run(&["--ca-file", "ca.pem"]).exits(0);
    rehearsal.check(&end, 30);
    assert_eq!(rehearsal.creates(), 30, "nothing was sent twice");
}
