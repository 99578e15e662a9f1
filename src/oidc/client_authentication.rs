//! Who calls: a client proves itself by the one way that its entry names (RFC 6749 2.3, RFC 7523, RFC 8705).

use subtle::{Choice, ConstantTimeEq};

use crate::crypto::token::{HashedToken, PlainToken, TokenKind};
use crate::domain::client::{Authentication, Client};
use crate::kernel::ids::{ClientId, LabId};
use crate::oidc::refusal::Denied;
use crate::oidc::{Params, Refusal};
use crate::service::Core;
use crate::store::{StoreFault, Tx, clients};

/// What a request brings to prove whose it is.
pub struct Presented<'a> {
    /// Of the Authorization header: client and secret.
    pub basic: Option<(String, String)>,
    pub params: &'a Params,
}

impl std::fmt::Debug for Presented<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Presented(..)")
    }
}

/// One way of proving it, with what it takes.
enum Way<'a> {
    Basic(&'a str),
    Post(&'a str),
}

/// # Errors
/// The client is not known, is disabled or did not prove itself; or the database does not answer.
pub async fn authenticate(core: &Core, lab: &LabId, presented: &Presented<'_>) -> Result<Client, Denied> {
    let (id, way) = way(presented)?;
    let id: ClientId = id.parse().map_err(|_| Refusal::invalid_client())?;
    let mut tx = core.db.begin_read().await?;
    let client = clients::lookup(&mut tx, lab, &id).await?;
    let client = client.filter(|client| client.disabled_at.is_none());
    let client = client.ok_or_else(Refusal::invalid_client)?;
    let proved = match (way, &client.policy.authentication) {
        (Way::Basic(secret), Authentication::ClientSecretBasic)
        | (Way::Post(secret), Authentication::ClientSecretPost) => has_secret(core, &mut tx, lab, &id, secret).await?,
        _ => false,
    };
    tx.commit().await?;
    match proved {
        true => Ok(client),
        false => Err(Refusal::invalid_client().into()),
    }
}

/// Exactly one way (RFC 6749 2.3).
fn way<'a>(presented: &'a Presented<'_>) -> Result<(&'a str, Way<'a>), Refusal> {
    let params = presented.params;
    let named = params.get("client_id");
    let ways = [
        presented.basic.is_some(),
        params.has("client_secret"),
        params.has("client_assertion"),
    ];
    if ways.into_iter().filter(|used| *used).count() > 1 {
        return Err(Refusal::invalid_request(
            "the client authenticates in more than one way",
        ));
    }
    if let Some((id, secret)) = &presented.basic {
        return match named.is_none_or(|named| named == id) {
            true => Ok((id, Way::Basic(secret))),
            false => Err(Refusal::invalid_client()),
        };
    }
    match (named, params.get("client_secret")) {
        (Some(id), Some(secret)) => Ok((id, Way::Post(secret))),
        _ => Err(Refusal::invalid_client()),
    }
}

async fn has_secret(
    core: &Core,
    tx: &mut Tx,
    lab: &LabId,
    client: &ClientId,
    secret: &str,
) -> Result<bool, StoreFault> {
    let Some(secret) = PlainToken::parse(TokenKind::ClientSecret, secret) else {
        return Ok(false);
    };
    let given = secret.hashed();
    let stored = clients::find_secrets(tx, lab, client, core.now()).await?;
    Ok(stored
        .iter()
        .fold(Choice::from(0), |found, (_, hash)| found | same(hash, &given))
        .into())
}

fn same(stored: &HashedToken, given: &HashedToken) -> Choice {
    stored.as_bytes().ct_eq(given.as_bytes())
}
