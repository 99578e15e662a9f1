//! What is kept between two requests of a sign-in, an enrolment or a new passkey that is not complete. It opens no page
//! but its own.

use serde::{Deserialize, Serialize};

use crate::account::HoldReason;
use crate::ending::{Footing, Generation, KeyId};
use crate::evidence::{
    AddPasskey, Authenticated, CodeOk, Elevated, LabCodeOk, LegacyOk, Means, ProviderFactorOk, RecoveryCodeOk,
};
use crate::provider::{Identity, NewLink};
use crate::return_to::ReturnTo;
use crypto::passkey::Registration;
use crypto::password_hash::{HashFault, HashedPassword};
use crypto::token::HashedToken;
use crypto::totp::{Seed, StepMatched};
use kernel::clock::Timestamp;
use kernel::ids::{AccountId, LinkId, ProviderId};

/// Raised when the shape of [`Pending`] changes: what an older version wrote is started over, not guessed at.
pub const VERSION: i64 = 6;

#[derive(Debug, Serialize, Deserialize)]
#[serde(tag = "stage", rename_all = "kebab-case")]
pub enum Pending {
    Held(Held),
    ChoosingPassword(ChoosingPassword),
    BindingAuthenticator(BindingAuthenticator),
    AddingPasskey(AddingPasskey),
    AwaitingCode(AwaitingCode),
}

/// What opens a hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Remedy {
    NewPassword,
    /// The password that was given may be known to anyone, so it counts for nothing.
    NewPasswordAndRecoveryCode,
    /// What was shown beside the disabled password is used up; only the lab can tell who this is.
    LabCode,
}

impl Remedy {
    pub const fn of(reason: HoldReason, means: Means) -> Self {
        match (reason, means) {
            (HoldReason::Disabled, Means::PasswordAndCode) => Self::NewPasswordAndRecoveryCode,
            // None of these can be on a list.
            (
                HoldReason::Disabled,
                Means::Passkey | Means::Provider | Means::ProviderAndCode | Means::CodeAndRecoveryCode,
            ) => Self::NewPassword,
            (HoldReason::Disabled, _) => Self::LabCode,
            _ => Self::NewPassword,
        }
    }
}

impl Pending {
    /// What it came from, in an account that is in this generation.
    pub fn footing(&self, generation: Generation) -> Footing {
        match self {
            Self::ChoosingPassword(_) | Self::BindingAuthenticator(_) => Footing::Paper,
            Self::Held(held) => Footing::Means(generation, held.key()),
            Self::AddingPasskey(_) => Footing::Means(generation, None),
            Self::AwaitingCode(awaiting) => Footing::Means(generation, Some(awaiting.link().into())),
        }
    }
}

/// A complete sign-in that may not continue before the password is rotated.
#[derive(Debug, Serialize, Deserialize)]
pub struct Held {
    reason: HoldReason,
    means: Means,
    key: Option<[u8; 16]>,
    authenticated_at_micros: i64,
    pub return_to: Option<ReturnTo>,
}

impl Held {
    pub fn hold(who: Authenticated, reason: HoldReason, return_to: Option<ReturnTo>) -> Self {
        Self {
            reason,
            means: who.means(),
            key: who.key().map(|key| *key.as_bytes()),
            authenticated_at_micros: who.at().micros(),
            return_to,
        }
    }

    pub fn reason(&self) -> HoldReason {
        self.reason
    }

    /// `listed`: what the lists in effect now hold the account for.
    pub fn wanted(&self, listed: Option<HoldReason>) -> Remedy {
        Remedy::of(self.reason.tightened(listed), self.means)
    }

    fn key(&self) -> Option<KeyId> {
        self.key.map(KeyId::from_bytes)
    }

    /// A new password was made: the sign-in continues. `None` if that alone does not end this hold.
    pub fn release(
        &self,
        account: AccountId,
        listed: Option<HoldReason>,
        _: &HashedPassword,
        recovery: Option<&RecoveryCodeOk>,
    ) -> Option<Authenticated> {
        let means = match (self.wanted(listed), recovery) {
            (Remedy::NewPassword, _) => self.means,
            (Remedy::NewPasswordAndRecoveryCode, Some(_)) => Means::CodeAndRecoveryCode,
            (Remedy::NewPasswordAndRecoveryCode, None) | (Remedy::LabCode, _) => return None,
        };
        let at = Timestamp::from_micros(self.authenticated_at_micros);
        Some(Authenticated::released(account, means, self.key(), at))
    }
}

/// What began an enrolment, to be used up at its end.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Origin {
    /// MAC of a lab code.
    LabCode(Vec<u8>),
    /// Digest of a mailed link's token.
    Invitation(Vec<u8>),
}

kernel::opaque!(Origin);

impl Origin {
    /// A mailed link and a password of the LIS are not enough for an identity to be linked with the account.
    pub const fn lets_link(&self) -> bool {
        matches!(self, Self::LabCode(_))
    }
}

/// Enrolment, first half: the birth date was right, and the lab code or the password of the LIS.
#[derive(Debug, Serialize, Deserialize)]
pub struct ChoosingPassword {
    origin: Origin,
    identity: Option<Identity>,
}

impl ChoosingPassword {
    pub fn begin(_: &LabCodeOk, lab_code_mac: Vec<u8>) -> Self {
        Self::of(Origin::LabCode(lab_code_mac))
    }

    pub fn invited(_: &LegacyOk, token: &HashedToken) -> Self {
        Self::of(Origin::Invitation(token.as_bytes().to_vec()))
    }

    fn of(origin: Origin) -> Self {
        let identity = None;
        Self { origin, identity }
    }

    /// An identity was shown that is to be linked at the end. Unchanged where the origin does not allow it.
    #[must_use]
    pub fn with(self, identity: Identity) -> Self {
        let identity = self.origin.lets_link().then_some(identity);
        Self { identity, ..self }
    }

    pub fn origin(&self) -> &Origin {
        &self.origin
    }

    pub fn identity(&self) -> Option<&Identity> {
        self.identity.as_ref()
    }

    pub fn chosen(self, password: &HashedPassword, seed: &Seed) -> BindingAuthenticator {
        BindingAuthenticator {
            origin: self.origin,
            identity: self.identity,
            password_hash: password.as_str().to_owned(),
            seed: seed.as_bytes().to_vec(),
        }
    }
}

/// Enrolment, second half: password chosen, authenticator shown, first code awaited.
#[derive(Serialize, Deserialize)]
pub struct BindingAuthenticator {
    origin: Origin,
    identity: Option<Identity>,
    password_hash: String,
    seed: Vec<u8>,
}

impl BindingAuthenticator {
    /// What began it proved the person; the code proves that the new authenticator works.
    pub fn complete(&self, account: AccountId, _: &CodeOk, at: Timestamp) -> Authenticated {
        Authenticated::enrolled(account, at)
    }

    pub fn origin(&self) -> &Origin {
        &self.origin
    }

    /// What is to be linked to the account, if anything.
    pub fn link(&self, id: LinkId, account: AccountId, _: &CodeOk) -> Option<NewLink> {
        let identity = self.identity.clone()?;
        Some(NewLink::by_enrolment(id, account, identity))
    }

    /// # Errors
    /// The stored hash is damaged.
    pub fn password(&self) -> Result<HashedPassword, HashFault> {
        HashedPassword::restore(self.password_hash.clone())
    }

    /// None: the stored seed is damaged.
    pub fn seed(&self) -> Option<Seed> {
        Seed::from_bytes(&self.seed)
    }
}

kernel::opaque!(BindingAuthenticator);

/// The holder has stepped up, and their browser is to make a passkey.
#[derive(Debug, Serialize, Deserialize)]
pub struct AddingPasskey {
    registration: Registration,
}

impl AddingPasskey {
    pub fn begin(_: Elevated<AddPasskey>, registration: Registration) -> Self {
        Self { registration }
    }

    pub fn registration(&self) -> &Registration {
        &self.registration
    }
}

/// A provider said who this is, but reported no second factor: a code of the authenticator is awaited.
#[derive(Serialize, Deserialize)]
pub struct AwaitingCode {
    provider: ProviderId,
    link: [u8; 16],
    id_token: String,
    pub return_to: Option<ReturnTo>,
}

impl AwaitingCode {
    pub fn begin(
        _: &ProviderFactorOk,
        provider: ProviderId,
        link: LinkId,
        id_token: &str,
        return_to: Option<ReturnTo>,
    ) -> Self {
        Self {
            provider,
            link: *link.as_bytes(),
            id_token: id_token.to_owned(),
            return_to,
        }
    }

    pub fn provider(&self) -> &ProviderId {
        &self.provider
    }

    /// It has to stand still.
    pub fn link(&self) -> LinkId {
        LinkId::from_bytes(self.link)
    }

    /// For the sign-out there.
    pub fn id_token(&self) -> &str {
        &self.id_token
    }

    pub fn complete(&self, account: AccountId, code: &StepMatched, at: Timestamp) -> Authenticated {
        Authenticated::by_awaited_code(account, self.link(), code, at)
    }
}

// The token names a patient.
kernel::opaque!(AwaitingCode);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evidence::CodeUsed;
    use serde_json::json;

    const AT: Timestamp = Timestamp::from_seconds(1_790_000_000);

    #[test]
    fn what_ends_a_hold_follows_from_its_reason_and_from_what_was_shown() {
        use Remedy::{LabCode, NewPassword, NewPasswordAndRecoveryCode};
        for (means, of_disabled) in [
            (Means::PasswordAndCode, NewPasswordAndRecoveryCode),
            (Means::PasswordAndRecoveryCode, LabCode),
            (Means::CodeAndRecoveryCode, NewPassword),
            (Means::Enrolment, LabCode),
            (Means::Passkey, NewPassword),
            (Means::Provider, NewPassword),
            (Means::ProviderAndCode, NewPassword),
        ] {
            for (reason, remedy) in [
                (HoldReason::Disabled, of_disabled),
                (HoldReason::Listed, NewPassword),
                (HoldReason::KnownPassword, NewPassword),
                (HoldReason::Aged, NewPassword),
                (HoldReason::Forgotten, NewPassword),
            ] {
                let who = Authenticated::released(AccountId::from_bytes([1; 16]), means, None, AT);
                let held = Held::hold(who, reason, None);
                assert_eq!((held.reason(), held.wanted(None)), (reason, remedy), "{means:?}");
            }
        }
    }

    fn identity() -> Identity {
        serde_json::from_value(json!({ "provider": "compte", "index": vec![7_u8; 32], "name": "Odette L." })).unwrap()
    }

    #[test]
    fn an_identity_is_linked_after_a_lab_code_and_not_after_a_mailed_link() {
        let seed = Seed::from_bytes(&[5; 20]).unwrap();
        let code = CodeOk::from_step(&seed.check(&seed.code(AT), AT).unwrap());
        assert!(matches!(code.used(), CodeUsed::Step(_)));
        let account = AccountId::from_bytes([1; 16]);
        for (origin, links) in [(Origin::LabCode(vec![1]), true), (Origin::Invitation(vec![2]), false)] {
            let choosing = ChoosingPassword::of(origin).with(identity());
            let binding = BindingAuthenticator {
                origin: choosing.origin,
                identity: choosing.identity,
                password_hash: String::new(),
                seed: seed.as_bytes().to_vec(),
            };
            let link = binding.link(LinkId::from_bytes([3; 16]), account, &code);
            assert_eq!(link.is_some(), links);
            if let Some(link) = link {
                assert_eq!((link.id(), link.account()), (LinkId::from_bytes([3; 16]), account));
                assert_eq!(link.identity().name(), "Odette L.");
            }
        }
    }

    #[test]
    fn a_sign_in_that_awaits_a_code_keeps_what_the_sign_out_at_the_provider_takes() {
        let awaiting: AwaitingCode = serde_json::from_value(json!({
            "provider": "compte", "link": vec![4_u8; 16], "id_token": "e30.e30.x", "return_to": null,
        }))
        .unwrap();
        assert_eq!(
            (awaiting.provider().as_str(), awaiting.id_token()),
            ("compte", "e30.e30.x")
        );
        assert_eq!(awaiting.link(), LinkId::from_bytes([4; 16]));
    }
}
