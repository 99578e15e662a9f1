//! What can be told to a client about a person.

use std::collections::BTreeSet;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::client::{Scope, Scopes};
use crate::unknown_state::UnknownState;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Claim {
    Name,
    GivenName,
    FamilyName,
    Birthdate,
    Email,
    EmailVerified,
    Records,
}

impl Claim {
    pub const ALL: [Self; 7] = [
        Self::Name,
        Self::GivenName,
        Self::FamilyName,
        Self::Birthdate,
        Self::Email,
        Self::EmailVerified,
        Self::Records,
    ];

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::GivenName => "given_name",
            Self::FamilyName => "family_name",
            Self::Birthdate => "birthdate",
            Self::Email => "email",
            Self::EmailVerified => "email_verified",
            Self::Records => "records",
        }
    }

    /// A client that may not ask for this scope does not get the claim either.
    pub const fn scope(self) -> Scope {
        match self {
            Self::Name | Self::GivenName | Self::FamilyName | Self::Birthdate => Scope::Profile,
            Self::Email | Self::EmailVerified => Scope::Email,
            Self::Records => Scope::Records,
        }
    }
}

impl FromStr for Claim {
    type Err = UnknownState;

    fn from_str(text: &str) -> Result<Self, UnknownState> {
        Self::ALL
            .into_iter()
            .find(|claim| claim.as_str() == text)
            .ok_or(UnknownState)
    }
}

/// How sure the client wants to be (OpenID Connect Core 5.5.1.1).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AcrWish {
    pub is_essential: bool,
    pub values: Vec<String>,
}

/// The parameter `claims`, as far as there is something to give (OpenID Connect Core 5.5).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClaimsRequest {
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub userinfo: BTreeSet<Claim>,
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub id_token: BTreeSet<Claim>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub acr: Option<AcrWish>,
}

impl ClaimsRequest {
    /// Leaves what belongs to scopes that the client may ask for.
    pub fn keep_allowed(&mut self, allowed: &Scopes) {
        for claims in [&mut self.userinfo, &mut self.id_token] {
            claims.retain(|claim| allowed.contains(claim.scope()));
        }
    }

    /// What userinfo gives: by scope, or requested by name.
    pub fn at_userinfo(&self, scopes: &Scopes) -> BTreeSet<Claim> {
        let by_scope = Claim::ALL.into_iter().filter(|claim| scopes.contains(claim.scope()));
        by_scope.chain(self.userinfo.iter().copied()).collect()
    }

    /// All that goes out, whichever way.
    pub fn all(&self, scopes: &Scopes) -> BTreeSet<Claim> {
        let mut claims = self.at_userinfo(scopes);
        claims.extend(&self.id_token);
        claims
    }
}

#[cfg(test)]
mod words {
    use super::Claim;

    #[test]
    fn claims_are_called_as_openid_connect_calls_them() {
        assert_eq!(
            Claim::ALL.map(Claim::as_str),
            [
                "name",
                "given_name",
                "family_name",
                "birthdate",
                "email",
                "email_verified",
                "records"
            ]
        );
        for claim in Claim::ALL {
            assert_eq!(claim.as_str().parse(), Ok(claim));
        }
    }
}
