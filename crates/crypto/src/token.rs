//! Random bearer tokens: the plain one leaves once, the hashed one is stored.

use data_encoding::BASE64URL_NOPAD;
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use kernel::entropy::{Entropy, random};

/// What a token opens; its prefix lets secret scanners find one that was published by mistake.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenKind {
    /// A sign-in, in the portal's cookie.
    Session,
    /// The same sign-in at one site, in that site's cookie.
    SiteSession,
    /// Carries a sign-in from the portal to a site, once, in a URL.
    Ticket,
    /// Something begun: a hold, an enrolment.
    Pending,
    /// A mailed link: begins an enrolment, beside the birth date and the password of the LIS.
    Invitation,
    /// A browser before anyone signs in: form tokens are bound to it.
    Browser,
    /// A browser that an account trusts.
    Device,
    /// An authorization request under way in a browser.
    Authorization,
    /// An authorization request that a client pushed.
    PushedRequest,
    /// What a client exchanges for tokens.
    AuthorizationCode,
    /// What a client gets new tokens with.
    Refresh,
    /// What a client proves itself with.
    ClientSecret,
    /// A person sent to a provider, until they are back.
    Departure,
}

impl TokenKind {
    fn prefix(self) -> &'static str {
        match self {
            Self::Session => "vst_s_",
            Self::SiteSession => "vst_w_",
            Self::Ticket => "vst_t_",
            Self::Pending => "vst_p_",
            Self::Invitation => "vst_i_",
            Self::Browser => "vst_b_",
            Self::Device => "vst_d_",
            Self::Authorization => "vst_a_",
            Self::PushedRequest => "vst_q_",
            Self::AuthorizationCode => "vst_c_",
            Self::Refresh => "vst_r_",
            Self::ClientSecret => "vst_k_",
            Self::Departure => "vst_u_",
        }
    }
}

/// 256 random bits with a prefix. Not `Clone`, not `Serialize`, wiped when dropped.
pub struct PlainToken(Zeroizing<String>);

impl PlainToken {
    /// A new one.
    pub fn generate(kind: TokenKind, entropy: &dyn Entropy) -> Self {
        let secret = Zeroizing::new(random::<32>(entropy));
        Self(Zeroizing::new(format!(
            "{}{}",
            kind.prefix(),
            BASE64URL_NOPAD.encode(&*secret)
        )))
    }

    /// Reads what a browser sent back; anything but a token of this kind gives `None`.
    pub fn parse(kind: TokenKind, text: &str) -> Option<Self> {
        let secret = text.strip_prefix(kind.prefix())?;
        let well_formed = secret.len() == 43 && BASE64URL_NOPAD.decode(secret.as_bytes()).is_ok();
        well_formed.then(|| Self(Zeroizing::new(text.to_owned())))
    }

    /// The text, for the one who is to have it.
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// What is stored.
    pub fn hashed(&self) -> HashedToken {
        HashedToken(Sha256::digest(self.0.as_bytes()).into())
    }
}

kernel::opaque!(PlainToken);

/// SHA-256 of a token of 256 random bits: nothing to guess, so nothing to slow down.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct HashedToken([u8; 32]);

impl HashedToken {
    /// For the database.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

impl TryFrom<&[u8]> for HashedToken {
    type Error = NoHash;

    fn try_from(bytes: &[u8]) -> Result<Self, NoHash> {
        bytes.try_into().map(Self).map_err(|_| NoHash)
    }
}

/// What was read is not the hash of a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not the hash of a token: 32 bytes expected")]
pub struct NoHash;

kernel::opaque!(HashedToken);

#[cfg(test)]
mod tests {
    use super::*;
    use kernel::entropy::SystemEntropy;

    #[test]
    fn a_token_is_read_back_as_its_own_kind_only() {
        let token = PlainToken::generate(TokenKind::Session, &SystemEntropy);
        let again = PlainToken::parse(TokenKind::Session, token.expose()).unwrap();
        assert_eq!(again.hashed(), token.hashed());
        assert!(PlainToken::parse(TokenKind::Ticket, token.expose()).is_none());
        assert!(PlainToken::parse(TokenKind::Session, "vst_s_short").is_none());
        assert_eq!(format!("{token:?}"), "PlainToken(..)");
    }
}
