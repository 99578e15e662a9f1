//! Evidence that a person is who they say. Nothing here can be made but from a verdict of `crypto`.
//!
//! A code alone opens nothing, and no literal makes evidence:
//! ```compile_fail
//! use domain::evidence::CodeOk;
//! let code = CodeOk { used: domain::evidence::CodeUsed::Recovery };
//! ```
//! What was authenticated cannot be copied:
//! ```compile_fail
//! fn twice(who: domain::evidence::Authenticated) {
//!     let _again = who.clone();
//! }
//! ```
//! nor recorded:
//! ```compile_fail
//! fn store(who: domain::evidence::Authenticated) -> String {
//!     serde_json::to_string(&who).unwrap()
//! }
//! ```
//! nor made by hand:
//! ```compile_fail
//! use domain::evidence::{Authenticated, Means};
//! use kernel::{clock::Timestamp, ids::AccountId};
//! fn make(account: AccountId, at: Timestamp) -> Authenticated {
//!     Authenticated { account, means: Means::PasswordAndCode, key: None, at }
//! }
//! ```
//! Without a password it takes a code of the authenticator and a recovery code, and no recovery code counts as both:
//! ```compile_fail
//! use domain::evidence::{Authenticated, CodeOk, RecoveryCodeOk};
//! use kernel::{clock::Timestamp, ids::AccountId};
//! fn recover(account: AccountId, code: &CodeOk, recovery: &RecoveryCodeOk, at: Timestamp) -> Authenticated {
//!     Authenticated::by_code_and_recovery_code(account, code, recovery, at)
//! }
//! ```
//! nor is one made of nothing:
//! ```compile_fail
//! let recovery = domain::evidence::RecoveryCodeOk(());
//! ```
//! A passkey signs in alone, but only one whose signature was checked:
//! ```compile_fail
//! let passkey = domain::evidence::PasskeyOk(());
//! ```
//! So does an identity of a provider whose token was checked and shows two factors; one that shows less takes a
//! code of the authenticator beside it:
//! ```compile_fail
//! let provider = domain::evidence::ProviderOk(());
//! ```
//! ```compile_fail
//! use domain::evidence::{Authenticated, ProviderFactorOk};
//! use kernel::{clock::Timestamp, ids::AccountId};
//! fn alone(account: AccountId, factor: ProviderFactorOk, at: Timestamp) -> Authenticated {
//!     Authenticated::by_provider(account, kernel::ids::LinkId::from_bytes([0; 16]), factor, at)
//! }
//! ```
//! What changes the means of an account takes proof that its holder was asked again, for this and for nothing else:
//! ```compile_fail
//! use domain::evidence::{AddPasskey, Elevated, RemovePasskey};
//! fn other(elevated: Elevated<AddPasskey>) -> Elevated<RemovePasskey> {
//!     elevated
//! }
//! ```
//! ```compile_fail
//! fn twice(elevated: domain::evidence::Elevated<domain::evidence::AddPasskey>) {
//!     let _again = elevated.clone();
//! }
//! ```

use std::marker::PhantomData;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::account::Account;
use crate::ending::{Generation, KeyId};
use crate::unknown_state::UnknownState;
use crypto::human_code::CodeMatched;
use crypto::id_token::IdTokenOk;
use crypto::passkey::PasskeyMatched;
use crypto::password_hash::PasswordMatched;
use crypto::totp::{Step, StepMatched};
use kernel::clock::Timestamp;
use kernel::ids::{AccountId, LinkId, PasskeyId};

/// The code was right.
#[derive(Debug)]
pub struct CodeOk {
    used: CodeUsed,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CodeUsed {
    Step(Step),
    Recovery,
}

impl CodeOk {
    pub fn from_step(matched: &StepMatched) -> Self {
        Self {
            used: CodeUsed::Step(matched.step()),
        }
    }

    pub fn from_recovery(_: CodeMatched) -> Self {
        Self {
            used: CodeUsed::Recovery,
        }
    }

    pub fn used(&self) -> CodeUsed {
        self.used
    }
}

/// The password was right.
#[derive(Debug)]
pub struct PasswordOk(());

impl PasswordOk {
    pub fn from_hash(_: &PasswordMatched) -> Self {
        Self(())
    }
}

/// The lab code was right: the person came to the desk and showed who they are.
#[derive(Debug)]
pub struct LabCodeOk(());

impl LabCodeOk {
    pub fn from_code(_: CodeMatched) -> Self {
        Self(())
    }
}

/// Beside a mailed link, the password of the LIS was right.
#[derive(Debug)]
pub struct LegacyOk(());

impl LegacyOk {
    pub fn from_hash(_: &PasswordMatched) -> Self {
        Self(())
    }
}

/// A recovery code was right, beside a code of the authenticator.
#[derive(Debug)]
pub struct RecoveryCodeOk(());

impl RecoveryCodeOk {
    pub fn from_code(_: CodeMatched) -> Self {
        Self(())
    }
}

/// A passkey of the account signed, and its holder proved to it that they may use it.
#[derive(Debug)]
pub struct PasskeyOk(());

impl PasskeyOk {
    pub fn from_signature(_: &PasskeyMatched) -> Self {
        Self(())
    }
}

/// A provider says who this is, and that they showed it two factors.
#[derive(Debug)]
pub struct ProviderOk(());

impl ProviderOk {
    /// `None` if the provider reports no second factor.
    pub fn from_id_token(token: &IdTokenOk) -> Option<Self> {
        token.shows_second_factor().then_some(Self(()))
    }
}

/// A provider says who this is; one factor.
#[derive(Debug)]
pub struct ProviderFactorOk(());

impl ProviderFactorOk {
    pub fn from_id_token(_: &IdTokenOk) -> Self {
        Self(())
    }
}

/// The holder of a session gave password and code again, just now, for one act (R-40). Neither copied nor
/// stored: the act consumes it.
#[derive(Debug)]
pub struct Elevated<P> {
    account: AccountId,
    generation: Generation,
    purpose: PhantomData<P>,
}

/// Purpose of an [`Elevated`].
#[derive(Debug)]
pub struct AddPasskey;

/// Purpose of an [`Elevated`].
#[derive(Debug)]
pub struct RemovePasskey;

/// Purpose of an [`Elevated`].
#[derive(Debug)]
pub struct LinkProvider;

/// Purpose of an [`Elevated`].
#[derive(Debug)]
pub struct UnlinkProvider;

impl<P> Elevated<P> {
    pub fn by_password_and_code(account: Account, _: PasswordOk, _: &CodeOk) -> Self {
        Self {
            account: account.id,
            generation: account.generation,
            purpose: PhantomData,
        }
    }

    pub fn account(&self) -> AccountId {
        self.account
    }

    /// It counts for nothing once what was shown is ended.
    pub fn generation(&self) -> Generation {
        self.generation
    }
}

/// How a person was authenticated; `amr` follows from it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Means {
    PasswordAndCode,
    PasswordAndRecoveryCode,
    /// The way back without a password that works; it leads to a new one.
    CodeAndRecoveryCode,
    Enrolment,
    Passkey,
    /// An identity of a provider that showed two factors there.
    Provider,
    /// An identity of a provider, and a code of the authenticator here.
    ProviderAndCode,
}

impl Means {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::PasswordAndCode => "password-and-code",
            Self::PasswordAndRecoveryCode => "password-and-recovery-code",
            Self::CodeAndRecoveryCode => "code-and-recovery-code",
            Self::Enrolment => "enrolment",
            Self::Passkey => "passkey",
            Self::Provider => "provider",
            Self::ProviderAndCode => "provider-and-code",
        }
    }

    /// Authentication method references (RFC 8176 and IANA's registry). Whether hardware keeps a passkey is not known
    /// here, so it is `pop`, proof of possession of a key, and neither `hwk` nor `swk`. What a provider was shown is
    /// its own to name: of that, only that there were two factors.
    pub const fn amr(self) -> &'static [&'static str] {
        match self {
            Self::PasswordAndCode | Self::Enrolment => &["pwd", "otp", "mfa"],
            Self::PasswordAndRecoveryCode => &["pwd", "mfa"],
            Self::CodeAndRecoveryCode | Self::ProviderAndCode => &["otp", "mfa"],
            Self::Provider => &["mfa"],
            Self::Passkey => &["pop", "user", "mfa"],
        }
    }
}

impl FromStr for Means {
    type Err = UnknownState;

    /// Sessions opened before providers had their name call them upstreams.
    fn from_str(text: &str) -> Result<Self, UnknownState> {
        let text = match text {
            "upstream" => "provider",
            "upstream-and-code" => "provider-and-code",
            text => text,
        };
        [
            Self::PasswordAndCode,
            Self::PasswordAndRecoveryCode,
            Self::CodeAndRecoveryCode,
            Self::Enrolment,
            Self::Passkey,
            Self::Provider,
            Self::ProviderAndCode,
        ]
        .into_iter()
        .find(|means| means.as_str() == text)
        .ok_or(UnknownState)
    }
}

/// A person proved to be the holder of an account, just now. Neither copied nor stored: it becomes a session, a hold,
/// or nothing.
#[derive(Debug)]
pub struct Authenticated {
    account: AccountId,
    means: Means,
    key: Option<KeyId>,
    at: Timestamp,
}

impl Authenticated {
    pub fn by_password_and_code(account: AccountId, _: PasswordOk, code: &CodeOk, at: Timestamp) -> Self {
        let means = match code.used() {
            CodeUsed::Step(_) => Means::PasswordAndCode,
            CodeUsed::Recovery => Means::PasswordAndRecoveryCode,
        };
        Self {
            account,
            means,
            key: None,
            at,
        }
    }

    pub fn by_code_and_recovery_code(account: AccountId, _: &StepMatched, _: &RecoveryCodeOk, at: Timestamp) -> Self {
        Self {
            account,
            means: Means::CodeAndRecoveryCode,
            key: None,
            at,
        }
    }

    pub fn by_passkey(account: AccountId, passkey: PasskeyId, _: PasskeyOk, at: Timestamp) -> Self {
        Self {
            account,
            means: Means::Passkey,
            key: Some(passkey.into()),
            at,
        }
    }

    pub fn by_provider(account: AccountId, link: LinkId, _: ProviderOk, at: Timestamp) -> Self {
        Self {
            account,
            means: Means::Provider,
            key: Some(link.into()),
            at,
        }
    }

    /// Called by the stage that a provider's token began, alone.
    pub(super) fn by_awaited_code(account: AccountId, link: LinkId, _: &StepMatched, at: Timestamp) -> Self {
        Self {
            account,
            means: Means::ProviderAndCode,
            key: Some(link.into()),
            at,
        }
    }

    /// Called by the enrolment's last stage alone.
    pub(super) fn enrolled(account: AccountId, at: Timestamp) -> Self {
        Self {
            account,
            means: Means::Enrolment,
            key: None,
            at,
        }
    }

    /// A complete sign-in that was held continues from where it stopped.
    pub(super) fn released(account: AccountId, means: Means, key: Option<KeyId>, at: Timestamp) -> Self {
        Self {
            account,
            means,
            key,
            at,
        }
    }

    pub fn account(&self) -> AccountId {
        self.account
    }

    pub fn means(&self) -> Means {
        self.means
    }

    /// The passkey or linked identity that was shown.
    pub fn key(&self) -> Option<KeyId> {
        self.key
    }

    pub fn at(&self) -> Timestamp {
        self.at
    }
}
