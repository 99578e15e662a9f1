//! What a client is told when something is wrong with what it asks.

use domain::authorization::OauthError;
use service::Fault;
use store::StoreFault;

/// For the developer of the client: the code that its program reads, and what to do in words. Never names a person.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}: {description}", error.as_str())]
pub struct Refusal {
    pub error: OauthError,
    pub description: &'static str,
}

impl Refusal {
    pub const fn new(error: OauthError, description: &'static str) -> Self {
        Self { error, description }
    }

    pub const fn invalid_request(description: &'static str) -> Self {
        Self::new(OauthError::InvalidRequest, description)
    }

    pub const fn invalid_grant(description: &'static str) -> Self {
        Self::new(OauthError::InvalidGrant, description)
    }

    pub const fn invalid_client() -> Self {
        // Which part was wrong is not said.
        Self::new(
            OauthError::InvalidClient,
            "this client is not known here, or did not prove who it is",
        )
    }
}

/// Refused, or broken.
#[derive(Debug, thiserror::Error)]
pub enum ProtocolProblem {
    #[error(transparent)]
    Refused(#[from] Refusal),
    #[error(transparent)]
    Fault(#[from] Fault),
}

impl From<StoreFault> for ProtocolProblem {
    fn from(fault: StoreFault) -> Self {
        Self::Fault(fault.into())
    }
}
