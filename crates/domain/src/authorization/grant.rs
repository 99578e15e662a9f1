//! What a person let a client have.

use serde::{Deserialize, Serialize};

use super::claims::ClaimsRequest;
use crate::client::Scopes;
use crate::evidence::Means;
use kernel::clock::Timestamp;
use kernel::ids::{AccountId, ClientId, GrantId, SessionId};

#[derive(Clone, Debug)]
pub struct Grant {
    pub id: GrantId,
    pub client: ClientId,
    pub account: AccountId,
    pub session: SessionId,
    /// It outlives the session.
    pub is_offline: bool,
    pub terms: Terms,
    pub created_at: Timestamp,
    pub expires_at: Timestamp,
    pub ended_at: Option<Timestamp>,
}

/// What stays the same as long as the grant lives.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Terms {
    pub scopes: Scopes,
    #[serde(default)]
    pub claims: ClaimsRequest,
    pub means: Means,
    /// Seconds since the epoch.
    pub auth_time: i64,
    /// Of the session, as the client knows it.
    pub sid: String,
    pub subject: String,
    /// The refresh token serves only beside a proof of some key, since the first token was bound to one.
    #[serde(default)]
    pub is_bound: bool,
}

/// What an access token is bound to (RFC 7800 `cnf`).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Binding {
    /// Thumbprint of a DPoP key.
    #[serde(rename = "jkt")]
    Key(String),
    /// SHA-256 of a client certificate.
    #[serde(rename = "x5t#S256")]
    Certificate(String),
}

/// What must be presented together with the code.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CodeTerms {
    pub redirect_uri: String,
    #[serde(default)]
    pub code_challenge: Option<String>,
    #[serde(default)]
    pub nonce: Option<String>,
    #[serde(default)]
    pub dpop_jkt: Option<String>,
}
