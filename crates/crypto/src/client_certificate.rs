//! Certificates that clients present (RFC 8705): whose they are, and how a token is bound to one.
//!
//! The TLS library has verified the chain, the dates and the purpose before anything here is asked.

use aws_lc_rs::digest::{SHA256, digest};
use data_encoding::BASE64URL_NOPAD;
use x509_cert::Certificate;
use x509_cert::der::Decode;
use x509_cert::ext::pkix::SubjectAltName;
use x509_cert::ext::pkix::name::GeneralName;
use x509_cert::name::Name;

/// The parts of a certificate that we need, read once for its connection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClientCertificate {
    thumbprint: String,
    subject: String,
    dns_names: Vec<String>,
}

impl ClientCertificate {
    /// None: it is not a certificate.
    pub fn parse(der: &[u8]) -> Option<Self> {
        let certificate = Certificate::from_der(der).ok()?;
        let certificate = certificate.tbs_certificate();
        let alternatives = certificate.get_extension::<SubjectAltName>().ok()?;
        let alternatives = alternatives.map(|(_, names)| names.0).unwrap_or_default();
        let dns = |name: GeneralName| match name {
            GeneralName::DnsName(name) => Some(name.as_str().to_ascii_lowercase()),
            _ => None,
        };
        Some(Self {
            thumbprint: BASE64URL_NOPAD.encode(digest(&SHA256, der).as_ref()),
            subject: certificate.subject().to_string(),
            dns_names: alternatives.into_iter().filter_map(dns).collect(),
        })
    }

    /// `x5t#S256` (RFC 8705 3.1).
    pub fn thumbprint(&self) -> &str {
        &self.thumbprint
    }

    /// A name with a wildcard matches only itself: otherwise it would match anyone in a domain.
    pub fn has_dns_name(&self, name: &str) -> bool {
        self.dns_names.iter().any(|ours| ours.eq_ignore_ascii_case(name))
    }

    /// `name`: as RFC 4514 writes it.
    pub fn has_subject(&self, name: &str) -> bool {
        !self.subject.is_empty() && normalized(name).is_some_and(|name| name == self.subject)
    }
}

/// A distinguished name in the canonical form in which we compare it. `None` if it is not a distinguished name.
pub fn normalized(name: &str) -> Option<String> {
    let name: Name = name.parse().ok()?;
    Some(name.to_string()).filter(|name| !name.is_empty())
}

#[cfg(test)]
mod tests {
    use rcgen::{CertificateParams, DnType, KeyPair};

    use super::*;

    fn certificate(names: &[&str], subject: &[(DnType, &str)]) -> ClientCertificate {
        let names: Vec<String> = names.iter().map(ToString::to_string).collect();
        let mut params = CertificateParams::new(names).unwrap();
        params.distinguished_name = rcgen::DistinguishedName::new();
        for (kind, value) in subject {
            params.distinguished_name.push(kind.clone(), *value);
        }
        let der = params.self_signed(&KeyPair::generate().unwrap()).unwrap();
        ClientCertificate::parse(der.der()).unwrap()
    }

    fn of_a_lis() -> ClientCertificate {
        let subject = [
            (DnType::CountryName, "FR"),
            (DnType::OrganizationName, "Éditeur, Logiciels"),
            (DnType::CommonName, "lis"),
        ];
        certificate(&["lis.editeur.example", "*.editeur.example", "192.0.2.1"], &subject)
    }

    #[test]
    fn names_are_compared_whole() {
        let certificate = of_a_lis();
        for (name, is_its) in [
            ("lis.editeur.example", true),
            ("LIS.editeur.example", true),
            ("*.editeur.example", true),
            ("other.editeur.example", false),
            ("editeur.example", false),
            ("192.0.2.1", false),
            ("", false),
        ] {
            assert_eq!(certificate.has_dns_name(name), is_its, "{name}");
        }
    }

    #[test]
    fn subjects_are_compared_as_rfc_4514_writes_them() {
        let certificate = of_a_lis();
        for (name, is_its) in [
            ("CN=lis,O=Éditeur\\, Logiciels,C=FR", true),
            ("cn=lis,o=Éditeur\\, Logiciels,c=FR", true),
            ("2.5.4.3=lis,2.5.4.10=Éditeur\\, Logiciels,2.5.4.6=FR", true),
            ("C=FR,O=Éditeur\\, Logiciels,CN=lis", false),
            ("CN=lis", false),
            ("CN=LIS,O=Éditeur\\, Logiciels,C=FR", false),
            ("", false),
            ("nonsense", false),
        ] {
            assert_eq!(certificate.has_subject(name), is_its, "{name}");
        }
        let nobody = self::certificate(&["x.example"], &[]);
        assert!(!nobody.has_subject(""));
    }

    #[test]
    fn each_certificate_has_a_thumbprint_of_its_own() {
        let (one, other) = (of_a_lis(), of_a_lis());
        assert_eq!(one.thumbprint().len(), 43);
        assert_ne!(one.thumbprint(), other.thumbprint());
        assert!(ClientCertificate::parse(b"no certificate").is_none());
    }
}
