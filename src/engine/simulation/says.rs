//! What PingOne, and what stands before it, says: heads and bodies as they are on the wire.

use std::time::{Duration, UNIX_EPOCH};

use fastrand::Rng;
use hyper::{Response, StatusCode};
use reqwest::header::{DATE, HeaderName, HeaderValue, RETRY_AFTER};

use super::judge::Told;
use super::weather::Naming;
use crate::model::ids::{DeviceId, UserId};
use crate::model::request::{Address, DeviceRequest};
use crate::pingone::head::BodyFault;
use crate::pingone::played::Said;
use crate::pingone::transport::FaultKind;
use crate::pingone::wire;

/// What becomes of a request on its way back.
#[derive(Clone, Debug)]
pub(super) enum Reply {
    /// Nothing ever comes.
    Silence,
    /// The connection ends like this.
    Ends(FaultKind),
    Answer(Answer),
}

/// An answer.
#[derive(Clone, Debug)]
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) headers: Vec<(HeaderName, String)>,
    pub(super) body: String,
    pub(super) cut: Option<BodyFault>,
    /// What it tells whoever knows that it is the answer.
    pub(super) told: Told,
    /// How long it asks to be left alone.
    pub(super) hold: Option<Duration>,
}

impl Answer {
    pub(super) fn new(status: u16, body: String, told: Told) -> Self {
        Self {
            status,
            headers: Vec::new(),
            body,
            cut: None,
            told,
            hold: None,
        }
    }

    pub(super) fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        let name = HeaderName::from_static(name);
        self.headers.push((name, value.into()));
        self
    }

    /// Asks to be left alone, in one of many ways; `now_ms` is what it takes for the time.
    pub(super) fn with_retry_after(mut self, rng: &mut Rng, now_ms: Option<i64>) -> Self {
        let seconds = [1, 2, 7, 60, 299][rng.usize(..5)];
        let text = match (rng.u8(..6), now_ms) {
            (0, _) => return self,
            (1, _) => ["0", "-1", "soon", "1e99", ""][rng.usize(..5)].to_owned(),
            (2, Some(now_ms)) => http_date(now_ms + 1000 * seconds),
            _ => seconds.to_string(),
        };
        let named = text.parse() == Ok(seconds) || text.ends_with("GMT");
        // A date goes by whole seconds.
        self.hold = named.then(|| Duration::from_secs(seconds.unsigned_abs()));
        self.headers.push((RETRY_AFTER, text));
        self
    }

    /// As it comes from a connection, with what all answers have.
    pub(super) fn said(self, connection: u64) -> Said {
        let mut head = Response::new(());
        *head.status_mut() = StatusCode::from_u16(self.status).expect("it is one");
        for (name, value) in self.headers {
            let value = HeaderValue::try_from(value).expect("it is visible ASCII");
            head.headers_mut().append(name, value);
        }
        Said {
            head,
            body: self.body.into(),
            cut: self.cut,
            connection,
        }
    }

    pub(super) fn dated(mut self, now_ms: Option<i64>) -> Self {
        if let Some(now_ms) = now_ms {
            self.headers.push((DATE, http_date(now_ms)));
        }
        self
    }
}

fn http_date(ms: i64) -> String {
    let since = Duration::from_millis(ms.unsigned_abs());
    httpdate::fmt_http_date(UNIX_EPOCH + since)
}

/// An error in PingOne's shape.
pub(super) fn error(code: &str, detail: &str) -> String {
    format!(
        r#"{{"id":"c-1","code":"{code}","message":"It says why.","details":[{{"code":"{detail}","target":"phone","message":"More of it."}}]}}"#
    )
}

/// A device as it is shown.
#[derive(Clone, Debug)]
pub(super) struct Shown {
    pub(super) id: DeviceId,
    pub(super) user: UserId,
    pub(super) kind: &'static str,
    pub(super) phone: String,
    pub(super) created_ms: i64,
}

impl Shown {
    pub(super) fn new(request: &DeviceRequest, id: DeviceId, created_ms: i64) -> Self {
        Self {
            id,
            user: request.key.user,
            kind: request.key.kind.as_str(),
            phone: digits(request),
            created_ms,
        }
    }

    /// Its document; in another spelling, and with its user, where that is wished.
    pub(super) fn json(&self, spelling: u8, named: bool) -> String {
        let Self {
            id,
            user,
            kind,
            phone,
            created_ms,
        } = self;
        let id = match spelling {
            0 => id.to_string(),
            _ => id.to_string().to_uppercase(),
        };
        let phone = spelled(phone, spelling);
        let created = jiff::Timestamp::from_millisecond(*created_ms).expect("it is in our times");
        let whose = if named {
            format!(r#","user":{{"id":"{user}"}}"#)
        } else {
            String::new()
        };
        format!(
            r#"{{"id":"{id}","type":"{kind}","phone":"{phone}","status":"ACTIVE","createdAt":"{created}"{whose}}}"#
        )
    }
}

/// The digits of a phone.
pub(super) fn digits(request: &DeviceRequest) -> String {
    match &request.key.address {
        Address::Phone(phone) => phone.digits(),
        Address::Email(email) => unreachable!("{email:?} has none"),
    }
}

/// How many spellings there are.
pub(super) const SPELLINGS: u8 = 6;

fn spelled(digits: &str, spelling: u8) -> String {
    let (country, rest) = digits.split_at(1);
    let (area, rest) = rest.split_at(3);
    match spelling {
        0 => format!("+{digits}"),
        1 => format!("+{country}.{area}{rest}"),
        2 => digits.to_owned(),
        3 => format!("tel:+{country}-{area}-{rest}"),
        4 => format!("+{country} ({area}) {rest}"),
        _ => format!("+{country}\u{2011}{area}\u{2011}{rest}"),
    }
}

/// A page of a listing.
pub(super) fn page(
    devices: &[String],
    (count, size): (usize, usize),
    user: Option<UserId>,
    next: Option<&str>,
) -> String {
    let mut links = Vec::new();
    if let Some(user) = user {
        links.push(format!(
            r#""self":{{"href":"http://127.0.0.1/v1/environments/e/users/{user}/devices"}}"#
        ));
    }
    if let Some(next) = next {
        links.push(format!(r#""next":{{"href":"{next}"}}"#));
    }
    format!(
        r#"{{"_links":{{{}}},"_embedded":{{"devices":[{}]}},"count":{count},"size":{size}}}"#,
        links.join(","),
        devices.join(",")
    )
}

/// Whether a user can use MFA, with what says whose answer it is.
pub(super) fn mfa_enabled(on: bool, user: UserId, naming: Naming) -> String {
    let named = match naming {
        Naming::Link => {
            let link = format!("http://127.0.0.1/v1/environments/e/users/{user}/mfaEnabled");
            format!(r#","_links":{{"self":{{"href":"{link}"}}}}"#)
        }
        Naming::Devices => format!(r#","user":{{"id":"{user}"}}"#),
        Naming::Nothing => String::new(),
    };
    format!(r#"{{"mfaEnabled":{on}{named}}}"#)
}

/// Under which name an answer repeats an ID.
pub(super) const ECHO: &str = wire::TRANSACTION_ID;
