//! A relying party of a lab, and what it may do: strict unless its entry says otherwise, with a reason.

mod check;
mod scope;

use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::Value;

pub use check::PolicyProblem;
pub use scope::{Scope, Scopes, UnknownScope};

use crypto::jose::Algorithm;
use kernel::clock::Timestamp;
use kernel::ids::{ClientId, SiteId};

#[derive(Clone, Debug)]
pub struct Client {
    pub id: ClientId,
    pub policy: Policy,
    pub created_at: Timestamp,
    pub disabled_at: Option<Timestamp>,
}

/// As stored, shown and given through the API; [`Policy::problems`] says what cannot work.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Policy {
    /// As patients read it on the consent page.
    pub name: String,
    pub authentication: Authentication,
    pub grant_types: Vec<GrantType>,
    #[serde(default)]
    pub redirect_uris: Vec<String>,
    #[serde(default)]
    pub post_logout_redirect_uris: Vec<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub backchannel_logout_uri: Option<String>,
    /// PEM text of the authorities that may sign the certificate of `backchannel_logout_uri`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub backchannel_ca: Option<String>,
    pub scopes: Scopes,
    /// The site whose record numbers the scope `records` gives.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub site: Option<SiteId>,
    #[serde(default)]
    pub consent: Consent,
    #[serde(default)]
    pub subject: SubjectType,
    /// For whom a pairwise subject is made; the host of the redirect addresses by default.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sector: Option<String>,
    #[serde(default)]
    pub pkce: Demand,
    #[serde(default)]
    pub nonce: Demand,
    /// Only requests that were pushed before (RFC 9126).
    #[serde(default)]
    pub pushed_requests_only: bool,
    /// Only tokens that are bound to a key (RFC 9449, RFC 8705).
    #[serde(default)]
    pub bound_tokens_only: bool,
    #[serde(default)]
    pub refresh: Refresh,
    #[serde(default = "es256")]
    pub id_token_algorithm: Algorithm,
    /// None: userinfo is plain JSON.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub userinfo_algorithm: Option<Algorithm>,
    #[serde(default)]
    pub lifetimes: Lifetimes,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "method", rename_all = "snake_case", deny_unknown_fields)]
pub enum Authentication {
    ClientSecretBasic,
    ClientSecretPost,
    PrivateKeyJwt {
        /// Public keys, as a JWK set.
        jwks: Value,
    },
    TlsClientAuth {
        name: CertificateName,
        /// For request objects, which a certificate cannot sign.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        jwks: Option<Value>,
    },
}

/// Whose certificate it is (RFC 8705 2.1.2).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CertificateName {
    SubjectDn(String),
    SanDns(String),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum GrantType {
    AuthorizationCode,
    RefreshToken,
    ClientCredentials,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Consent {
    /// The person is asked, and sees exactly what will be shared.
    #[default]
    Asked,
    /// The lab's own software: no consent is needed.
    FirstParty,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SubjectType {
    /// Another name of the account for every sector.
    #[default]
    Pairwise,
    /// One name of the account for all such clients of the lab.
    Public,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Demand {
    #[default]
    Required,
    WaivedBecause(String),
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Refresh {
    /// Each refresh token works once, but for the moment in which an answer may have been lost.
    #[default]
    Rotated,
    /// The first one keeps working; for clients with keys only, as FAPI 2.0 requires.
    Kept,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Lifetimes {
    pub access_token_seconds: u32,
    pub id_token_seconds: u32,
    /// With `offline_access`; without it a refresh token ends with the session.
    pub offline_days: u32,
}

impl Default for Lifetimes {
    fn default() -> Self {
        Self {
            access_token_seconds: 300,
            id_token_seconds: 300,
            offline_days: 30,
        }
    }
}

impl Lifetimes {
    pub fn access_token(&self) -> Duration {
        Duration::from_secs(self.access_token_seconds.into())
    }

    pub fn id_token(&self) -> Duration {
        Duration::from_secs(self.id_token_seconds.into())
    }

    pub fn offline(&self) -> Duration {
        Duration::from_secs(u64::from(self.offline_days) * 24 * 3600)
    }
}

impl Authentication {
    /// As in `token_endpoint_auth_method`.
    pub const fn method(&self) -> &'static str {
        match self {
            Self::ClientSecretBasic => "client_secret_basic",
            Self::ClientSecretPost => "client_secret_post",
            Self::PrivateKeyJwt { .. } => "private_key_jwt",
            Self::TlsClientAuth { .. } => "tls_client_auth",
        }
    }

    pub const fn has_secret(&self) -> bool {
        matches!(self, Self::ClientSecretBasic | Self::ClientSecretPost)
    }

    /// The public keys with which it signs, if it does.
    pub const fn jwks(&self) -> Option<&Value> {
        match self {
            Self::PrivateKeyJwt { jwks } => Some(jwks),
            Self::TlsClientAuth { jwks, .. } => jwks.as_ref(),
            Self::ClientSecretBasic | Self::ClientSecretPost => None,
        }
    }
}

impl Demand {
    pub const fn is_required(&self) -> bool {
        matches!(self, Self::Required)
    }
}

impl Policy {
    /// Strict, and with nothing to reach yet.
    pub fn new(name: String, authentication: Authentication) -> Self {
        Self {
            name,
            authentication,
            grant_types: Vec::new(),
            redirect_uris: Vec::new(),
            post_logout_redirect_uris: Vec::new(),
            backchannel_logout_uri: None,
            backchannel_ca: None,
            scopes: Scopes::default(),
            site: None,
            consent: Consent::default(),
            subject: SubjectType::default(),
            sector: None,
            pkce: Demand::default(),
            nonce: Demand::default(),
            pushed_requests_only: false,
            bound_tokens_only: false,
            refresh: Refresh::default(),
            id_token_algorithm: es256(),
            userinfo_algorithm: None,
            lifetimes: Lifetimes::default(),
        }
    }

    pub fn may(&self, grant: GrantType) -> bool {
        self.grant_types.contains(&grant)
    }

    /// Exactly as it was registered, character for character (RFC 9700 2.1).
    pub fn is_redirect_uri(&self, uri: &str) -> bool {
        self.redirect_uris.iter().any(|registered| registered == uri)
    }

    pub fn is_post_logout_redirect_uri(&self, uri: &str) -> bool {
        self.post_logout_redirect_uris
            .iter()
            .any(|registered| registered == uri)
    }

    /// What a pairwise subject is made for. Never the name of a site, which has subjects of its own.
    pub fn sector(&self) -> String {
        match (self.subject, &self.sector) {
            (SubjectType::Public, _) => "public:".to_owned(),
            (SubjectType::Pairwise, Some(sector)) => format!("client:{sector}"),
            (SubjectType::Pairwise, None) => format!("client:{}", self.hosts().next().unwrap_or_default()),
        }
    }
}

const fn es256() -> Algorithm {
    Algorithm::Es256
}

#[cfg(test)]
mod tests;
