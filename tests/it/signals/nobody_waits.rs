//! What a run that is told to stop waits for no longer.

use std::net::UdpSocket;
use std::process::ChildStdout;
use std::time::Duration;

use super::*;

/// A run of more results than a pipe takes, into a pipe that nobody reads.
fn unread(rehearsal: &Rehearsal) -> (Child, ChildStdout) {
    rehearsal.rows(2000);
    let mut run = rehearsal.begin(&["-o", "-", "--canary", "0", "--existing", "unchecked"]);
    let pipe = run.stdout.take().unwrap();
    until(|| rehearsal.creates() == 2000);
    (run, pipe)
}

#[test]
fn a_run_whose_results_nobody_reads_has_let_go_of_its_ledger() {
    let rehearsal = Rehearsal::new();
    let (mut run, mut pipe) = unread(&rehearsal);
    // Until the first run is through with its ledger the others are turned away.
    until(|| {
        let other = rehearsal
            .command(&["-o", "other.csv", "-q"])
            .output()
            .unwrap();
        let code = other.status.code();
        assert!(matches!(code, Some(0 | 6)), "{code:?}");
        code == Some(0)
    });
    assert_eq!(run.try_wait().unwrap(), None, "it still waits for a reader");
    let mut results = Vec::new();
    pipe.read_to_end(&mut results).unwrap();
    assert_eq!(run.wait().unwrap().code(), Some(0));
    assert_eq!(results, rehearsal.bytes("other.csv"));
}

#[test]
fn a_run_whose_results_nobody_reads_ends_at_the_first_signal() {
    for (signal, code) in SIGNALS {
        let rehearsal = Rehearsal::new();
        let (mut run, _pipe) = unread(&rehearsal);
        send(&run, signal);
        let said = heard(&mut run, "`wavepair results WAVE`");
        assert!(said.contains("nobody reads it"), "{said}");
        let status = run.wait().unwrap();
        assert_eq!(status.code(), Some(code), "{said}");
        let mut results = rehearsal.bare(&["results", "wave.csv", "-q"]);
        assert_eq!(results.output().unwrap().status.code(), Some(0));
        let created = rehearsal.results("wave.results.csv");
        assert!(created.iter().all(|row| row["outcome"] == "created"));
    }
}

#[test]
fn a_name_server_that_never_answers_does_not_hold_a_run_told_to_stop() {
    // Whoever may not bind the port or mount a file has no such name server.
    let Ok(deaf) = UdpSocket::bind("127.0.0.53:53").or_else(|_| UdpSocket::bind("127.0.0.77:53"))
    else {
        return;
    };
    let address = deaf.local_addr().unwrap().ip();
    let mut rehearsal = Rehearsal::new();
    rehearsal
        .set("WAVEPAIR_API_URL", "https://api.wavepair.test/v1")
        .set("WAVEPAIR_TOKEN_URL", "https://auth.wavepair.test/as/token")
        .rows(3);
    let resolv = rehearsal.path("resolv.conf");
    std::fs::write(
        &resolv,
        format!("nameserver {address}\noptions timeout:30 attempts:5\n"),
    )
    .unwrap();
    let wanted = rehearsal.command(&["--timeout", "2s"]);
    let mut shell = Command::new("unshare");
    let mounting = "mount --bind resolv.conf /etc/resolv.conf && exec \"$@\"";
    shell.args(["--mount", "sh", "-c", mounting, "sh"]);
    let Ok(mut run) = before(shell, &wanted).spawn() else {
        return;
    };
    deaf.set_read_timeout(Some(Duration::from_secs(20)))
        .unwrap();
    if deaf.recv(&mut [0; 512]).is_err() {
        run.kill().unwrap();
        drop(run.wait_with_output().unwrap());
        return;
    }
    send(&run, Signal::TERM);
    // The name server is asked for 30 s five times over; whoever waits for that is too late.
    until(|| run.try_wait().unwrap().is_some());
    let run = rehearsal.ended(&run.wait_with_output().unwrap()).exits(143);
    run.has(&[("pending", 3)]);
}
