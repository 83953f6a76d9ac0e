//! Answers that no PingOne gives: too long, too deep, packed, or two at once.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::sync::{Mutex, mpsc};
use std::time::Duration;

use crate::support::rehearsal::{Ended, Rehearsal, user};
use crate::support::tampering_proxy::{Request, TamperingProxy, Then, Wire};

const MIB: u64 = 1 << 20;
/// What no run may use, whatever it is sent.
const MEMORY: u64 = 64 * MIB;
/// What a client takes of a body that is too long, and what the sockets between hold besides.
const TAKEN: u64 = 32 * MIB;
/// How long is waited for what must come.
const PATIENCE: Duration = Duration::from_secs(30);

/// A rehearsal whose requests, the token's too, go through a tampering proxy.
fn behind(
    tamper: impl Fn(&Request, &mut dyn Wire) -> Then + Send + Sync + 'static,
) -> (Rehearsal, TamperingProxy) {
    let mut rehearsal = Rehearsal::new();
    let proxy = rehearsal.behind(tamper);
    (rehearsal, proxy)
}

/// Says so much after a head that promises a gibibyte, and tells how much of it was taken.
fn gibibyte(wire: &mut dyn Wire, status: &str) -> u64 {
    let head = format!(
        "HTTP/1.1 {status}\r\nContent-Length: {}\r\n\r\n",
        1024 * MIB
    );
    let chunk = vec![b' '; 1 << 16];
    let mut taken = 0;
    if wire.write_all(head.as_bytes()).is_ok() {
        while taken < 1024 * MIB && wire.write_all(&chunk).is_ok() {
            taken += 1 << 16;
        }
    }
    taken
}

/// Runs to the end, and tells the most memory that was used, in bytes.
fn measured(rehearsal: &Rehearsal, arguments: &[&str]) -> (Ended, u64) {
    let mut run = rehearsal.begin(arguments);
    let mut peak = 0;
    let status = format!("/proc/{}/status", run.id());
    while run.try_wait().unwrap().is_none() {
        let status = std::fs::read_to_string(&status).unwrap_or_default();
        let found = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        let found = found.and_then(|kib| kib.trim().strip_suffix(" kB")?.parse().ok());
        peak = peak.max(found.unwrap_or(0) * 1024);
        std::thread::sleep(Duration::from_millis(1));
    }
    (rehearsal.ended(&run.wait_with_output().unwrap()), peak)
}

/// Each device is the one that its row asked for, and not the one of another answer.
fn every_row_has_its_own(rehearsal: &Rehearsal, run: &Ended) {
    rehearsal.check(run, run.rows.len());
    for row in &run.rows {
        if let Some(device) = rehearsal
            .held()
            .iter()
            .find(|held| held.id == row["device_id"])
        {
            assert_eq!(device.user, row["user_id"]);
        }
    }
}

#[test]
fn a_body_without_an_end_is_cut_off_and_costs_no_memory() {
    let (tell, told) = mpsc::channel();
    let (rehearsal, _proxy) = behind(move |request, wire| {
        let status = match request.number {
            0 if request.is_list() => "200 OK",
            2 if request.is_create() => {
                request.served();
                "201 Created"
            }
            _ => return Then::LetThrough,
        };
        tell.send(gibibyte(wire, status)).unwrap();
        Then::HangUp
    });
    rehearsal.rows(6);
    let (run, peak) = measured(&rehearsal, &[]);
    let run = run.exits(0);
    assert_eq!(run.outcomes(), ["created"; 6]);
    every_row_has_its_own(&rehearsal, &run);
    for _ in ["the listing", "the answer to a create"] {
        let taken = told.recv_timeout(PATIENCE).unwrap();
        assert!((MIB..TAKEN).contains(&taken), "{taken}");
    }
    assert!((MIB..MEMORY).contains(&peak), "{peak}");
}

#[test]
fn a_token_without_an_end_is_no_token_and_costs_no_memory() {
    let (tell, told) = mpsc::channel();
    let (rehearsal, proxy) = behind(move |_, wire| {
        tell.send(gibibyte(wire, "200 OK")).unwrap();
        Then::HangUp
    });
    rehearsal.rows(2);
    let (run, peak) = measured(&rehearsal, &[]);
    run.exits(5).has(&[("pending", 2)]);
    assert_eq!(proxy.requests().len(), 1);
    let taken = told.recv_timeout(PATIENCE).unwrap();
    assert!((1..TAKEN).contains(&taken), "{taken}");
    assert!((MIB..MEMORY).contains(&peak), "{peak}");
}

#[test]
fn what_is_packed_is_not_unpacked_and_nobody_is_asked_to_pack() {
    // `{"_embedded":{"devices":[]}}` and a token, by gzip.
    let listing =
        packed("ab568a4fcd4d4a4d49494d51b2aa564a492dcb4c4e2d56b28a8eadad0500c2f734b31c000000");
    let token = packed(
        "ab564a4c4e4e2d2e8e2fc9cf4ecd53b2524ad44bd24b56d25102f3e34b2a0b5281824ea98945a94540d1d48a82cca2d4e2f84ca052633303835a0036e1592140000000",
    );
    let (rehearsal, proxy) = behind(move |request, wire| {
        if request.is_list() && request.number == 0 {
            wire.write_all(&listing).unwrap();
            return Then::Stay;
        }
        Then::LetThrough
    });
    let run = rehearsal.rows(3).run(&["--concurrency", "1"]).exits(0);
    every_row_has_its_own(&rehearsal, &run);
    let requests = proxy.requests();
    let lists = requests
        .iter()
        .filter(|text| text.starts_with("GET "))
        .count();
    assert_eq!(
        lists, 4,
        "the packed listing said nothing, and was asked for again"
    );
    for request in &requests {
        assert!(!request.to_lowercase().contains("encoding"), "{request}");
    }

    let (rehearsal, proxy) = behind(move |_, wire| {
        wire.write_all(&token).unwrap();
        Then::Stay
    });
    rehearsal.rows(3).run(&[]).exits(5).has(&[("pending", 3)]);
    assert_eq!(proxy.requests().len(), 1);
}

/// A whole answer whose body is this, in hexadecimal, after the usual head of gzip.
fn packed(hex: &str) -> Vec<u8> {
    let body: Vec<u8> = format!("1f8b0800000000000203{hex}")
        .as_bytes()
        .chunks(2)
        .map(|pair| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap())
        .collect();
    let mut answer = format!(
        "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: {}\r\n\r\n",
        body.len()
    )
    .into_bytes();
    answer.extend(body);
    answer
}

/// Ways to spoil a good answer: the number of the create, the head, and the body once more.
fn spoiled(number: usize, body: &str) -> String {
    let length = body.len();
    let whole = format!("HTTP/1.1 201 Created\r\nContent-Length: {length}\r\n\r\n{body}");
    match number {
        0 => format!(
            "HTTP/1.1 201 Created\r\nContent-Length: {length}\r\nTransfer-Encoding: chunked\r\n\r\n{length:x}\r\n{body}\r\n0\r\n\r\n"
        ),
        1 => format!("HTTP/1.1 201 Created\nContent-Length: {length}\n\n{body}"),
        2 => whole.repeat(2),
        3 => whole.replace("201", "600"),
        4 => body.to_owned(),
        5 => "HTTP/1.1 100 Continue\r\n\r\n".repeat(5_000) + &whole,
        6 => format!("{whole}{whole}").replace("HTTP/1.1", "HTTP/1.0"),
        7 => format!("HTTP/1.1 201 Created\r\nContent-Length: 1\r\n\r\n{body}"),
        8 => format!("HTTP/1.1 103 Early Hints\r\nContent-Length: {length}\r\n\r\n{body}{whole}"),
        _ => whole,
    }
}

#[test]
fn an_answer_that_is_spoiled_loses_no_row_and_answers_no_other() {
    let (rehearsal, _proxy) = behind(|request, wire| {
        if !request.is_create() {
            return Then::LetThrough;
        }
        let served = String::from_utf8(request.served()).unwrap();
        let (_, body) = served.split_once("\r\n\r\n").unwrap();
        // Whatever follows on this connection finds what is left of it.
        wire.write_all(spoiled(request.number, body).as_bytes())
            .ok();
        Then::Stay
    });
    let run = rehearsal
        .rows(14)
        .run(&["--concurrency", "1", "--canary", "0"])
        .exits(0);
    assert_eq!(run.outcomes(), ["created"; 14], "{}", run.stderr);
    every_row_has_its_own(&rehearsal, &run);
    assert_eq!(rehearsal.creates(), 14, "each was sent once");
}

/// The body of an error that a row gets and nobody can or should read to the end.
fn monstrous(row: u32) -> Option<Vec<u8>> {
    let text = match row {
        0 => format!(
            r#"{{"code":"INVALID_DATA","message":"{}"}}"#,
            "m".repeat(1 << 20)
        ),
        2 => "[".repeat(10_000) + &"]".repeat(10_000),
        4 => {
            let mut keys = String::new();
            for key in 0..60_000 {
                write!(keys, r#","k{key}":1"#).unwrap();
            }
            format!(r#"{{"code":"INVALID_DATA","message":"m"{keys}}}"#)
        }
        6 => r#"{"code":"INVALID_DATA","message":"m","x":1e400}"#.to_owned(),
        8 => return Some(b"{\"code\":\"INVALID_DATA\",\"message\":\"\xff\xfe bad\"}".to_vec()),
        10 => format!(r#"{{"code":"{}","message":"m"}}"#, "A".repeat(5_000)),
        12 => r#"{"code":"INVALID_DATA","message":"\u001b[2J\u009b\u202e\u0007"}"#.to_owned(),
        _ => return None,
    };
    Some(text.into_bytes())
}

#[test]
fn a_monstrous_error_is_read_within_bounds_and_stays_with_its_row() {
    let answered = Mutex::new(BTreeSet::new());
    let (rehearsal, _proxy) = behind(move |request, wire| {
        // The row by its user, since a row that is looked for may be asked for out of turn.
        let row = (0..20).find(|&row| request.text.contains(&user(row)));
        let first = request.is_create() && answered.lock().unwrap().insert(row);
        let body = row.filter(|_| first).and_then(monstrous);
        let Some(body) = body else {
            return Then::LetThrough;
        };
        let head = format!(
            "HTTP/1.1 400 Bad Request\r\nContent-Length: {}\r\n\r\n",
            body.len()
        );
        wire.write_all(head.as_bytes()).ok();
        wire.write_all(&body).ok();
        Then::HangUp
    });
    rehearsal.rows(20);
    let arguments = [
        "--concurrency",
        "1",
        "--canary",
        "0",
        "-vv",
        "--log-file",
        "run.log",
    ];
    let (run, peak) = measured(&rehearsal, &arguments);
    assert!((MIB..MEMORY).contains(&peak), "{peak}");
    every_row_has_its_own(&rehearsal, &run);
    let run = run.exits(3);
    assert_eq!((run.count("created"), run.count("rejected")), (17, 3));
    for refused in [4, 6, 12] {
        assert_eq!(run.column("code")[refused], "INVALID_DATA");
    }
    assert!(
        run.rows
            .iter()
            .all(|row| row["message"].len() < 1_000 && row["code"].len() < 200)
    );
    for text in [
        run.stderr.as_bytes(),
        &rehearsal.bytes("run.log"),
        &rehearsal.bytes("wave.results.csv"),
    ] {
        let text = String::from_utf8(text.to_vec()).unwrap();
        let steers = |c: char| (c.is_control() && c != '\n') || c == '\u{202e}';
        assert!(!text.contains(steers), "{text}");
    }
}
