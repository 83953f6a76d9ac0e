//! A proxy that the environment names: used, ignored, in trouble; its credentials seen nowhere.

use std::net::SocketAddr;

use crate::leaks::{everything_below, holds};
use crate::support::authority::{Authority, Holds};
use crate::support::proxy::Proxy;
use crate::support::rehearsal::Rehearsal;
use crate::support::tampering_proxy::TamperingProxy;

const NAME: &str = "api.wavepair.invalid";
const PASSWORD: &str = "hunter2-canary";
/// `proxyuser:hunter2-canary` in base 64.
const ENCODED: &str = "cHJveHl1c2VyOmh1bnRlcjItY2FuYXJ5";

/// A rehearsal whose API has a name that only a proxy can resolve.
pub(crate) fn far_away() -> (Rehearsal, TamperingProxy) {
    let mut rehearsal = Rehearsal::new();
    let authority = Authority::new();
    let beyond = TamperingProxy::open(rehearsal.sandbox().address());
    beyond.speak_tls(authority.server(NAME, Holds::Now));
    std::fs::write(rehearsal.path("ca.pem"), authority.pem()).unwrap();
    rehearsal.set("WAVEPAIR_API_URL", &format!("https://{NAME}/v1"));
    (rehearsal, beyond)
}

fn through(rehearsal: &mut Rehearsal, proxy: SocketAddr) {
    let url = format!("http://proxyuser:{PASSWORD}@{proxy}");
    rehearsal.set("HTTPS_PROXY", &url);
}

const ARGUMENTS: [&str; 7] = [
    "--ca-file",
    "ca.pem",
    "--attempts",
    "1",
    "-vv",
    "--log-file",
    "run.log",
];

#[test]
fn a_proxy_gets_its_credentials_and_nobody_else_sees_them() {
    let (mut rehearsal, beyond) = far_away();
    let proxy = Proxy::to(beyond.address());
    through(&mut rehearsal, proxy.address());
    let token = format!(
        "https://{NAME}/{}/as/token",
        rehearsal.sandbox().environment()
    );
    rehearsal
        .set("WAVEPAIR_TOKEN_URL", &token)
        .set("RUST_LOG", "trace");
    let run = rehearsal.rows(3).run(&ARGUMENTS).exits(0);
    rehearsal.check(&run, 3);
    assert_eq!(
        beyond.requests().len(),
        7,
        "token, three looks, three creates"
    );
    for head in proxy.asked() {
        assert!(head.starts_with(&format!("CONNECT {NAME}:443 ")), "{head}");
        let given = format!("proxy-authorization: basic {ENCODED}").to_lowercase();
        assert!(head.to_lowercase().contains(&given), "{head}");
    }
    for request in beyond.requests() {
        assert!(!request.to_lowercase().contains("proxy-"), "{request}");
    }
    see_no_credentials(&rehearsal, &run.stdout, &run.stderr);
}

#[test]
fn a_proxy_that_is_not_wanted_is_not_asked() {
    let (mut rehearsal, beyond) = far_away();
    let proxy = Proxy::to(beyond.address());
    through(&mut rehearsal, proxy.address());
    let mut arguments = ARGUMENTS.to_vec();
    arguments.extend(["--no-proxy", "--existing", "unchecked"]);
    let run = rehearsal.rows(3).run(&arguments).exits(4);
    assert_eq!(run.column("code"), ["dns_failed"; 3]);
    assert_eq!((proxy.asked().len(), beyond.connections()), (0, 0));
}

#[test]
fn a_proxy_that_makes_no_tunnel_costs_no_row_and_shows_no_credentials() {
    let unwilling = "HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n";
    let forbidden = "HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n";
    let broken = "HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n";
    for (proxy, exit, rest, code) in [
        (Proxy::saying(unwilling), 5, "pending", "proxy_refused"),
        (Proxy::saying(forbidden), 5, "pending", "proxy_refused"),
        (Proxy::saying(broken), 4, "failed", "proxy_failed"),
        (Proxy::silent(), 4, "failed", "connect_timeout"),
    ] {
        let (mut rehearsal, beyond) = far_away();
        through(&mut rehearsal, proxy.address());
        let mut arguments = ARGUMENTS.to_vec();
        arguments.extend(["--existing", "unchecked", "--connect-timeout", "300ms"]);
        let run = rehearsal.rows(3).run(&arguments).exits(exit);
        assert_eq!(run.outcomes(), ["failed", rest, rest], "{}", run.stderr);
        assert_eq!(run.column("code")[0], code, "{}", run.stderr);
        assert_eq!(beyond.connections(), 0);
        assert!(!proxy.asked().is_empty());
        see_no_credentials(&rehearsal, &run.stdout, &run.stderr);
    }
}

#[test]
fn only_what_is_far_away_and_in_tls_goes_through_the_proxy() {
    for token_is_far in [false, true] {
        let (mut rehearsal, beyond) = far_away();
        let (proxy, trap) = (Proxy::to(beyond.address()), Proxy::silent());
        through(&mut rehearsal, proxy.address());
        let trap_url = format!("http://{}", trap.address());
        for name in ["HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"] {
            rehearsal.set(name, &trap_url);
        }
        if token_is_far {
            let token = format!(
                "https://{NAME}/{}/as/token",
                rehearsal.sandbox().environment()
            );
            let api = rehearsal.sandbox().api_url();
            rehearsal
                .set("WAVEPAIR_TOKEN_URL", &token)
                .set("WAVEPAIR_API_URL", &api);
        }
        let run = rehearsal.rows(3).run(&ARGUMENTS).exits(0);
        rehearsal.check(&run, 3);
        let far = beyond.requests();
        assert_eq!(far.len(), if token_is_far { 1 } else { 6 }, "{far:?}");
        let of_token = far
            .iter()
            .filter(|request| request.contains("/as/token"))
            .count();
        assert_eq!(of_token, usize::from(token_is_far));
        for head in proxy.asked() {
            assert!(head.starts_with(&format!("CONNECT {NAME}:443 ")), "{head}");
        }
        assert_eq!(trap.asked(), [""; 0]);
        see_no_credentials(&rehearsal, &run.stdout, &run.stderr);
    }
}

#[test]
fn hosts_of_no_proxy_are_reached_without_it_and_odd_ones_are_a_warning() {
    let (mut rehearsal, beyond) = far_away();
    let proxy = Proxy::to(beyond.address());
    through(&mut rehearsal, proxy.address());
    rehearsal.set("NO_PROXY", "10.0.0.0/8 .wavepair.invalid, *.example.com");
    let mut arguments = ARGUMENTS.to_vec();
    arguments.extend(["--existing", "unchecked"]);
    let run = rehearsal.rows(3).run(&arguments).exits(4);
    assert_eq!(run.column("code"), ["dns_failed"; 3]);
    assert_eq!(proxy.asked(), [""; 0]);
    let warning = "warning: `NO_PROXY` holds `*.example.com`";
    let said = run.stderr.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(said.contains("without a proxy"), "{}", run.stderr);
    assert!(said.contains(warning), "{}", run.stderr);
}

#[test]
fn a_proxy_that_cannot_be_read_is_a_wrong_setting_and_nothing_is_sent() {
    for (value, why) in [
        ("http://proxy:8080\r", "U+000D"),
        ("\"http://proxy:8080\"", "character"),
        ("htp://proxyuser:hunter2-canary@proxy:8080", "http://"),
        ("socks5://proxy:1080", "SOCKS"),
        ("DIRECT", "port"),
        ("http://proxyuser:hunter2-canary@proxy:80800", "port"),
    ] {
        for name in ["HTTPS_PROXY", "https_proxy"] {
            let (mut rehearsal, beyond) = far_away();
            rehearsal.set(name, value);
            let run = rehearsal.rows(1).run(&ARGUMENTS);
            assert_eq!(run.code, Some(2), "{value}: {}", run.stderr);
            assert!(run.stderr.contains(name), "{}", run.stderr);
            assert!(run.stderr.contains(why), "{}", run.stderr);
            assert!(!run.stderr.contains("hunter2"), "{}", run.stderr);
            assert_eq!(beyond.connections(), 0);
            assert_eq!(rehearsal.run(&["--no-proxy", "--dry-run"]).code, Some(0));
        }
    }
}

#[test]
fn the_proxy_that_is_used_is_named_without_its_credentials() {
    let (mut rehearsal, beyond) = far_away();
    let proxy = Proxy::to(beyond.address());
    through(&mut rehearsal, proxy.address());
    let route = format!("{NAME} through http://{}", proxy.address());
    let run = rehearsal
        .rows(1)
        .run(&["--ca-file", "ca.pem", "-v"])
        .exits(0);
    let said = run.stderr.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(said.contains(&route), "{}", run.stderr);
    let doctor = rehearsal.bare(&["doctor", "--ca-file", "ca.pem"]);
    let doctor = String::from_utf8({ doctor }.output().unwrap().stderr).unwrap();
    let unbroken = doctor.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(unbroken.contains(&format!("ok proxy {route}")), "{doctor}");
    for text in [&run.stderr, &doctor] {
        assert!(
            !text.contains("hunter2") && !text.contains("proxyuser"),
            "{text}"
        );
    }
}

fn see_no_credentials(rehearsal: &Rehearsal, stdout: &str, stderr: &str) {
    let mut seen = vec![
        ("standard output".to_owned(), stdout.as_bytes().to_vec()),
        ("standard error".to_owned(), stderr.as_bytes().to_vec()),
    ];
    everything_below(rehearsal.folder(), &mut seen);
    assert!(seen.iter().any(|(name, _)| name.ends_with("run.log")));
    for (name, text) in &seen {
        for needle in [PASSWORD, ENCODED, "proxyuser"] {
            assert!(!holds(text, needle), "{name} holds {needle}");
        }
    }
}
