//! What cannot work in a client's entry, worded so that the reader can fix it.

use std::net::{Ipv4Addr, Ipv6Addr};

use url::{Host, Url};

use crypto::client_certificate::normalized;
use crypto::jose::{Algorithm, Jwks};

use super::{Authentication, CertificateName, Consent, Demand, GrantType, Policy, Refresh, Scope, SubjectType};

/// A field that cannot stay as it is.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{field}: {remedy}")]
pub struct PolicyProblem {
    pub field: &'static str,
    pub remedy: String,
}

/// A logout token is useless to an eavesdropper, but a redirect carries a code.
const INSECURE: &str = "write an https address; http only for localhost, 127.0.0.1 or [::1]";

impl Policy {
    /// Everything that cannot work, so that it can be fixed in one go.
    pub fn problems(&self) -> Vec<PolicyProblem> {
        let mut found = Vec::new();
        let mut note = |field, remedy: Option<String>| {
            found.extend(remedy.map(|remedy| PolicyProblem { field, remedy }));
        };
        note(
            "name",
            self.name
                .trim()
                .is_empty()
                .then(|| "write the name that people recognise".to_owned()),
        );
        note("grant_types", self.grant_remedy());
        for uri in &self.redirect_uris {
            note("redirect_uris", address_remedy(uri));
        }
        for uri in &self.post_logout_redirect_uris {
            note("post_logout_redirect_uris", address_remedy(uri));
        }
        if let Some(uri) = &self.backchannel_logout_uri {
            note("backchannel_logout_uri", address_remedy(uri));
            note("backchannel_ca", self.ca_remedy(uri));
        }
        note("scopes", self.scope_remedy());
        note("site", self.site_remedy());
        note("sector", self.sector_remedy());
        note("pkce", reason_remedy(&self.pkce));
        note("nonce", reason_remedy(&self.nonce));
        note("refresh", self.refresh_remedy());
        note("lifetimes", self.lifetime_remedy());
        note("id_token_algorithm", ours_remedy(self.id_token_algorithm));
        note("userinfo_algorithm", self.userinfo_algorithm.and_then(ours_remedy));
        note("authentication", self.jwks_remedy());
        note("authentication", self.certificate_remedy());
        found
    }

    /// Hosts of the redirect addresses.
    pub(super) fn hosts(&self) -> impl Iterator<Item = String> {
        let urls = self.redirect_uris.iter().filter_map(|uri| Url::parse(uri).ok());
        urls.filter_map(|url| url.host_str().map(str::to_owned))
    }

    fn grant_remedy(&self) -> Option<String> {
        let code = self.may(GrantType::AuthorizationCode);
        let remedy = if self.grant_types.is_empty() {
            "name at least one"
        } else if self.may(GrantType::RefreshToken) && !code {
            "refresh_token needs authorization_code beside it"
        } else if code && self.redirect_uris.is_empty() {
            "authorization_code needs a redirect address"
        } else if code && self.may(GrantType::ClientCredentials) {
            "a client acts either for people or for itself: make two entries"
        } else {
            return None;
        };
        Some(remedy.to_owned())
    }

    fn ca_remedy(&self, uri: &str) -> Option<String> {
        (uri.starts_with("https:") && self.backchannel_ca.is_none())
            .then(|| "an https address needs the authorities to trust, as PEM: no public ones are built in".to_owned())
    }

    fn scope_remedy(&self) -> Option<String> {
        let of_the_api = self.scopes.iter().any(Scope::is_of_the_api);
        let remedy = if self.may(GrantType::AuthorizationCode) && !self.scopes.contains(Scope::OpenId) {
            "a client for people needs openid"
        } else if of_the_api && !self.may(GrantType::ClientCredentials) {
            "scopes of the admin API are for clients with the grant client_credentials"
        } else if self.may(GrantType::ClientCredentials) && self.scopes.iter().any(|scope| !scope.is_of_the_api()) {
            "a client that acts for itself has scopes of the admin API only"
        } else if self.scopes.contains(Scope::OfflineAccess) && !self.may(GrantType::RefreshToken) {
            "offline_access needs the grant refresh_token"
        } else if self.scopes.contains(Scope::OfflineAccess) && self.consent == Consent::FirstParty {
            "offline_access is for clients that ask people for consent"
        } else {
            return None;
        };
        Some(remedy.to_owned())
    }

    fn site_remedy(&self) -> Option<String> {
        (self.scopes.contains(Scope::Records) && self.site.is_none())
            .then(|| "the scope records needs the site whose records it gives".to_owned())
    }

    fn sector_remedy(&self) -> Option<String> {
        let mut hosts: Vec<String> = self.hosts().collect();
        hosts.sort();
        hosts.dedup();
        (self.subject == SubjectType::Pairwise && self.sector.is_none() && hosts.len() > 1).then(|| {
            "the redirect addresses have several hosts: name the sector for which subjects are made".to_owned()
        })
    }

    fn refresh_remedy(&self) -> Option<String> {
        let has_keys = !self.authentication.has_secret() && self.bound_tokens_only;
        (self.refresh == Refresh::Kept && !has_keys).then(|| {
            "refresh tokens are kept only for clients that authenticate by key and take bound tokens only".to_owned()
        })
    }

    fn jwks_remedy(&self) -> Option<String> {
        let keys = self.authentication.jwks()?;
        Jwks::parse(&keys.to_string()).err().map(|problem| problem.to_string())
    }

    fn certificate_remedy(&self) -> Option<String> {
        let Authentication::TlsClientAuth { name, .. } = &self.authentication else {
            return None;
        };
        let remedy = match name {
            CertificateName::SubjectDn(name) if normalized(name).is_none() => {
                "subject_dn: write it as RFC 4514 does, as in CN=lis,O=Laboratoire Exemple,C=FR"
            }
            CertificateName::SanDns(name) if name.is_empty() || name.contains('*') => {
                "san_dns: write the whole name, without a pattern"
            }
            _ => return None,
        };
        Some(remedy.to_owned())
    }

    fn lifetime_remedy(&self) -> Option<String> {
        let times = &self.lifetimes;
        let remedy = if !(30..=3600).contains(&times.access_token_seconds) {
            "access_token_seconds: 30 to 3600"
        } else if !(30..=3600).contains(&times.id_token_seconds) {
            "id_token_seconds: 30 to 3600"
        } else if !(1..=365).contains(&times.offline_days) {
            "offline_days: 1 to 365"
        } else {
            return None;
        };
        Some(remedy.to_owned())
    }
}

fn ours_remedy(algorithm: Algorithm) -> Option<String> {
    (!Algorithm::OURS.contains(&algorithm)).then(|| "ES256, EdDSA or RS256".to_owned())
}

fn reason_remedy(demand: &Demand) -> Option<String> {
    matches!(demand, Demand::WaivedBecause(reason) if reason.trim().is_empty())
        .then(|| "say why this client cannot do it".to_owned())
}

fn address_remedy(text: &str) -> Option<String> {
    let Ok(url) = Url::parse(text) else {
        return Some(format!(
            "\"{text}\" is no address: write it whole, as in https://host.example/path"
        ));
    };
    if url.fragment().is_some() || !url.username().is_empty() || url.password().is_some() || text.contains('*') {
        return Some(format!("\"{text}\": no fragment, no name or password, and no pattern"));
    }
    let near = match url.host() {
        Some(Host::Ipv4(address)) => address == Ipv4Addr::LOCALHOST,
        Some(Host::Ipv6(address)) => address == Ipv6Addr::LOCALHOST,
        Some(Host::Domain(name)) => name == "localhost",
        None => false,
    };
    let secure = url.scheme() == "https" || (url.scheme() == "http" && near);
    (!secure).then(|| format!("\"{text}\": {INSECURE}"))
}
