//! Whom a connection trusts.

use std::sync::Arc;

use rustls_platform_verifier::BuilderVerifierExt as _;
use tokio_rustls::rustls::crypto::aws_lc_rs;
use tokio_rustls::rustls::pki_types::CertificateDer;
use tokio_rustls::rustls::pki_types::pem::PemObject as _;
use tokio_rustls::rustls::version::{TLS12, TLS13};
use tokio_rustls::rustls::{ClientConfig, RootCertStore};

/// Why there can be no client.
#[derive(Debug, thiserror::Error)]
pub enum ClientError {
    /// The authorities are not PEM certificates.
    #[error("no readable PEM certificate in the CA file")]
    Authorities,
    /// TLS cannot be set up: most likely the platform has no authorities.
    #[error("failed to set up TLS: {0}")]
    Setup(String),
}

/// TLS 1.2 and 1.3, with the platform's authorities and those in this PEM.
///
/// # Errors
///
/// A [`ClientError`] where the PEM holds no certificate, or the platform has no authorities.
pub(super) fn config(authorities: Option<&[u8]>) -> Result<Arc<ClientConfig>, ClientError> {
    let setup = |error: &dyn std::fmt::Display| ClientError::Setup(error.to_string());
    let builder = ClientConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_protocol_versions(&[&TLS13, &TLS12])
        .map_err(|error| setup(&error))?;
    let builder = match authorities {
        None => builder
            .with_platform_verifier()
            .map_err(|error| setup(&error))?,
        Some(pem) => builder.with_root_certificates(roots(pem)?),
    };
    let mut config = builder.with_no_client_auth();
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(Arc::new(config))
}

fn roots(pem: &[u8]) -> Result<RootCertStore, ClientError> {
    let own: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(pem).collect();
    let own = own.map_err(|_| ClientError::Authorities)?;
    if own.is_empty() {
        return Err(ClientError::Authorities);
    }
    let mut roots = RootCertStore::empty();
    for certificate in own {
        roots
            .add(certificate)
            .map_err(|_| ClientError::Authorities)?;
    }
    // A platform without authorities of its own: then these are all there are.
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    Ok(roots)
}
