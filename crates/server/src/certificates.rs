//! TLS 1.2 and 1.3 with the post-quantum hybrid preferred, and certificate files taken up again when they change.

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use arc_swap::ArcSwap;
use rustls::crypto::{CryptoProvider, aws_lc_rs};
use rustls::server::{ClientHello, ResolvesServerCert, WebPkiClientVerifier};
use rustls::sign::CertifiedKey;
use rustls::{ConfigBuilder, RootCertStore, ServerConfig, WantsVerifier};
use rustls_pki_types::pem::PemObject;
use rustls_pki_types::{CertificateDer, PrivateKeyDer};

use config::Tls;

#[derive(Debug, thiserror::Error)]
#[error("{key} {}: {what}", path.display())]
pub struct CertificateProblem {
    key: &'static str,
    path: PathBuf,
    what: String,
}

pub struct Certificates {
    files: Tls,
    provider: Arc<CryptoProvider>,
    current: ArcSwap<CertifiedKey>,
    /// What the files held when they were last read; a secret, so it is a digest.
    seen: Mutex<[u8; 32]>,
}

impl fmt::Debug for Certificates {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Certificates")
            .field("files", &self.files)
            .finish_non_exhaustive()
    }
}

impl Certificates {
    /// # Errors
    /// A file cannot be read, or certificate and key do not belong together.
    pub fn load(files: &Tls) -> Result<Self, CertificateProblem> {
        let provider = Arc::new(aws_lc_rs::default_provider());
        let (key, digest) = read(files, &provider)?;
        let current = ArcSwap::from_pointee(key);
        Ok(Self {
            files: files.clone(),
            provider,
            current,
            seen: Mutex::new(digest),
        })
    }

    /// Takes up replaced files; a broken replacement is reported and the certificate in use stays.
    pub fn reload(&self) {
        let read = read(&self.files, &self.provider);
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        match read {
            Ok((_, digest)) if digest == *seen => {}
            Ok((key, digest)) => {
                self.current.store(Arc::new(key));
                *seen = digest;
                tracing::info!("a new certificate is in use");
            }
            Err(problem) => tracing::error!(%problem, "the certificate files cannot be used; the earlier one stays"),
        }
    }

    /// # Errors
    /// The library offers neither TLS 1.2 nor 1.3.
    pub fn server_config(self: &Arc<Self>) -> Result<ServerConfig, CertificateProblem> {
        Ok(self
            .builder()?
            .with_no_client_auth()
            .with_cert_resolver(self.resolver()))
    }

    /// For the listener that requires a certificate signed by one of these authorities. It shares
    /// no remembered TLS session with the other, which asks for no certificate.
    ///
    /// # Errors
    /// The file of the authorities cannot be used.
    pub fn mutual_server_config(self: &Arc<Self>, authorities: &Path) -> Result<ServerConfig, CertificateProblem> {
        let unusable = |error: &dyn fmt::Display| problem("[server] mtls_client_ca_file", authorities, error);
        let mut roots = RootCertStore::empty();
        for certificate in CertificateDer::pem_file_iter(authorities).map_err(|error| unusable(&error))? {
            let certificate = certificate.map_err(|error| unusable(&error))?;
            roots.add(certificate).map_err(|error| unusable(&error))?;
        }
        let verifier = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), Arc::clone(&self.provider));
        let verifier = verifier.build().map_err(|error| unusable(&error))?;
        Ok(self
            .builder()?
            .with_client_cert_verifier(verifier)
            .with_cert_resolver(self.resolver()))
    }

    fn builder(&self) -> Result<ConfigBuilder<ServerConfig, WantsVerifier>, CertificateProblem> {
        ServerConfig::builder_with_provider(Arc::clone(&self.provider))
            .with_protocol_versions(&[&rustls::version::TLS13, &rustls::version::TLS12])
            .map_err(|error| problem("[tls] certificate_file", &self.files.certificate_file, &error))
    }

    fn resolver(self: &Arc<Self>) -> Arc<dyn ResolvesServerCert> {
        Arc::clone(self) as Arc<dyn ResolvesServerCert>
    }
}

impl ResolvesServerCert for Certificates {
    fn resolve(&self, _: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(self.current.load_full())
    }
}

fn read(files: &Tls, provider: &CryptoProvider) -> Result<(CertifiedKey, [u8; 32]), CertificateProblem> {
    let (chain_file, key_file) = (&files.certificate_file, &files.key_file);
    let chain_text =
        std::fs::read(chain_file).map_err(|error| problem("[tls] certificate_file", chain_file, &error))?;
    let key_text =
        zeroize::Zeroizing::new(std::fs::read(key_file).map_err(|error| problem("[tls] key_file", key_file, &error))?);
    let chain = CertificateDer::pem_slice_iter(&chain_text).collect::<Result<Vec<_>, _>>();
    let chain = chain.map_err(|error| problem("[tls] certificate_file", chain_file, &error))?;
    let key = PrivateKeyDer::from_pem_slice(&key_text).map_err(|error| problem("[tls] key_file", key_file, &error))?;
    let key =
        CertifiedKey::from_der(chain, key, provider).map_err(|error| problem("[tls] key_file", key_file, &error))?;
    Ok((key, digest(&chain_text, &key_text)))
}

fn digest(chain: &[u8], key: &[u8]) -> [u8; 32] {
    use sha2::Digest;
    sha2::Sha256::new()
        .chain_update(chain)
        .chain_update(key)
        .finalize()
        .into()
}

fn problem(key: &'static str, path: &Path, error: &dyn fmt::Display) -> CertificateProblem {
    CertificateProblem {
        key,
        path: path.to_owned(),
        what: error.to_string(),
    }
}
