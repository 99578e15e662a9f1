//! What stands between two requests of a sign-in or an enrolment that is not complete. It opens no page but its own.

use serde::{Deserialize, Serialize};

use crate::crypto::password_hash::HashedPassword;
use crate::domain::evidence::{Authenticated, Means};
use crate::domain::return_to::ReturnTo;
use crate::kernel::clock::Timestamp;
use crate::kernel::ids::AccountId;

/// Raised when the shape of [`Pending`] changes: what an older version wrote is not guessed at but begun again.
pub const VERSION: i64 = 1;

#[derive(Debug, Serialize, Deserialize)]
#[serde(tag = "stage", rename_all = "kebab-case")]
pub enum Pending {
    Held(Held),
    ChoosingPassword(ChoosingPassword),
    BindingAuthenticator(BindingAuthenticator),
}

/// A complete sign-in that may not go on before the password is rotated.
#[derive(Debug, Serialize, Deserialize)]
pub struct Held {
    means: Means,
    authenticated_at_micros: i64,
    pub return_to: Option<ReturnTo>,
}

impl Held {
    pub fn hold(who: Authenticated, return_to: Option<ReturnTo>) -> Self {
        Self {
            means: who.means(),
            authenticated_at_micros: who.at().micros(),
            return_to,
        }
    }

    /// A new password was made: the sign-in goes on as what it was.
    pub fn release(&self, account: AccountId, _: &HashedPassword) -> Authenticated {
        Authenticated::released(
            account,
            self.means,
            Timestamp::from_micros(self.authenticated_at_micros),
        )
    }
}

/// Enrolment, first half: the lab code and birth date were right.
#[derive(Debug, Serialize, Deserialize)]
pub struct ChoosingPassword {
    pub lab_code_mac: Vec<u8>,
    pub return_to: Option<ReturnTo>,
}

/// Enrolment, second half: password chosen, authenticator shown, first code awaited.
#[derive(Serialize, Deserialize)]
pub struct BindingAuthenticator {
    pub lab_code_mac: Vec<u8>,
    pub password_hash: String,
    pub seed: Vec<u8>,
    pub return_to: Option<ReturnTo>,
}

impl std::fmt::Debug for BindingAuthenticator {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("BindingAuthenticator(..)")
    }
}
