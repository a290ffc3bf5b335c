//! TLS to PostgreSQL, in the sense that `sslmode` has everywhere: `prefer` and `require` encrypt
//! and believe any server, `verify-full` makes it prove its name.

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{
    CryptoProvider, ring, verify_tls12_signature as verify_12, verify_tls13_signature as verify_13,
};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{ClientConfig, DigitallySignedStruct, Error, RootCertStore, SignatureScheme};
use std::sync::Arc;
use tokio_postgres_rustls::MakeRustlsConnect;

/// What makes a connection private. Whose certificate is believed is up to the system, or to
/// `SSL_CERT_FILE`, where servers have to prove their name.
///
/// # Errors
/// If there is no certificate to believe.
pub(super) fn connector(is_verified: bool) -> Result<MakeRustlsConnect, String> {
    let provider = Arc::new(ring::default_provider());
    let config = ClientConfig::builder_with_provider(Arc::clone(&provider))
        .with_safe_default_protocol_versions()
        .map_err(|error| error.to_string())?;
    let config = if is_verified {
        let mut roots = RootCertStore::empty();
        roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
        if roots.is_empty() {
            let why = "the system has no certificates to verify the server by: name a file of \
                       them in `SSL_CERT_FILE`";
            return Err(why.to_owned());
        }
        config.with_root_certificates(roots)
    } else {
        let any = Arc::new(AnyServer(provider));
        config.dangerous().with_custom_certificate_verifier(any)
    };
    Ok(MakeRustlsConnect::new(config.with_no_client_auth()))
}

/// Believes any certificate. Debian's PostgreSQL has one that it signed itself, and clients that
/// were not asked to verify it take it: to refuse would mean no encryption at all.
#[derive(Debug)]
struct AnyServer(Arc<CryptoProvider>);

impl ServerCertVerifier for AnyServer {
    fn verify_server_cert(
        &self,
        _end_entity: &CertificateDer<'_>,
        _intermediates: &[CertificateDer<'_>],
        _server_name: &ServerName<'_>,
        _ocsp_response: &[u8],
        _now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_12(
            message,
            cert,
            dss,
            &self.0.signature_verification_algorithms,
        )
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_13(
            message,
            cert,
            dss,
            &self.0.signature_verification_algorithms,
        )
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.signature_verification_algorithms.supported_schemes()
    }
}
