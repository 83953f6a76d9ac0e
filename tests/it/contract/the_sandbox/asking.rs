//! How a test asks the sandbox, and reads what it answers.

use serde_json::{Value, json};
use wavepair::testing::sandbox::{Options, Sandbox, start};

use super::USER;
use crate::support::raw::{Answer, ask, bearer, plain, post};

/// A sandbox, and the header that opens it.
pub(super) struct Tenant {
    pub(super) sandbox: Sandbox,
    pub(super) bearer: String,
}

impl Tenant {
    pub(super) async fn new(options: Options) -> Self {
        let sandbox = start(options).await.unwrap();
        let bearer = bearer(&sandbox).await;
        Self { sandbox, bearer }
    }

    /// The path of the user's devices, with what follows.
    pub(super) fn devices(&self, more: &str) -> String {
        self.user(&format!("/devices{more}"))
    }

    /// The path of a device, from the document that shows it.
    pub(super) fn device(&self, device: &Value) -> String {
        self.devices(&format!("/{}", device["id"].as_str().unwrap()))
    }

    /// The path of the user, with what follows.
    pub(super) fn user(&self, more: &str) -> String {
        self.at(&format!("/users/{USER}{more}"))
    }

    /// The path of the environment, with what follows.
    pub(super) fn at(&self, more: &str) -> String {
        format!("/v1/environments/{}{more}", self.sandbox.environment())
    }

    pub(super) async fn create(&self, body: &str) -> Answer {
        self.send("POST", &self.devices(""), "application/json", body)
            .await
    }

    pub(super) async fn get(&self, path: &str) -> Answer {
        self.without_body("GET", path).await
    }

    /// What is at an address that a document shows.
    pub(super) async fn follow(&self, href: &Value) -> Answer {
        let home = format!("http://{}", self.sandbox.address());
        let path = href.as_str().unwrap().strip_prefix(&home).unwrap();
        self.get(path).await
    }

    pub(super) async fn without_body(&self, method: &str, path: &str) -> Answer {
        let request = plain(method, path, &self.bearer);
        ask(&self.sandbox, &request).await.unwrap()
    }

    /// Sends a body of a content type.
    pub(super) async fn send(&self, method: &str, path: &str, kind: &str, body: &str) -> Answer {
        let headers = format!("{}Content-Type: {kind}\r\n", self.bearer);
        let request = post(path, &headers, body).replacen("POST", method, 1);
        ask(&self.sandbox, &request).await.unwrap()
    }

    pub(super) async fn put(&self, path: &str, body: &str) -> Answer {
        self.send("PUT", path, "application/json", body).await
    }

    /// A literal document with what differs each time.
    pub(super) fn filled_in(&self, document: &str, device: &str, now: &str) -> Value {
        let filled_in = document
            .replace("HOST", &self.sandbox.address().to_string())
            .replace("ENV", &self.sandbox.environment())
            .replace("USER", USER)
            .replace("DEVICE", device)
            .replace("NOW", now);
        literal(&filled_in)
    }
}

/// The error of an answer with its `id`, which must be the correlation ID, made `ID`.
pub(super) fn error(answer: &Answer) -> Value {
    let mut body = answer.json();
    assert_eq!(body["id"].as_str(), answer.header("correlation-id"));
    body["id"] = json!("ID");
    body
}

pub(super) fn literal(document: &str) -> Value {
    serde_json::from_str(document).unwrap()
}

/// Each detail's code and target.
pub(super) fn details(answer: &Answer) -> Vec<(String, String)> {
    let body = answer.json();
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let details = body["details"].as_array().unwrap().iter();
    details
        .map(|detail| (text(&detail["code"]), text(&detail["target"])))
        .collect()
}

/// One detail alone, by its code and target.
pub(super) fn is(code: &str, target: &str) -> Vec<(String, String)> {
    vec![(code.to_owned(), target.to_owned())]
}

/// The media type of an operation on devices.
pub(super) fn own(name: &str) -> String {
    format!("application/vnd.pingidentity.{name}+json")
}
