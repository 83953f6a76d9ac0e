//! What a client says of itself, signed with its secret, in place of the secret (RFC 7523, section 3).

use aws_lc_rs::hmac::{self, HMAC_SHA256, HMAC_SHA384, HMAC_SHA512};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::Value;

/// The type that a token request gives with it.
pub(super) const TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/// Tells whether this is said by the client about itself, to somebody, and holds still. `now` is in seconds
/// since 1970.
pub(super) fn is_right(assertion: &str, id: &str, secret: &str, now: i64) -> bool {
    let claims = signed_claims(assertion, secret).unwrap_or_default();
    let is_client = |name: &str| claims[name] == id;
    let expires = claims["exp"].as_i64();
    is_client("iss")
        && is_client("sub")
        && !claims["aud"].is_null()
        && expires.is_some_and(|expires| now < expires)
}

/// What a JWT says, if it is signed with the secret by one of the three ways that PingOne takes.
fn signed_claims(jwt: &str, secret: &str) -> Option<Value> {
    let (signed, signature) = jwt.rsplit_once('.')?;
    let (header, claims) = signed.split_once('.')?;
    let algorithm = match json(header)?["alg"].as_str()? {
        "HS256" => HMAC_SHA256,
        "HS384" => HMAC_SHA384,
        "HS512" => HMAC_SHA512,
        _ => return None,
    };
    let key = hmac::Key::new(algorithm, secret.as_bytes());
    let signature = URL_SAFE_NO_PAD.decode(signature).ok()?;
    hmac::verify(&key, signed.as_bytes(), &signature).ok()?;
    json(claims)
}

fn json(part: &str) -> Option<Value> {
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).ok()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "s6BhdRkqt3";
    const SECRET: &str = "7Fjfp0ZBr1KtDRbnfVdmIw";
    const EXPIRES: i64 = 4_102_444_800;
    /// The same claims, signed by HS256, HS384 and HS512; made by another implementation.
    const SIGNED: [&str; 3] = [
        "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJpc3MiOiJzNkJoZFJrcXQzIiwic3ViIjoiczZCaGRSa3F0MyIsImF1ZCI6Imh0dHBzOi8vYXV0aC5waW5nb25lLmV1L2FzL3Rva2VuIiwiZXhwIjo0MTAyNDQ0ODAwfQ.9i4aHgSbbYSOVmCU0ZJBxiBQs7J-d42Dopq1bG8Y_Fk",
        "eyJhbGciOiJIUzM4NCIsInR5cCI6IkpXVCJ9.eyJpc3MiOiJzNkJoZFJrcXQzIiwic3ViIjoiczZCaGRSa3F0MyIsImF1ZCI6Imh0dHBzOi8vYXV0aC5waW5nb25lLmV1L2FzL3Rva2VuIiwiZXhwIjo0MTAyNDQ0ODAwfQ.rfU4__uEm01uBn4PGbv0y3FLuvgmPyIWJ_ziJY7oMoLlNpoLfRvxSR2PkpUxstTl",
        "eyJhbGciOiJIUzUxMiIsInR5cCI6IkpXVCJ9.eyJpc3MiOiJzNkJoZFJrcXQzIiwic3ViIjoiczZCaGRSa3F0MyIsImF1ZCI6Imh0dHBzOi8vYXV0aC5waW5nb25lLmV1L2FzL3Rva2VuIiwiZXhwIjo0MTAyNDQ0ODAwfQ.x0NH_PwzJo0HKMqfr4EqJhb7q4QlpJjdJ8U5Ca7kmBjLXFv-vknoipUKhJbjlUQ5HQ9j6cYvua-pprVRav8Sdw",
    ];

    #[test]
    fn what_the_client_signed_is_right_until_it_expires() {
        for jwt in SIGNED {
            assert!(is_right(jwt, ID, SECRET, EXPIRES - 1), "{jwt}");
            assert!(!is_right(jwt, ID, SECRET, EXPIRES), "{jwt}");
            assert!(!is_right(jwt, "other", SECRET, 0), "{jwt}");
            assert!(!is_right(jwt, ID, "other", 0), "{jwt}");
        }
    }

    #[test]
    fn what_is_not_signed_or_says_too_little_is_wrong() {
        let [jwt, ..] = SIGNED;
        let parts: Vec<_> = jwt.split('.').collect();
        let encoded = |text: &str| URL_SAFE_NO_PAD.encode(text);
        let sign = |header: &str, claims: &str| {
            let signed = format!("{}.{}", encoded(header), encoded(claims));
            let key = hmac::Key::new(HMAC_SHA256, SECRET.as_bytes());
            let signature = URL_SAFE_NO_PAD.encode(hmac::sign(&key, signed.as_bytes()));
            format!("{signed}.{signature}")
        };
        let hs256 = r#"{"alg":"HS256"}"#;
        let whole = r#"{"iss":"s6BhdRkqt3","sub":"s6BhdRkqt3","aud":["x"],"exp":9}"#;
        assert!(is_right(&sign(hs256, whole), ID, SECRET, 8));
        for wrong in [
            String::new(),
            "a.b.c".to_owned(),
            format!("{}.{}.", parts[0], parts[1]),
            format!("{}.{}.{}", encoded(r#"{"alg":"none"}"#), parts[1], parts[2]),
            sign(r#"{"alg":"none"}"#, whole),
            sign("{}", whole),
            sign(hs256, "[]"),
            sign(hs256, &whole.replace("iss", "x")),
            sign(hs256, &whole.replace("sub", "x")),
            sign(hs256, &whole.replace("aud", "x")),
            sign(hs256, &whole.replace("exp", "x")),
            sign(hs256, &whole.replace('9', "\"9\"")),
        ] {
            assert!(!is_right(&wrong, ID, SECRET, 0), "{wrong}");
        }
    }
}
