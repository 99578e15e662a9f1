//! Access tokens of ours that come back: judged by signature and time, and by what became of their grant since.

use crate::Refusal;
use crate::issuer::lab_issuer;
use crate::refusal::ProtocolProblem;
use crate::token::living;
use crypto::jose::VerifiedToken;
use domain::authorization::{Binding, Grant, OauthError};
use domain::client::{Client, Scopes};
use kernel::ids::{ClientId, GrantId, LabId};
use service::{Core, signing_keys};
use store::oauth::{clients, refresh_tokens};

/// Media type of access tokens (RFC 9068).
pub const ACCESS_TOKEN: &str = "at+jwt";

/// A token that works now.
#[derive(Debug)]
pub struct AccessToken {
    pub client: Client,
    pub scopes: Scopes,
    pub subject: String,
    pub id: String,
    /// Seconds since the epoch.
    pub issued_at: i64,
    pub expires_at: i64,
    pub binding: Option<Binding>,
    /// None: the client speaks for itself.
    pub grant: Option<Grant>,
}

/// The audience of a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Audience {
    Userinfo,
    Api,
    /// The client that asks about it.
    Any,
}

const fn refused() -> Refusal {
    Refusal::new(
        OauthError::InvalidToken,
        "this token was not given here, is not meant for this, or serves no longer",
    )
}

/// A bound token must be presented with its key or certificate; the caller compares them, by
/// [`AccessToken::is_shown_by`].
///
/// # Errors
/// It does not serve, or the database does not answer.
pub async fn verify(core: &Core, lab: &LabId, token: &str, audience: Audience) -> Result<AccessToken, ProtocolProblem> {
    let issuer = lab_issuer(core, lab)?;
    let published = signing_keys::published(core, lab).await?;
    let token = published.verify(token).map_err(|_| refused())?;
    let read = read(&token, &issuer, audience, core.now().unix_seconds()).ok_or_else(refused)?;
    let mut tx = core.db.begin_read().await?;
    if refresh_tokens::is_revoked(&mut tx, lab, &read.id).await? {
        return Err(refused().into());
    }
    let client = clients::lookup_enabled(&mut tx, lab, &read.client).await?;
    let client = client.ok_or_else(refused)?;
    let grant = match read.grant {
        None => None,
        Some(id) => Some(living(core, &mut tx, lab, id).await?.ok_or_else(refused)?),
    };
    tx.commit().await?;
    Ok(AccessToken {
        // What the lab does not allow the client any more, it does not allow its tokens either.
        scopes: read.scopes.within(&client.policy.scopes),
        client,
        subject: read.subject,
        id: read.id,
        issued_at: read.issued_at,
        expires_at: read.expires_at,
        binding: read.binding,
        grant,
    })
}

impl AccessToken {
    /// An unbound token works for any bearer, but not when presented as if it were bound.
    pub fn is_shown_by(&self, shown: Option<&Binding>) -> bool {
        self.binding.as_ref() == shown
    }

    pub const fn token_type(&self) -> &'static str {
        token_type(self.binding.as_ref())
    }
}

/// How a token with this binding is sent.
pub const fn token_type(binding: Option<&Binding>) -> &'static str {
    match binding {
        Some(Binding::Key(_)) => "DPoP",
        Some(Binding::Certificate(_)) | None => "Bearer",
    }
}

struct TokenClaims {
    client: ClientId,
    scopes: Scopes,
    subject: String,
    id: String,
    grant: Option<GrantId>,
    issued_at: i64,
    expires_at: i64,
    binding: Option<Binding>,
}

fn read(token: &VerifiedToken, issuer: &str, audience: Audience, now: i64) -> Option<TokenClaims> {
    let is_meant = match (audience, token.text("aud")?.strip_prefix(issuer)?) {
        (Audience::Userinfo, rest) => rest.is_empty(),
        (Audience::Api, rest) => rest == "/api/v1",
        (Audience::Any, _) => true,
    };
    let expires_at = token.seconds("exp")?;
    if !token.header.is(ACCESS_TOKEN) || token.text("iss")? != issuer || !is_meant || expires_at <= now {
        return None;
    }
    let id = token.text("jti")?.to_owned();
    let grant = id.split_once('.').map(|(grant, _)| grant.parse()).transpose().ok()?;
    let binding = token.claims.get("cnf").cloned().map(serde_json::from_value);
    Some(TokenClaims {
        client: token.text("client_id")?.parse().ok()?,
        scopes: token.text("scope")?.parse().ok()?,
        subject: token.text("sub")?.to_owned(),
        id,
        grant,
        issued_at: token.seconds("iat")?,
        expires_at,
        binding: binding.transpose().ok()?,
    })
}
