//! Whom the client talks to, and whom it does not.

use rcgen::{CertifiedKey, generate_simple_self_signed};
use tokio::io::AsyncWriteExt;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::pki_types::PrivateKeyDer;
use wavepair::model::code;
use wavepair::model::outcome::{AttemptOutcome, LookOutcome, Refusal};
use wavepair::pingone::grant::TokenFailure;
use wavepair::pingone::options::ClientError;
use wavepair::pingone::read::ReadFailure;
use wavepair::pingone::transport::{Fault, FaultKind};

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

    let look = client
        .list_devices(&request(PHONE).key, &token(), "x", Connection::Kept)
        .await;
    assert_eq!(look.outcome, LookOutcome::Untrusted);
    let policies = client.policies(&token()).await.unwrap_err();
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
    for (answer, expected) in [
        (
            "HTTP/1.1 407 Proxy Authentication Required\r\n\r\n",
            FaultKind::ProxyAuth,
        ),
        ("HTTP/1.1 502 Bad Gateway\r\n\r\n", FaultKind::Proxy),
        ("HTTP/1.1 403 Forbidden\r\n\r\n", FaultKind::Proxy),
        ("", FaultKind::Proxy),
    ] {
        let peer = Peer::answering(answer).await;
        // The client takes its proxy from the environment, which a test must not change.
        let through_proxy = reqwest::Client::builder()
            .proxy(reqwest::Proxy::all(format!("http://{}", peer.address)).unwrap())
            .build()
            .unwrap();
        let error = through_proxy
            .get("https://nothing.invalid/")
            .send()
            .await
            .unwrap_err();
        assert_eq!(Fault::of(&error).kind, expected, "{answer:?}");
        assert!(peer.requests()[0].starts_with("CONNECT nothing.invalid:443 "));
    }
}
