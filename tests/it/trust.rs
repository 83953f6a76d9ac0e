//! Whom a run trusts, and what it tells anybody else: nothing.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use crate::support::authority::{Authority, Holds};
use crate::support::rehearsal::Rehearsal;
use crate::support::tampering_proxy::{TamperingProxy, Then};

/// Puts a rehearsal's API behind a proxy with TLS, and its authority into `ca.pem`.
fn put_behind(rehearsal: &mut Rehearsal, proxy: &TamperingProxy, authority: &Authority) {
    std::fs::write(rehearsal.path("ca.pem"), authority.pem()).unwrap();
    let api = format!("https://localhost:{}/v1", proxy.address().port());
    rehearsal.set("WAVEPAIR_API_URL", &api);
}

/// A peer that says this to whoever comes, after it has heard something; and how many came.
fn saying(bytes: Vec<u8>) -> (SocketAddr, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let connections = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&connections);
    thread::spawn(move || {
        for mut client in listener.incoming().map_while(Result::ok) {
            counted.fetch_add(1, Ordering::SeqCst);
            client.read_exact(&mut [0; 5]).ok();
            client.write_all(&bytes).ok();
            client.read_to_end(&mut Vec::new()).ok();
        }
    });
    (address, connections)
}

/// What a server says that knows TLS 1.1 and nothing newer: its hello, or that it gives up.
fn older_tls() -> [Vec<u8>; 2] {
    let mut hello = vec![0x16, 3, 2, 0, 42, 2, 0, 0, 38, 3, 2];
    hello.extend([7; 32]);
    hello.extend([0, 0, 0x2f, 0]);
    [hello, vec![0x15, 3, 2, 0, 2, 2, 70]]
}

#[test]
fn a_peer_without_tls_or_with_an_older_one_stops_the_run_at_once() {
    let plain = b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n".to_vec();
    let [hello, alert] = older_tls();
    for said in [plain, hello, alert] {
        let mut rehearsal = Rehearsal::new();
        let (peer, connections) = saying(said.clone());
        rehearsal.set("WAVEPAIR_API_URL", &format!("https://{peer}/v1"));
        let run = rehearsal.rows(10).run(&[]).exits(5);
        assert_eq!(connections.load(Ordering::SeqCst), 1, "{said:?}");
        assert!(run.stderr.contains("TLS"), "{}", run.stderr);
        run.has(&[("failed", 1), ("pending", 9)]);
    }
}

#[test]
fn a_certificate_of_another_time_or_name_is_told_nothing() {
    for (name, holds) in [
        ("localhost", Holds::NoLonger),
        ("localhost", Holds::NotYet),
        ("api.pingone.example", Holds::Now),
    ] {
        let mut rehearsal = Rehearsal::new();
        let authority = Authority::new();
        let proxy = TamperingProxy::open(rehearsal.sandbox().address());
        proxy.speak_tls(authority.server(name, holds));
        put_behind(&mut rehearsal, &proxy, &authority);
        let run = rehearsal.rows(10).run(&["--ca-file", "ca.pem"]).exits(5);
        assert_eq!(proxy.connections(), 1, "{name} {holds:?}");
        assert_eq!(proxy.requests(), [""; 0], "{name} {holds:?}");
        run.has(&[("failed", 1), ("pending", 9)]);
    }
}

#[test]
fn a_certificate_is_good_only_where_its_authority_is_named() {
    let mut rehearsal = Rehearsal::new();
    let authority = Authority::new();
    let proxy = TamperingProxy::open(rehearsal.sandbox().address());
    proxy.speak_tls(authority.server("localhost", Holds::Now));
    put_behind(&mut rehearsal, &proxy, &authority);
    rehearsal
        .rows(3)
        .run(&[])
        .exits(5)
        .has(&[("failed", 1), ("pending", 2)]);
    assert_eq!(proxy.requests(), [""; 0]);
    let run = rehearsal.run(&["--ca-file", "ca.pem"]).exits(0);
    rehearsal.check(&run, 3);
}

#[test]
fn the_platforms_authorities_are_trusted_with_and_without_one_more() {
    let mut rehearsal = Rehearsal::new();
    let (platform, own) = (Authority::new(), Authority::new());
    let proxy = TamperingProxy::open(rehearsal.sandbox().address());
    proxy.speak_tls(platform.server("localhost", Holds::Now));
    put_behind(&mut rehearsal, &proxy, &own);
    std::fs::write(rehearsal.path("platform.pem"), platform.pem()).unwrap();
    let path = rehearsal.path("platform.pem");
    rehearsal.set("SSL_CERT_FILE", path.to_str().unwrap());
    for (server, arguments) in [
        (&platform, &["doctor"][..]),
        (&platform, &["doctor", "--ca-file", "ca.pem"][..]),
        (&own, &["doctor", "--ca-file", "ca.pem"][..]),
    ] {
        proxy.speak_tls(server.server("localhost", Holds::Now));
        let doctor = rehearsal.bare(arguments).output().unwrap();
        let said = String::from_utf8(doctor.stderr).unwrap();
        assert!(said.contains("users' devices may be listed"), "{said}");
    }
    assert!(proxy.requests().len() >= 3);
}

#[test]
fn a_server_that_offers_http_2_gets_http_1_and_no_keys_are_written() {
    let mut rehearsal = Rehearsal::new();
    let authority = Authority::new();
    let proxy = TamperingProxy::open(rehearsal.sandbox().address());
    proxy.speak_tls(authority.server("localhost", Holds::Now));
    put_behind(&mut rehearsal, &proxy, &authority);
    rehearsal.set("SSLKEYLOGFILE", "keys");
    rehearsal
        .rows(3)
        .run(&["--ca-file", "ca.pem"])
        .exits(0)
        .has(&[("created", 3)]);
    for request in proxy.requests() {
        let line = request.lines().next().unwrap();
        assert!(line.ends_with(" HTTP/1.1"), "{line}");
    }
    assert!(proxy.requests().len() >= 6);
    assert!(!rehearsal.path("keys").exists(), "no TLS keys are written");
}

#[test]
fn a_certificate_that_turns_bad_stops_the_run_and_the_next_one_goes_on() {
    let authority = Arc::new(Authority::new());
    let bad = authority.server("localhost", Holds::NoLonger);
    let mut rehearsal = Rehearsal::new();
    let proxy = TamperingProxy::with(rehearsal.sandbox().address(), move |request, _| {
        if request.is_create() && request.number == 5 {
            Then::Change(Arc::clone(&bad))
        } else {
            Then::LetThrough
        }
    });
    proxy.speak_tls(authority.server("localhost", Holds::Now));
    put_behind(&mut rehearsal, &proxy, &authority);
    let arguments = ["--ca-file", "ca.pem", "--concurrency", "1"];
    let run = rehearsal.rows(20).run(&arguments).exits(5);
    rehearsal.check(&run, 20);
    run.has(&[("created", 6), ("failed", 1), ("pending", 13)]);
    proxy.speak_tls(authority.server("localhost", Holds::Now));
    let run = rehearsal.run(&arguments).exits(0);
    rehearsal.check(&run, 20);
    assert_eq!(rehearsal.creates(), 20);
}

#[test]
fn a_name_that_does_not_resolve_fails_every_row_and_leaves_none_in_doubt() {
    let mut rehearsal = Rehearsal::new();
    rehearsal.set("WAVEPAIR_API_URL", "https://api.wavepair.invalid/v1");
    let run = rehearsal
        .rows(3)
        .run(&["--existing", "unchecked", "--attempts", "1", "-vv"])
        .exits(4);
    assert!(!run.stderr.contains("for url ("), "{}", run.stderr);
    assert_eq!(run.column("code"), ["dns_failed"; 3]);
    run.has(&[("failed", 3)]);
    let ledger = rusqlite::Connection::open(rehearsal.ledger()).unwrap();
    let open = "SELECT count(*) FROM devices WHERE doubt_since IS NOT NULL";
    let open: u32 = ledger.query_row(open, [], |row| row.get(0)).unwrap();
    assert_eq!(open, 0);
}
