//! The demo's own certificate: an authority and a server certificate that it signs.
//!
//! The authority's key is dropped once it has signed: it is safe to trust `ca.pem` in a browser, since no one,
//! not even this program, can sign anything else with it, and its name constraints stop at `localhost`.

use std::fs;
use std::io::Write;
use std::net::{Ipv4Addr, Ipv6Addr};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use rcgen::{
    BasicConstraints, CertificateParams, CidrSubnet, DnType, ExtendedKeyUsagePurpose, GeneralSubtree, IsCa, Issuer,
    KeyPair, KeyUsagePurpose, NameConstraints,
};
use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::ServerCertVerifier;
use rustls::sign::CertifiedKey;
use rustls_pki_types::pem::PemObject;
use rustls_pki_types::{CertificateDer, PrivateKeyDer, ServerName, UnixTime};

use kernel::clock::Timestamp;

/// The names a browser or a script reaches the demo by.
pub const NAMES: [&str; 4] = ["localhost", "results.localhost", "127.0.0.1", "::1"];

const DAY: Duration = Duration::from_secs(86_400);
/// Browsers refuse more than 398 days.
const VALIDITY: Duration = Duration::from_secs(396 * 86_400);
/// A demo that is started once a month must not end in an expired certificate while it runs.
const RENEW_BEFORE: Duration = Duration::from_secs(30 * 86_400);

/// Where the three PEM files are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CertificateFiles {
    /// What a client must trust.
    pub authority: PathBuf,
    /// The server certificate alone: clients have the authority by `authority`.
    pub certificate: PathBuf,
    /// The server's private key, PKCS#8, readable by its owner only.
    pub key: PathBuf,
    /// Whether this call wrote new files; clients must then trust the new authority.
    pub renewed: bool,
}

#[derive(Debug, thiserror::Error)]
pub enum CertificateError {
    #[error("cannot write the demo's certificate to {path}")]
    Write { path: PathBuf, source: std::io::Error },
    #[error("cannot make the demo's certificate")]
    Make(#[from] rcgen::Error),
}

/// Gives the certificate kept in `directory`, or makes one if a client would refuse that one now or within 30 days.
///
/// # Errors
/// When the files cannot be written or the key generator fails.
pub fn ensure(directory: &Path, now: Timestamp) -> Result<CertificateFiles, CertificateError> {
    let mut files = CertificateFiles {
        authority: directory.join("ca.pem"),
        certificate: directory.join("certificate.pem"),
        key: directory.join("key.pem"),
        renewed: false,
    };
    if !is_accepted(&files, now) || !is_accepted(&files, now.plus(RENEW_BEFORE)) {
        make(&files, now)?;
        files.renewed = true;
    }
    Ok(files)
}

/// Asks what a client would ask: the chain, every name, the dates, and whether the key belongs to the certificate.
fn is_accepted(files: &CertificateFiles, at: Timestamp) -> bool {
    let parts = (
        CertificateDer::from_pem_file(&files.authority),
        CertificateDer::from_pem_file(&files.certificate),
        PrivateKeyDer::from_pem_file(&files.key),
    );
    let (Ok(authority), Ok(certificate), Ok(key)) = parts else {
        return false;
    };
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let mut roots = rustls::RootCertStore::empty();
    if roots.add(authority).is_err() || CertifiedKey::from_der(vec![certificate.clone()], key, &provider).is_err() {
        return false;
    }
    let Ok(verifier) = WebPkiServerVerifier::builder_with_provider(Arc::new(roots), provider).build() else {
        return false;
    };
    let at = UnixTime::since_unix_epoch(Duration::from_secs(u64::try_from(at.unix_seconds()).unwrap_or(0)));
    NAMES.iter().all(|name| {
        ServerName::try_from(*name)
            .is_ok_and(|name| verifier.verify_server_cert(&certificate, &[], &name, &[], at).is_ok())
    })
}

fn make(files: &CertificateFiles, now: Timestamp) -> Result<(), CertificateError> {
    let authority_key = KeyPair::generate()?;
    let authority_params = authority(now);
    let authority_certificate = authority_params.self_signed(&authority_key)?;
    let issuer = Issuer::from_params(&authority_params, &authority_key);

    let key = KeyPair::generate()?;
    let certificate = server(now)?.signed_by(&key, &issuer)?;

    write(&files.key, key.serialize_pem().as_bytes(), 0o600)?;
    write(&files.certificate, certificate.pem().as_bytes(), 0o644)?;
    write(&files.authority, authority_certificate.pem().as_bytes(), 0o644)
}

fn authority(now: Timestamp) -> CertificateParams {
    let mut params = named("Vestibule demo authority (this machine only)", now);
    params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::DigitalSignature];
    params.name_constraints = Some(NameConstraints {
        permitted_subtrees: vec![
            GeneralSubtree::DnsName("localhost".to_owned()),
            GeneralSubtree::IpAddress(CidrSubnet::from_v4_prefix(Ipv4Addr::LOCALHOST.octets(), 32)),
            GeneralSubtree::IpAddress(CidrSubnet::from_v6_prefix(Ipv6Addr::LOCALHOST.octets(), 128)),
        ],
        excluded_subtrees: Vec::new(),
    });
    params
}

fn server(now: Timestamp) -> Result<CertificateParams, rcgen::Error> {
    let names: Vec<String> = NAMES.iter().map(ToString::to_string).collect();
    let mut params = named("Vestibule demo", now);
    params.subject_alt_names = CertificateParams::new(names)?.subject_alt_names;
    params.is_ca = IsCa::ExplicitNoCa;
    params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    params.use_authority_key_identifier_extension = true;
    Ok(params)
}

fn named(common_name: &str, now: Timestamp) -> CertificateParams {
    let mut params = CertificateParams::default();
    params.distinguished_name.remove(DnType::CommonName);
    params.distinguished_name.push(DnType::CommonName, common_name);
    // A day of margin for a client whose clock is late.
    let start = Duration::from_secs(u64::try_from(now.minus(DAY).unix_seconds()).unwrap_or(0));
    params.not_before = rcgen::date_time_ymd(1970, 1, 1) + start;
    params.not_after = params.not_before + VALIDITY;
    params
}

/// Written beside and renamed: a reader sees the old file or the new one, and the key is never readable by others.
fn write(path: &Path, content: &[u8], mode: u32) -> Result<(), CertificateError> {
    let beside = path.with_extension("pem.new");
    let attempt = || {
        match fs::remove_file(&beside) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        let mut file = fs::OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(mode)
            .open(&beside)?;
        file.write_all(content)?;
        file.sync_all()?;
        fs::rename(&beside, path)
    };
    attempt().map_err(|source| CertificateError::Write {
        path: path.to_owned(),
        source,
    })
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    const NOW: Timestamp = Timestamp::from_seconds(1_790_000_000);

    #[test]
    fn a_client_accepts_it_for_every_name_and_others_cannot_read_the_key() {
        let directory = tempfile::tempdir().unwrap();
        let files = ensure(directory.path(), NOW).unwrap();
        assert!(files.renewed);
        assert!(is_accepted(&files, NOW));
        let mode = fs::metadata(&files.key).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }

    #[test]
    fn it_lasts_at_most_397_days() {
        let directory = tempfile::tempdir().unwrap();
        let files = ensure(directory.path(), NOW).unwrap();
        assert!(!is_accepted(&files, NOW.minus(2 * DAY)));
        assert!(is_accepted(&files, NOW.plus(394 * DAY)));
        assert!(!is_accepted(&files, NOW.plus(397 * DAY)));
    }

    #[test]
    fn a_second_start_keeps_it_and_a_start_close_to_expiry_renews_it() {
        let directory = tempfile::tempdir().unwrap();
        let first = ensure(directory.path(), NOW).unwrap();
        let written = fs::read(&first.certificate).unwrap();

        let second = ensure(directory.path(), NOW.plus(100 * DAY)).unwrap();
        assert!(!second.renewed);
        assert_eq!(fs::read(&second.certificate).unwrap(), written);

        let late = NOW.plus(370 * DAY);
        let third = ensure(directory.path(), late).unwrap();
        assert!(third.renewed);
        assert_ne!(fs::read(&third.certificate).unwrap(), written);
        assert!(is_accepted(&third, late));
    }

    #[test]
    fn a_key_of_another_certificate_or_a_damaged_file_is_replaced() {
        let (one, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let files = ensure(one.path(), NOW).unwrap();
        let foreign = ensure(other.path(), NOW).unwrap();
        fs::copy(&foreign.key, &files.key).unwrap();
        assert!(ensure(one.path(), NOW).unwrap().renewed);

        fs::write(&files.authority, "not a certificate").unwrap();
        assert!(ensure(one.path(), NOW).unwrap().renewed);
    }

    #[test]
    fn a_directory_that_cannot_be_written_is_named() {
        let error = ensure(Path::new("/proc/vestibule"), NOW).unwrap_err();
        assert!(error.to_string().contains("/proc/vestibule/key.pem"), "{error}");
    }
}
