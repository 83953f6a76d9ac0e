//! What can be wrong with an answer.

use fastrand::Rng;

use super::judge::Told;
use super::says::{Answer, Reply, error};
use super::weather::Weather;
use crate::pingone::head::BodyFault;
use crate::pingone::transport::FaultKind;

/// What becomes of a create.
#[derive(Clone, Debug)]
pub(super) enum OfCreate {
    /// It is served, or refused for what is the case.
    Honest,
    /// It is refused, and had no effect.
    Refused(Answer),
    /// It may have an effect, at once or later.
    Lost(Reply),
    /// It is served, and answered in another way than with 201 and the whole device.
    Served(Shape),
}

/// How a device that was made is told of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shape {
    With201,
    With200,
    WithoutId,
    CutOff,
    NotJson,
    OfAnotherUser,
}

/// What becomes of a listing.
#[derive(Clone, Debug)]
pub(super) enum OfLook {
    Honest,
    Told(Reply),
    /// The devices are there, and cannot be told apart.
    Masked,
    /// Its end is missing.
    CutOff,
    /// It says that there are more than it shows.
    NotWhole,
    /// It goes on somewhere else.
    Astray,
}

fn refused(status: u16, body: String) -> Answer {
    Answer::new(status, body, Told::Refused)
}

fn unknown(status: u16, body: impl Into<String>) -> Answer {
    Answer::new(status, body.into(), Told::Unknown)
}

/// What becomes of a create in this weather; `date_ms` is what its answer has for a date.
pub(super) fn of_create(rng: &mut Rng, weather: &Weather, date_ms: Option<i64>) -> OfCreate {
    let kind = rng.u32(..24);
    if rng.f64() >= weather.create_trouble || !weather.has(kind) {
        return OfCreate::Honest;
    }
    match kind {
        0..9 => OfCreate::Refused(refusal(rng, kind, date_ms)),
        9..19 => OfCreate::Lost(loss(rng, kind, date_ms)),
        _ => OfCreate::Served(match kind {
            19 => Shape::With200,
            20 => Shape::WithoutId,
            21 => Shape::CutOff,
            22 => Shape::NotJson,
            _ if rng.u8(..8) == 0 => Shape::OfAnotherUser,
            _ => Shape::With201,
        }),
    }
}

/// The answer to a request that may be sent again.
pub(super) fn refused_for_now() -> Answer {
    refused(429, error("REQUEST_LIMITED", "LIMITED"))
}

fn refusal(rng: &mut Rng, kind: u32, date_ms: Option<i64>) -> Answer {
    match kind {
        0 | 1 => refused(429, error("REQUEST_LIMITED", "LIMITED")).with_retry_after(rng, date_ms),
        2 => refused(429, r#"{"message":"Too Many Requests"}"#.to_owned())
            .with("x-amzn-requestid", "a-1")
            .with_retry_after(rng, date_ms),
        3 => refused(400, error("INVALID_DATA", "INVALID_VALUE")),
        4 => refused(400, error("REQUEST_FAILED", "LIMIT_EXCEEDED")),
        5 => refused(401, error("ACCESS_FAILED", "INVALID_TOKEN")),
        6 => refused(403, error("ACCESS_FAILED", "INSUFFICIENT_PERMISSIONS")),
        7 => {
            let status = [410, 412, 423, 425][rng.usize(..4)];
            refused(status, error("REQUEST_FAILED", "CONFLICT"))
        }
        _ => {
            // The run ends with one of these.
            let statuses: &[u16] = if rng.u8(..8) == 0 {
                &[405, 413, 415, 505]
            } else {
                &[401, 429]
            };
            let status = statuses[rng.usize(..statuses.len())];
            refused(status, error("REQUEST_LIMITED", "LIMITED"))
        }
    }
}

fn loss(rng: &mut Rng, kind: u32, date_ms: Option<i64>) -> Reply {
    let odd = |rng: &mut Rng, all: &[u16]| all[rng.usize(..all.len())];
    Reply::Answer(match kind {
        9 | 10 => return Reply::Silence,
        11 | 12 => return Reply::Ends(FaultKind::Lost),
        13 => return Reply::Ends(FaultKind::Unreadable),
        14 => {
            let status = odd(rng, &[500, 501, 502, 503, 504, 520]);
            unknown(status, "<html>").with_retry_after(rng, date_ms)
        }
        15 => unknown(odd(rng, &[200, 202, 204, 299]), "<html>"),
        16 => unknown(odd(rng, &[400, 408, 422, 429]), r#"{"message":"no"}"#),
        17 => unknown(409, error("REQUEST_FAILED", "CONFLICT")),
        // The run ends with one of these.
        _ if rng.u8(..4) == 0 => unknown(odd(rng, &[301, 302, 303, 307, 308, 511]), ""),
        _ => {
            unknown(429, error("REQUEST_LIMITED", "QUOTA_EXCEEDED")).with_retry_after(rng, date_ms)
        }
    })
}

/// What becomes of a listing in this weather.
pub(super) fn of_look(rng: &mut Rng, weather: &Weather, date_ms: Option<i64>) -> OfLook {
    let kind = rng.u32(..16);
    if rng.f64() >= weather.look_trouble || !weather.has(24 + kind) {
        return OfLook::Honest;
    }
    let nothing = |status, body: &str| Answer::new(status, body.to_owned(), Told::Nothing);
    OfLook::Told(Reply::Answer(match kind {
        0 => return OfLook::Told(Reply::Silence),
        1 => return OfLook::Told(Reply::Ends(FaultKind::Lost)),
        2 => return OfLook::Told(Reply::Ends(FaultKind::Unreadable)),
        3 => nothing(503, "<html>").with_retry_after(rng, date_ms),
        4 => nothing(500, &error("UNEXPECTED_ERROR", "UNEXPECTED")),
        5 | 6 => nothing(429, &error("REQUEST_LIMITED", "LIMITED")).with_retry_after(rng, date_ms),
        7 => nothing(401, &error("ACCESS_FAILED", "INVALID_TOKEN")),
        8 => nothing(403, &error("ACCESS_FAILED", "INSUFFICIENT_PERMISSIONS")),
        9 => nothing(404, "<html>"),
        10 => nothing(200, r#"{"_links":{}}"#),
        11 => return OfLook::Masked,
        12 => return OfLook::CutOff,
        13 => return OfLook::NotWhole,
        14 => return OfLook::Astray,
        _ if rng.u8(..4) == 0 => nothing(302, ""),
        _ => nothing(202, "{}"),
    }))
}

/// The answer to a request for a token that lives so many seconds.
pub(super) fn of_token(rng: &mut Rng, weather: &Weather, number: u32) -> Reply {
    let nothing = |status, body: &str| Answer::new(status, body.to_owned(), Told::Nothing);
    if rng.f64() < weather.other_trouble {
        return match rng.u8(..6) {
            0 => Reply::Silence,
            1 => Reply::Ends(FaultKind::Lost),
            2 => Reply::Answer(nothing(429, "").with("retry-after", "3")),
            3 if rng.u8(..4) == 0 => Reply::Answer(nothing(401, r#"{"error":"invalid_client"}"#)),
            _ => Reply::Answer(nothing(503, "")),
        };
    }
    let life = [1, 90, 300, 3_600, 3_600][rng.usize(..5)];
    let body =
        format!(r#"{{"access_token":"t{number}","token_type":"Bearer","expires_in":{life}}}"#);
    Reply::Answer(Answer::new(200, body, Told::Nothing))
}

/// Why no connection is made; the run ends with one of these, seldom.
pub(super) fn of_connecting(rng: &mut Rng, weather: &Weather) -> Option<FaultKind> {
    let all = [
        FaultKind::Dns,
        FaultKind::Connect,
        FaultKind::Connect,
        FaultKind::ConnectTimeout,
        FaultKind::OutOfResources,
    ];
    let is_trouble = rng.f64() < weather.other_trouble;
    is_trouble.then(|| {
        if rng.u8(..32) == 0 {
            FaultKind::Tls
        } else {
            all[rng.usize(..all.len())]
        }
    })
}

/// Cuts the body of an answer off.
pub(super) fn cut_off(answer: &mut Answer, rng: &mut Rng) {
    let half = answer.body.floor_char_boundary(answer.body.len() / 2);
    answer.body.truncate(half);
    answer.cut = Some(if rng.bool() {
        BodyFault::CutOff
    } else {
        BodyFault::TimedOut
    });
}
