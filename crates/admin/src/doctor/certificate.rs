//! A certificate chain with its key, as far as a visitor's browser would care.

use std::path::Path;
use std::sync::Arc;

use rustls::server::ParsedCertificate;
use rustls::sign::CertifiedKey;
use rustls_pki_types::pem::PemObject;
use rustls_pki_types::{CertificateDer, PrivateKeyDer, ServerName};

use super::validity::validity;
use kernel::clock::Timestamp;

#[derive(Debug)]
pub(super) struct Certificate {
    leaf: CertificateDer<'static>,
    pub from: Timestamp,
    pub to: Timestamp,
}

/// What is wrong, and what to do about it.
pub(super) type Wrong = (String, String);

impl Certificate {
    pub fn read(chain_file: &Path, key_file: &Path) -> Result<Self, Wrong> {
        let unreadable = |file: &Path, error: rustls_pki_types::pem::Error| {
            let remedy = format!(
                "put a PEM file there that vestibule's user can read: {}",
                file.display()
            );
            (format!("{}: {error}", file.display()), remedy)
        };
        let chain: Result<Vec<_>, _> = CertificateDer::pem_file_iter(chain_file).and_then(Iterator::collect);
        let chain = chain.map_err(|error| unreadable(chain_file, error))?;
        let Some(leaf) = chain.first().cloned() else {
            let remedy = "put the certificate there, leaf first".to_owned();
            return Err((format!("{}: no certificate in it", chain_file.display()), remedy));
        };
        let key = PrivateKeyDer::from_pem_file(key_file).map_err(|error| unreadable(key_file, error))?;
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        CertifiedKey::from_der(chain, key, &provider).map_err(|error| {
            let what = format!("{}: {error}", key_file.display());
            (
                what,
                "use the key that the certificate was made for, leaf certificate first".to_owned(),
            )
        })?;
        let (from, to) = validity(&leaf).ok_or_else(|| {
            let what = format!("{}: its dates cannot be read", chain_file.display());
            (what, "use an X.509 certificate".to_owned())
        })?;
        Ok(Self { leaf, from, to })
    }

    pub fn covers(&self, host: &str) -> bool {
        let host = host.trim_start_matches('[').trim_end_matches(']');
        let (Ok(name), Ok(parsed)) = (ServerName::try_from(host), ParsedCertificate::try_from(&self.leaf)) else {
            return false;
        };
        rustls::client::verify_server_name(&parsed, &name).is_ok()
    }
}
