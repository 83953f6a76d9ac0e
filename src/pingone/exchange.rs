//! What every request to the API carries, and how an answer to one is taken off the connection.

use bytes::{Bytes, BytesMut};
use reqwest::Response;
use reqwest::header::{ACCEPT, AUTHORIZATION, HeaderMap, HeaderValue};

use super::head::{BodyFault, Head};
use super::token::AccessToken;
use super::wire;
use crate::model::outcome::Proof;

/// An answer as it came.
pub(super) type Read = (Head, Result<Bytes, BodyFault>);

/// The headers of a request to the API.
pub(super) fn api_headers(token: &AccessToken) -> HeaderMap {
    let mut bearer = HeaderValue::try_from(format!("Bearer {}", token.bearer().expose()))
        .expect("a token is visible ASCII");
    bearer.set_sensitive(true);
    let mut headers = HeaderMap::new();
    headers.insert(AUTHORIZATION, bearer);
    headers.insert(ACCEPT, HeaderValue::from_static(wire::JSON));
    headers
}

/// What PingOne would make of a transaction ID anyway, so that both logs have the same.
pub(super) fn audit_name(id: &str) -> String {
    id.chars()
        .take(wire::TRANSACTION_ID_MAX)
        .map(|c| {
            if c.is_ascii_alphanumeric() || "._-/@=#+".contains(c) {
                c
            } else {
                '_'
            }
        })
        .collect()
}

/// What the head of an answer says.
pub(super) fn head(response: &Response, proof: Proof) -> Head {
    Head::new(response.status().as_u16(), response.headers(), proof)
}

/// Reads the body of an answer, so many bytes at most.
///
/// # Errors
///
/// It is longer, or does not come whole or in time.
pub(super) async fn read_body(mut response: Response, longest: usize) -> Result<Bytes, BodyFault> {
    let mut body = BytesMut::new();
    loop {
        match response.chunk().await {
            Ok(None) => return Ok(body.freeze()),
            Ok(Some(chunk)) if body.len() + chunk.len() > longest => {
                return Err(BodyFault::TooLong);
            }
            Ok(Some(chunk)) => body.extend_from_slice(&chunk),
            Err(error) if error.is_timeout() => return Err(BodyFault::TimedOut),
            Err(_) => return Err(BodyFault::CutOff),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_audit_name_has_only_characters_that_pingone_keeps() {
        assert_eq!(audit_name("run-1/row=2#3"), "run-1/row=2#3");
        assert_eq!(audit_name("a b\r\nc ü"), "a_b__c__");
        assert_eq!(audit_name(&"x".repeat(200)).len(), 100);
    }
}
