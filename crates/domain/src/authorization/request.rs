//! An authorization request whose every parameter was checked.

use serde::{Deserialize, Serialize};

use super::claims::ClaimsRequest;
use crate::client::Scopes;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ResponseMode {
    Query,
    FormPost,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Prompt {
    None,
    Login,
    Consent,
    SelectAccount,
}

/// Stored sealed: the hint names a person.
#[derive(Clone, Serialize, Deserialize)]
pub struct AuthorizationRequest {
    pub redirect_uri: String,
    pub response_mode: ResponseMode,
    pub scopes: Scopes,
    pub state: Option<String>,
    pub nonce: Option<String>,
    /// Of PKCE with S256.
    pub code_challenge: Option<String>,
    pub prompts: Vec<Prompt>,
    /// Seconds since the person showed who they are.
    pub max_age: Option<u64>,
    pub login_hint: Option<String>,
    /// Whom the client expects, by the name they have there.
    pub subject: Option<String>,
    pub ui_locales: Option<String>,
    pub claims: ClaimsRequest,
    /// The key to which the code is bound (RFC 9449 10).
    pub dpop_jkt: Option<String>,
    /// Hash of the handle under which it was pushed; used up with the code.
    pub pushed: Option<Vec<u8>>,
}

impl AuthorizationRequest {
    pub fn prompts(&self, prompt: Prompt) -> bool {
        self.prompts.contains(&prompt)
    }
}

impl std::fmt::Debug for AuthorizationRequest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("AuthorizationRequest")
            .field("redirect_uri", &self.redirect_uri)
            .field("scopes", &self.scopes)
            .finish_non_exhaustive()
    }
}
