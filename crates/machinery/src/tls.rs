//! Connections of ours to others, over TLS: trusting the authorities that a file names, and no others.

use std::path::Path;
use std::sync::Arc;

use rustls::{ClientConfig, RootCertStore};
use rustls_pki_types::CertificateDer;
use rustls_pki_types::pem::PemObject as _;
use tokio_rustls::TlsConnector;

/// The certificate authorities we trust, in PEM.
#[derive(Clone, Copy, Debug)]
pub enum Authorities<'a> {
    File(&'a Path),
    Pem(&'a str),
}

impl Authorities<'_> {
    fn read(self) -> Result<Vec<CertificateDer<'static>>, String> {
        let read: Result<Vec<_>, _> = match self {
            Self::File(file) => CertificateDer::pem_file_iter(file).and_then(Iterator::collect),
            Self::Pem(text) => CertificateDer::pem_slice_iter(text.as_bytes()).collect(),
        };
        read.map_err(|fault| self.says(&format!("{fault}; it should be certificates in PEM")))
    }

    fn says(self, what: &str) -> String {
        match self {
            Self::File(file) => format!("{}: {what}", file.display()),
            Self::Pem(_) => what.to_owned(),
        }
    }
}

/// # Errors
/// In words: the certificates cannot be read, or there are none.
pub fn connector(authorities: Authorities<'_>) -> Result<TlsConnector, String> {
    let mut roots = RootCertStore::empty();
    for certificate in authorities.read()? {
        let added = roots.add(certificate);
        added.map_err(|fault| authorities.says(&fault.to_string()))?;
    }
    if roots.is_empty() {
        return Err(authorities.says("no certificate in it"));
    }
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let config = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
    let config = config.map_err(|fault| fault.to_string())?;
    Ok(TlsConnector::from(Arc::new(
        config.with_root_certificates(roots).with_no_client_auth(),
    )))
}
