//! Passkeys (WebAuthn): what a browser is asked to have signed, and whether what it sent back is right. User
//! verification is required, and the passkey has to be discoverable, so that no identifier has to be typed to sign in
//! with one.
//!
//! The library draws its challenges from the system's random source itself; nothing else here is not an argument.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use url::Url;
use webauthn_rs::prelude::{
    CredentialID, DiscoverableAuthentication, Passkey, PasskeyRegistration, PublicKeyCredential,
    RegisterPublicKeyCredential, Uuid, WebauthnError,
};
use webauthn_rs::{Webauthn, WebauthnBuilder};

use super::blind_index::{BlindIndex, Indexer};
use super::keyring::{Keyring, Purpose};
use kernel::ids::{AccountId, LabId};

/// WebAuthn asks for a name, not an address, and for HTTPS.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("passkeys cannot be used with this portal address")]
pub struct PasskeyFault;

/// What authenticators know an account by: of one lab alone, and not the account's id.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct UserHandle([u8; 16]);

impl UserHandle {
    /// The same for the same account, always; of another lab's it tells nothing.
    pub fn of(keyring: &Keyring, lab: &LabId, account: AccountId) -> Self {
        let key = keyring.lookup_key(Purpose::BlindIndex, &[lab.as_str(), "passkey-holder"]);
        let mut handle = [0; 16];
        for (slot, byte) in handle.iter_mut().zip(super::mac(&key, &[account.as_bytes()])) {
            *slot = byte;
        }
        Self(handle)
    }
}

kernel::opaque!(UserHandle);

/// A passkey as it is kept: public key, counter, and what its authenticator reported about itself.
#[derive(Clone, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Credential(Passkey);

impl Credential {
    /// What it is found by when it signs.
    pub fn index(&self, keyring: &Keyring, lab: &LabId) -> BlindIndex {
        index(keyring, lab, self.0.cred_id())
    }
}

kernel::opaque!(Credential);

fn index(keyring: &Keyring, lab: &LabId, credential_id: &[u8]) -> BlindIndex {
    let text = data_encoding::BASE64URL_NOPAD.encode(credential_id);
    Indexer::new(keyring, lab, "passkey").index(&[&text])
}

/// A registration under way: kept by the server, for one answer.
#[derive(Serialize, Deserialize)]
pub struct Registration {
    state: PasskeyRegistration,
    /// For the browser, as JSON.
    options: String,
}

impl Registration {
    /// What the page hands to `navigator.credentials.create`, as JSON.
    pub fn options(&self) -> &str {
        &self.options
    }
}

kernel::opaque!(Registration);

/// A sign-in under way: kept by the server, for one answer.
#[derive(Serialize, Deserialize)]
#[serde(transparent)]
pub struct Challenge(DiscoverableAuthentication);

kernel::opaque!(Challenge);

/// What a browser sent back of a sign-in, not looked at any closer.
pub struct Assertion(PublicKeyCredential);

impl Assertion {
    /// None: it is not the JSON of an assertion.
    pub fn parse(json: &str) -> Option<Self> {
        serde_json::from_str(json).ok().map(Self)
    }

    /// Which passkey it says it is of.
    pub fn index(&self, keyring: &Keyring, lab: &LabId) -> BlindIndex {
        index(keyring, lab, self.0.get_credential_id())
    }
}

kernel::opaque!(Assertion);

/// Why an assertion was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mismatch {
    /// Challenge, origin, host, proof of the user or signature.
    Wrong,
    /// It says it is another account's.
    OtherHolder,
    /// The signature is right, and its counter is not: there may be two of this passkey.
    Cloned,
}

/// Proof that a passkey signed our challenge, after its holder had proved to it who they are. Only
/// [`RelyingParty::check`] makes one.
#[derive(Debug)]
pub struct PasskeyMatched {
    changed: Option<Credential>,
}

impl PasskeyMatched {
    /// The passkey to store from now on, if it has changed.
    pub fn changed(&self) -> Option<&Credential> {
        self.changed.as_ref()
    }
}

/// A lab's portal, for which its passkeys are made: browsers offer them nowhere else.
#[derive(Clone, Debug)]
pub struct RelyingParty {
    webauthn: Webauthn,
    /// What authenticators show, of the lab and of the account alike: whoever looks over a shoulder reads no identifier.
    name: String,
}

impl RelyingParty {
    /// # Errors
    /// The address has no host name.
    pub fn new(name: &str, portal: &Url) -> Result<Self, PasskeyFault> {
        let host = portal.domain().ok_or(PasskeyFault)?;
        let builder = WebauthnBuilder::new(host, portal).map_err(|_| PasskeyFault)?;
        let built = builder.rp_name(name).build().map_err(|_| PasskeyFault)?;
        Ok(Self {
            webauthn: built,
            name: name.to_owned(),
        })
    }

    /// `existing`: authenticators that hold one of these refuse.
    ///
    /// # Errors
    /// The name is empty.
    pub fn begin_registration(
        &self,
        holder: UserHandle,
        existing: &[Credential],
    ) -> Result<Registration, PasskeyFault> {
        let existing: Vec<CredentialID> = existing
            .iter()
            .map(|credential| credential.0.cred_id().clone())
            .collect();
        let holder = Uuid::from_bytes(holder.0);
        let begun = self
            .webauthn
            .start_passkey_registration(holder, &self.name, &self.name, Some(existing));
        let (response, state) = begun.map_err(|_| PasskeyFault)?;
        let mut options = serde_json::to_value(response.public_key).map_err(|_| PasskeyFault)?;
        // The library leaves it to the authenticator; a sign-in without an identifier needs it.
        let selection = options
            .pointer_mut("/authenticatorSelection")
            .and_then(Value::as_object_mut);
        let selection = selection.ok_or(PasskeyFault)?;
        selection.insert("residentKey".to_owned(), json!("required"));
        selection.insert("requireResidentKey".to_owned(), json!(true));
        Ok(Registration {
            state,
            options: options.to_string(),
        })
    }

    /// None: the browser's answer is not right.
    pub fn finish_registration(&self, registration: &Registration, json: &str) -> Option<Credential> {
        let answer: RegisterPublicKeyCredential = serde_json::from_str(json).ok()?;
        let made = self.webauthn.finish_passkey_registration(&answer, &registration.state);
        made.ok().map(Credential)
    }

    /// The same for everyone: it does not reveal which passkeys there are. The text is JSON for the browser.
    ///
    /// # Errors
    /// It cannot be recorded.
    pub fn begin_sign_in(&self) -> Result<(String, Challenge), PasskeyFault> {
        let begun = self
            .webauthn
            .start_discoverable_authentication()
            .map_err(|_| PasskeyFault)?;
        let (response, state) = begun;
        let options = serde_json::to_string(&response.public_key).map_err(|_| PasskeyFault)?;
        Ok((options, Challenge(state)))
    }

    /// # Errors
    /// The assertion is not this passkey's, over this challenge, from this portal, by this holder.
    pub fn check(
        &self,
        challenge: Challenge,
        assertion: &Assertion,
        credential: &Credential,
        holder: UserHandle,
    ) -> Result<PasskeyMatched, Mismatch> {
        if assertion.0.get_user_unique_id() != Some(holder.0.as_slice()) {
            return Err(Mismatch::OtherHolder);
        }
        let passkey = &credential.0;
        let verified = self
            .webauthn
            .finish_discoverable_authentication_v2(&assertion.0, challenge.0, passkey)
            .map_err(|error| match error {
                WebauthnError::CredentialPossibleCompromise => Mismatch::Cloned,
                _ => Mismatch::Wrong,
            })?;
        if !verified.user_verified() {
            return Err(Mismatch::Wrong);
        }
        let mut kept = passkey.clone();
        let changed = kept.update_credential(&verified).unwrap_or(false);
        Ok(PasskeyMatched {
            changed: changed.then_some(Credential(kept)),
        })
    }
}
