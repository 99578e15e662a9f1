//! The browser that a person signs in from, and where they were going.

use crypto::token::HashedToken;
use domain::return_to::ReturnTo;
use domain::session::describe_device;

/// As it presents itself.
#[derive(Clone, Debug)]
pub struct Browser {
    /// What its owner is told of it in their lists.
    pub description: String,
    /// The token of a trusted device, of this account or of another one.
    pub known_by: Option<HashedToken>,
}

impl Browser {
    /// A browser of which nothing is known, as for a program.
    pub fn unknown() -> Self {
        Self {
            description: describe_device(None),
            known_by: None,
        }
    }
}

#[derive(Debug)]
pub struct Journey<'a> {
    pub browser: &'a Browser,
    pub return_to: Option<ReturnTo>,
}
