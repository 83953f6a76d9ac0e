//! Reads or deletes a single device of a user, once.

use reqwest::header::HeaderValue;
use reqwest::{Method, RequestBuilder};

use super::client::{Client, LONGEST_ANSWER};
use super::connections::Connection;
use super::exchange::{api_headers, audit_name, head, read_body};
use super::http::Http;
use super::token::AccessToken;
use super::{Answered, classify, wire};
use crate::model::ids::DeviceId;
use crate::model::request::DeviceKey;
use crate::model::undo::DeviceOutcome;

/// Reads a device; `key` is what it should be. To read it changes nothing.
pub(crate) async fn read(
    client: &Client,
    of: (&DeviceKey, DeviceId),
    token: &AccessToken,
    transaction_id: &str,
    connection: Connection,
) -> Answered<DeviceOutcome> {
    let url = address(client, of);
    let build = |http: &Http| http.get(url).headers(api_headers(token));
    ask(client, of, false, transaction_id, connection, build).await
}

/// Deletes a device. To delete it twice does no harm.
///
/// On a connection of its own: the answer has no body that says what it is about.
pub(crate) async fn delete(
    client: &Client,
    of: (&DeviceKey, DeviceId),
    token: &AccessToken,
    transaction_id: &str,
) -> Answered<DeviceOutcome> {
    let url = address(client, of);
    let build = |http: &Http| {
        http.request(Method::DELETE, url)
            .headers(api_headers(token))
    };
    ask(client, of, true, transaction_id, Connection::Fresh, build).await
}

fn address(client: &Client, (key, id): (&DeviceKey, DeviceId)) -> String {
    let url = client.of_user(wire::DEVICE, key.user);
    url.replace("{deviceID}", &id.to_string())
}

async fn ask(
    client: &Client,
    of: (&DeviceKey, DeviceId),
    deletes: bool,
    transaction_id: &str,
    connection: Connection,
    build: impl FnOnce(&Http) -> RequestBuilder,
) -> Answered<DeviceOutcome> {
    let name = HeaderValue::try_from(audit_name(transaction_id)).expect("it is visible ASCII");
    match client.respond(connection, &name, build).await {
        Ok((response, proof)) => {
            let head = head(&response, proof);
            let body = read_body(response, LONGEST_ANSWER).await;
            classify::device::answer(of, deletes, &head, &body)
        }
        Err(fault) => classify::device::fault(of.0, &fault),
    }
}
