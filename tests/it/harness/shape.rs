//! Whether a request is what PingOne documents, byte for byte.
//!
//! Written from the documentation ("Create MFA User Device (WhatsApp)", "MFA
//! Devices", "Token"), not from the program.

use std::collections::HashMap;

use serde_json::Value;

use super::base64;
use super::device::{Device, kind, read_uuid, uuid};
use super::http::Request;
use super::tenant::{self, Asked};
use super::wave::Wish;

/// The environment of the worker application and of the users.
pub(crate) const ENVIRONMENT: &str = "abfba8f6-49eb-49f5-a5d9-80ad5c98f9f6";
pub(crate) const CLIENT: &str = "0f6c2a51-7d0a-4b5e-9a32-1c66f4f0d7aa";
/// A secret whose Base64 and percent forms are both unlike itself.
pub(crate) const SECRET: &str = "canary-secret/+%Zq7x";
/// The same, form-encoded.
pub(crate) const SECRET_FORM: &str = "canary-secret%2F%2B%25Zq7x";
/// What every access token begins with.
pub(crate) const TOKEN: &str = "canary-token.";

/// What a request asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Wanted {
    Token,
    List(u128),
    Create(Device),
    /// Something about users, or the report of all devices.
    OfTenant(Asked),
}

impl Wanted {
    /// The type of the body that it has.
    fn body(&self) -> Option<&'static str> {
        match self {
            Wanted::Token => Some("application/x-www-form-urlencoded"),
            Wanted::Create(_) => Some("application/json"),
            Wanted::OfTenant(asked) => asked.has_body().then_some("application/json"),
            Wanted::List(_) => None,
        }
    }
}

/// Tells what is asked for, and what is wrong with the way in which it is.
pub(crate) fn read(
    request: &Request,
    host: &str,
    wishes: &HashMap<Device, Wish>,
) -> Result<Wanted, String> {
    let wanted = match (request.method.as_str(), tenant::read(request)?) {
        (_, Some(asked)) => Wanted::OfTenant(asked),
        ("POST", _) if request.target == format!("/{ENVIRONMENT}/as/token") => {
            check_token(request)?;
            Wanted::Token
        }
        ("GET", _) => Wanted::List(user(&request.target)?),
        ("POST", _) => {
            let user = user(&request.target)?;
            Wanted::Create(check_create(user, &request.body, wishes)?)
        }
        _ => return Err("a request that is not documented".to_owned()),
    };
    check_headers(request, host, &wanted)?;
    Ok(wanted)
}

fn user(target: &str) -> Result<u128, String> {
    let start = format!("/v1/environments/{ENVIRONMENT}/users/");
    let id = target
        .strip_prefix(&start)
        .and_then(|rest| rest.strip_suffix("/devices"));
    id.and_then(read_uuid)
        .ok_or_else(|| "a path that is not documented".to_owned())
}

fn check_token(request: &Request) -> Result<(), String> {
    let basic = base64::encode(format!("{CLIENT}:{SECRET_FORM}").as_bytes());
    if request.header("authorization") != Some(&format!("Basic {basic}")) {
        return Err("a token was asked for with other credentials".to_owned());
    }
    if request.body != b"grant_type=client_credentials" {
        return Err("a token was asked for by another form".to_owned());
    }
    Ok(())
}

fn check_create(user: u128, body: &[u8], wishes: &HashMap<Device, Wish>) -> Result<Device, String> {
    let no = |what: &str| format!("the body of a create {what}");
    let json: Value = serde_json::from_slice(body).map_err(|_| no("is not JSON"))?;
    let text = |name: &str| json[name].as_str().unwrap_or_default();
    let device = Device {
        user,
        kind: kind(text("type")).ok_or_else(|| no("has another type"))?,
        digits: text("phone")
            .trim_start_matches('+')
            .parse()
            .map_err(|_| no("has no phone"))?,
    };
    let wish = wishes
        .get(&device)
        .ok_or_else(|| no("asks for what the wave does not"))?;
    if body != documented(device, wish).as_bytes() {
        return Err(no("is not the documented one"));
    }
    Ok(device)
}

/// The documented body for a device.
pub(crate) fn documented(device: Device, wish: &Wish) -> String {
    let Device { kind, digits, .. } = device;
    let policy = wish.policy;
    let nickname = wish.nickname.map_or(String::new(), |nickname| {
        format!(r#","nickname":{}"#, Value::from(nickname))
    });
    format!(r#"{{"type":"{kind}","phone":"+{digits}","policy":{{"id":"{policy}"}}{nickname}}}"#)
}

fn check_headers(request: &Request, host: &str, wanted: &Wanted) -> Result<(), String> {
    let mut must = vec![("host", host), ("accept", "application/json")];
    let length = request.body.len().to_string();
    let mut may = vec!["host", "accept", "user-agent", "authorization"];
    if *wanted != Wanted::Token {
        if !transaction_is_documented(request) {
            return Err("no transaction ID that PingOne keeps".to_owned());
        }
        may.push("x-ping-external-transaction-id");
    }
    if let Some(kind) = wanted.body() {
        must.extend([("content-type", kind), ("content-length", &length)]);
        may.extend(["content-type", "content-length"]);
    }
    for (name, value) in must {
        if request.header(name) != Some(value) {
            return Err(format!("the header `{name}` is not `{value}`"));
        }
    }
    let mut names: Vec<&str> = request
        .headers
        .iter()
        .map(|(name, _)| name.as_str())
        .collect();
    names.sort_unstable();
    may.sort_unstable();
    if names != may {
        return Err(format!("the headers are {names:?}, and not {may:?}"));
    }
    Ok(())
}

fn transaction_is_documented(request: &Request) -> bool {
    let id = request
        .header("x-ping-external-transaction-id")
        .unwrap_or_default();
    let kept = |c: char| c.is_ascii_alphanumeric() || "._-/@=#+".contains(c);
    !id.is_empty() && id.len() <= 100 && id.chars().all(kept)
}

/// The documented answer to a create.
pub(crate) fn device_json(device: Device, id: u128, created_at: &str, spelled: &str) -> String {
    let (user, id, kind) = (uuid(device.user), uuid(id), device.kind);
    format!(
        concat!(
            r#"{{"_links":{{"self":{{"href":"https://api.pingone.eu/v1/environments/{e}/users/{u}/devices/{i}"}}}},"#,
            r#""id":"{i}","environment":{{"id":"{e}"}},"user":{{"id":"{u}"}},"type":"{k}","status":"ACTIVE","#,
            r#""createdAt":"{c}","updatedAt":"{c}","phone":"{p}"}}"#
        ),
        e = ENVIRONMENT,
        u = user,
        i = id,
        k = kind,
        c = created_at,
        p = spelled,
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    const DEVICE: Device = Device {
        user: 5,
        kind: "WHATSAPP",
        digits: 15_125_551_234,
    };

    fn wishes() -> HashMap<Device, Wish> {
        let policy = "7f2b0d7a-0a45-4d0a-9a4c-6a1d1d8f3c11";
        HashMap::from([(
            DEVICE,
            Wish {
                policy,
                nickname: None,
            },
        )])
    }

    fn create() -> Request {
        let body = concat!(
            r#"{"type":"WHATSAPP","phone":"+15125551234","#,
            r#""policy":{"id":"7f2b0d7a-0a45-4d0a-9a4c-6a1d1d8f3c11"}}"#
        );
        let headers = [
            ("host", "h"),
            ("accept", "application/json"),
            ("user-agent", "x"),
            ("authorization", "Bearer t"),
            ("x-ping-external-transaction-id", "a-1-1"),
            ("content-type", "application/json"),
            ("content-length", "97"),
        ];
        let user = uuid(5);
        Request {
            method: "POST".to_owned(),
            target: format!("/v1/environments/{ENVIRONMENT}/users/{user}/devices"),
            headers: headers
                .map(|(name, value)| (name.to_owned(), value.to_owned()))
                .to_vec(),
            body: body.as_bytes().to_vec(),
        }
    }

    #[test]
    fn the_documented_request_is_the_only_one_that_passes() {
        assert_eq!(read(&create(), "h", &wishes()), Ok(Wanted::Create(DEVICE)));
        let spoil: [fn(&mut Request); 7] = [
            |request| request.body.push(b' '),
            |request| request.body = request.body.replace(b"51234", b"51235"),
            |request| request.target.push_str("?x=1"),
            |request| request.headers[5].1 = "text/plain".to_owned(),
            |request| request.headers[4].1 = "a b".to_owned(),
            |request| request.headers.push(request.headers[5].clone()),
            |request| request.method = "PUT".to_owned(),
        ];
        for spoil in spoil {
            let mut request = create();
            spoil(&mut request);
            assert!(read(&request, "h", &wishes()).is_err(), "{request:?}");
        }
    }

    trait Replace {
        fn replace(&self, this: &[u8], that: &[u8]) -> Self;
    }

    impl Replace for Vec<u8> {
        fn replace(&self, this: &[u8], that: &[u8]) -> Self {
            let text = String::from_utf8(self.clone()).unwrap();
            let (this, that) = (str::from_utf8(this).unwrap(), str::from_utf8(that).unwrap());
            text.replace(this, that).into_bytes()
        }
    }
}
