//! A named person who works for one or several labs, and what they may do in each.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use serde::Serialize;

use crate::actor::Actor;
use crate::unknown_state::UnknownState;
use kernel::ids::{AccountId, LabId, OperatorName};

/// The later one may do all that the earlier one may.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    /// Patients and their lab codes; sees leaks.
    Desk,
    /// Acts on leaks.
    Security,
}

impl Role {
    pub const ALL: [Self; 2] = [Self::Desk, Self::Security];

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Desk => "desk",
            Self::Security => "security",
        }
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Role {
    type Err = UnknownState;

    fn from_str(text: &str) -> Result<Self, UnknownState> {
        Self::ALL
            .into_iter()
            .find(|role| role.as_str() == text)
            .ok_or(UnknownState)
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Operator {
    pub account: AccountId,
    pub name: OperatorName,
    /// One a lab; they have no access to labs that are not in it.
    pub roles: BTreeMap<LabId, Role>,
}

impl Operator {
    pub fn may(&self, lab: &LabId, role: Role) -> bool {
        self.roles.get(lab).is_some_and(|held| *held >= role)
    }

    /// For acts on the whole installation.
    pub fn may_somewhere(&self, role: Role) -> bool {
        self.roles.values().any(|held| *held >= role)
    }

    /// With what a session without a passkey reaches, where the role `security` takes one.
    #[must_use]
    pub fn at_the_desk_only(mut self) -> Self {
        for role in self.roles.values_mut() {
            *role = Role::Desk.min(*role);
        }
        self
    }

    pub fn actor(&self) -> Actor {
        Actor::Operator {
            name: self.name.to_string(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn r46_a_role_counts_in_its_own_lab_only() {
        let lab = |id: &str| id.parse::<LabId>().unwrap();
        let operator = Operator {
            account: AccountId::from_bytes([1; 16]),
            name: "claire".parse().unwrap(),
            roles: BTreeMap::from([(lab("port"), Role::Desk), (lab("vallee"), Role::Security)]),
        };
        assert!(operator.may(&lab("port"), Role::Desk) && !operator.may(&lab("port"), Role::Security));
        assert!(operator.may(&lab("vallee"), Role::Desk) && operator.may(&lab("vallee"), Role::Security));
        assert!(!operator.may(&lab("colline"), Role::Desk));
        assert!(operator.may_somewhere(Role::Security));
        assert_eq!(operator.actor().label(), "operator:claire");
        let limited = operator.at_the_desk_only();
        assert!(limited.may(&lab("vallee"), Role::Desk) && !limited.may(&lab("vallee"), Role::Security));
        assert!(!limited.may(&lab("colline"), Role::Desk));
    }
}
