//! The request for an access token.

use reqwest::RequestBuilder;
use reqwest::header::{ACCEPT, CONTENT_TYPE};

use super::credentials::{ClientAuth, Credentials, encode, form};
use super::http::Http;
use super::wire;

/// A request for a token, with who asks for it.
pub(super) fn token_request(http: &Http, own: &Credentials) -> RequestBuilder {
    let (id, secret) = (&own.client_id, &own.client_secret);
    let request = http
        .post(own.token_url.clone())
        .header(ACCEPT, wire::JSON)
        .header(CONTENT_TYPE, wire::FORM)
        .body(form(own.auth, id, secret));
    match own.auth {
        ClientAuth::Basic => request.basic_auth(encode(id), Some(encode(secret.expose()))),
        ClientAuth::Post => request,
    }
}
