//! What a client may ask for.

use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Scope {
    OpenId,
    Profile,
    Email,
    /// The record numbers that the person may read at the client's own site.
    Records,
    /// Refresh tokens that outlive the session.
    OfflineAccess,
    /// Of the admin API.
    ReadClients,
    /// Of the admin API.
    WriteClients,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no such scope; there are openid, profile, email, records, offline_access, clients:read and clients:write")]
pub struct UnknownScope;

impl Scope {
    pub const ALL: [Self; 7] = [
        Self::OpenId,
        Self::Profile,
        Self::Email,
        Self::Records,
        Self::OfflineAccess,
        Self::ReadClients,
        Self::WriteClients,
    ];

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::OpenId => "openid",
            Self::Profile => "profile",
            Self::Email => "email",
            Self::Records => "records",
            Self::OfflineAccess => "offline_access",
            Self::ReadClients => "clients:read",
            Self::WriteClients => "clients:write",
        }
    }

    /// Requested by a client in its own name; no person can grant it.
    pub const fn is_of_the_api(self) -> bool {
        matches!(self, Self::ReadClients | Self::WriteClients)
    }
}

impl FromStr for Scope {
    type Err = UnknownScope;

    fn from_str(text: &str) -> Result<Self, UnknownScope> {
        Self::ALL
            .into_iter()
            .find(|scope| scope.as_str() == text)
            .ok_or(UnknownScope)
    }
}

/// Written as the protocol writes it: names with a space between them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Scopes(BTreeSet<Scope>);

impl Scopes {
    /// Those of the names that are known here; others are ignored (OpenID Connect Core 3.1.2.1).
    pub fn known_in(text: &str) -> Self {
        text.split(' ').filter_map(|name| name.parse().ok()).collect()
    }

    pub fn contains(&self, scope: Scope) -> bool {
        self.0.contains(&scope)
    }

    pub fn covers(&self, other: &Self) -> bool {
        self.0.is_superset(&other.0)
    }

    /// Those that are among the others, too.
    pub fn within(&self, others: &Self) -> Self {
        self.iter().filter(|scope| others.contains(*scope)).collect()
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub fn iter(&self) -> impl Iterator<Item = Scope> {
        self.0.iter().copied()
    }
}

impl FromIterator<Scope> for Scopes {
    fn from_iter<I: IntoIterator<Item = Scope>>(scopes: I) -> Self {
        Self(scopes.into_iter().collect())
    }
}

impl fmt::Display for Scopes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<&str> = self.iter().map(Scope::as_str).collect();
        f.write_str(&names.join(" "))
    }
}

impl FromStr for Scopes {
    type Err = UnknownScope;

    fn from_str(text: &str) -> Result<Self, UnknownScope> {
        text.split_ascii_whitespace()
            .map(str::parse)
            .collect::<Result<_, _>>()
            .map(Self)
    }
}

impl TryFrom<String> for Scopes {
    type Error = UnknownScope;

    fn try_from(text: String) -> Result<Self, UnknownScope> {
        text.parse()
    }
}

impl From<Scopes> for String {
    fn from(scopes: Scopes) -> Self {
        scopes.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scopes_read_back_as_they_are_written() {
        let scopes: Scopes = "records openid".parse().unwrap();
        assert_eq!(scopes.to_string(), "openid records");
        assert!(scopes.covers(&"openid".parse().unwrap()) && !scopes.covers(&"openid email".parse().unwrap()));
        assert!("openid phone".parse::<Scopes>().is_err());
        assert_eq!(Scopes::known_in("openid phone").to_string(), "openid");
    }
}
