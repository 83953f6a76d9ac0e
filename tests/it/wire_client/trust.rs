//! Whom the client talks to, and whom it does not.

use rcgen::{CertifiedKey, generate_simple_self_signed};
use tokio::io::AsyncWriteExt;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::pki_types::PrivateKeyDer;
use wavepair::testing::model::{AttemptOutcome, LookOutcome, Refusal, WhyNothing, code};
use wavepair::testing::pingone::{ClientError, Direct, Proxy, ReadFailure, TokenFailure};

use super::peer::{Peer, read_request};
use super::*;

/// A TLS server with a certificate of its own making for a name, and that certificate as PEM.
async fn tls_peer(name: &str) -> (Peer, Vec<u8>) {
    let CertifiedKey { cert, signing_key } =
        generate_simple_self_signed([name.to_owned()]).unwrap();
    let key = PrivateKeyDer::try_from(signing_key.serialize_der()).unwrap();
    let config = ServerConfig::builder()
        .with_no_client_auth()
        .with_single_cert(vec![cert.der().clone()], key)
        .unwrap();
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let peer = Peer::start(move |line| {
        let acceptor = acceptor.clone();
        async move {
            let Ok(mut stream) = acceptor.accept(line.stream).await else {
                return;
            };
            if read_request(&mut stream).await.is_some() {
                let answer = http("201 Created", &device(DEVICE, PHONE));
                stream.write_all(answer.as_bytes()).await.unwrap();
                stream.shutdown().await.unwrap();
            }
        }
    })
    .await;
    (peer, cert.pem().into_bytes())
}

async fn is_distrusted(client: &Client) {
    let answered = create(client).await;
    let untrusted = AttemptOutcome::NotCreated(Refusal::Untrusted);
    assert_eq!(answered.outcome, untrusted, "{answered:?}");
    assert_eq!(answered.answer.code.as_deref(), Some(code::TLS_FAILED));

    let look = look_at(client, &request(PHONE).key).await;
    assert_eq!(look.outcome, LookOutcome::Nothing(WhyNothing::Untrusted));
    let policies = client.policies(None, &token()).await.unwrap_err();
    assert_eq!(policies.failure, ReadFailure::Untrusted);
    let token = client.fetch_token().await.unwrap_err();
    assert_eq!(token.failure, TokenFailure::Untrusted);
    shows_nothing_private(&format!("{policies} {token}"));
}

#[tokio::test]
async fn a_certificate_is_trusted_when_its_authority_is_named_and_not_otherwise() {
    let (peer, pem) = tls_peer("localhost").await;
    let mut options = options(&format!("https://localhost:{}", peer.address.port()));
    is_distrusted(&Client::new(&options).unwrap()).await;

    options.authorities = Some(pem);
    let client = Client::new(&options).unwrap();
    assert_eq!(create(&client).await.outcome, created(Some(DEVICE)));
}

#[tokio::test]
async fn a_certificate_for_another_name_is_not_trusted() {
    let (peer, pem) = tls_peer("api.pingone.example").await;
    let mut options = options(&format!("https://localhost:{}", peer.address.port()));
    options.authorities = Some(pem);
    is_distrusted(&Client::new(&options).unwrap()).await;
}

#[tokio::test]
async fn a_peer_that_speaks_no_tls_is_not_trusted() {
    let peer = Peer::start(|mut line| async move {
        line.say(http("400 Bad Request", "plain text")).await;
        line.hold().await;
    })
    .await;
    let base = format!("https://{}", peer.address);
    is_distrusted(&Client::new(&options(&base)).unwrap()).await;
}

#[test]
fn a_ca_file_without_a_certificate_is_an_error_and_not_an_empty_list() {
    for pem in [
        &b""[..],
        b"hello",
        b"-----BEGIN CERTIFICATE-----\n!\n-----END CERTIFICATE-----\n",
    ] {
        let mut options = options("https://localhost");
        options.authorities = Some(pem.to_vec());
        let error = Client::new(&options).unwrap_err();
        let expected = matches!(error, ClientError::Authorities | ClientError::Setup(_));
        assert!(expected, "{error}");
    }
}

#[tokio::test]
async fn a_proxy_that_refuses_is_told_from_one_that_fails() {
    for (answer, expected, code) in [
        ("407 X", Refusal::Untrusted, code::PROXY_REFUSED),
        ("403 Forbidden", Refusal::Untrusted, code::PROXY_REFUSED),
        ("302 Found", Refusal::Untrusted, code::PROXY_REFUSED),
        ("502 Bad Gateway", Refusal::Unreachable, code::PROXY_FAILED),
        ("503 X", Refusal::Unreachable, code::PROXY_FAILED),
        ("", Refusal::Unreachable, code::PROXY_FAILED),
    ] {
        let answer = format!("HTTP/1.1 {answer}\r\nContent-Length: 0\r\n\r\n");
        let peer = Peer::answering(answer.clone()).await;
        let mut options = options("https://nothing.invalid");
        options.proxy = Some(Proxy {
            url: format!("http://{}", peer.address).parse().unwrap(),
            credentials: Some(Secret::new("ada:hush".to_owned())),
            direct: Direct::default(),
        });
        let answered = create(&Client::new(&options).unwrap()).await;
        assert_eq!(
            answered.outcome,
            AttemptOutcome::NotCreated(expected),
            "{answer}"
        );
        assert_eq!(answered.answer.code.as_deref(), Some(code), "{answer}");
        let asked = &peer.requests()[0];
        assert!(
            asked.starts_with("CONNECT nothing.invalid:443 HTTP/1.1\r\n"),
            "{asked}"
        );
        let lower = asked.to_lowercase();
        assert!(
            lower.contains("\r\nproxy-authorization: basic ywrhomh1c2g=\r\n"),
            "{asked}"
        );
        assert!(!asked.contains("Bearer"), "{asked}");
    }
}
