//! Who calls: a client proves itself by the one way that its entry names (RFC 6749 2.3, RFC 7523, RFC 8705).

use secrecy::{ExposeSecret as _, SecretString};
use serde_json::Value;
use subtle::{Choice, ConstantTimeEq};

use crate::assertion::{ASSERTION_TYPE, Rules, check, claimed_client};
use crate::issuer::lab_issuer;
use crate::profile::Profile;
use crate::refusal::ProtocolProblem;
use crate::{Params, Refusal};
use crypto::client_certificate::ClientCertificate;
use crypto::jose::Jwks;
use crypto::token::{HashedToken, PlainToken, TokenKind};
use domain::client::{Authentication, CertificateName, Client};
use kernel::ids::{ClientId, LabId};
use service::{Core, Fault};
use store::oauth::clients;

/// What a request brings to prove whose it is.
#[derive(Debug)]
pub struct Credentials<'a> {
    /// Of the Authorization header: client and secret.
    pub basic: Option<(String, SecretString)>,
    pub params: &'a Params,
    /// The address that was called.
    pub endpoint: &'a str,
    /// Of the connection.
    pub certificate: Option<&'a ClientCertificate>,
}

/// One way of proving it, with what it takes.
enum Way<'a> {
    Basic(&'a str),
    Post(&'a str),
    Assertion(&'a str),
    Certificate(&'a ClientCertificate),
}

/// # Errors
/// The client is not known, is disabled or did not prove itself; or the database does not answer.
pub async fn authenticate(core: &Core, lab: &LabId, presented: &Credentials<'_>) -> Result<Client, ProtocolProblem> {
    let (id, way) = way(presented)?;
    let id: ClientId = id.parse().map_err(|_| Refusal::invalid_client())?;
    let found = clients::lookup_with_secrets(&core.db, lab, &id, core.now()).await?;
    let found = found.filter(|(client, _)| client.disabled_at.is_none());
    let (client, secrets) = found.ok_or_else(Refusal::invalid_client)?;
    let proved = match (way, &client.policy.authentication) {
        (Way::Basic(secret), Authentication::ClientSecretBasic)
        | (Way::Post(secret), Authentication::ClientSecretPost) => has_secret(&secrets, secret),
        (Way::Assertion(assertion), Authentication::PrivateKeyJwt { jwks }) => {
            has_signed(core, lab, &client, (assertion, jwks), presented.endpoint).await?
        }
        (Way::Certificate(certificate), Authentication::TlsClientAuth { name, .. }) => is_named(certificate, name),
        _ => false,
    };
    match proved {
        true => Ok(client),
        false => Err(Refusal::invalid_client().into()),
    }
}

/// Exactly one way (RFC 6749 2.3).
fn way<'a>(presented: &'a Credentials<'_>) -> Result<(String, Way<'a>), Refusal> {
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
            true => Ok((id.clone(), Way::Basic(secret.expose_secret()))),
            false => Err(Refusal::invalid_client()),
        };
    }
    if let Some(assertion) = params.get("client_assertion") {
        return by_assertion(params, named, assertion);
    }
    match (named, params.get("client_secret"), presented.certificate) {
        (Some(id), Some(secret), _) => Ok((id.to_owned(), Way::Post(secret))),
        (Some(id), None, Some(certificate)) => Ok((id.to_owned(), Way::Certificate(certificate))),
        _ => Err(Refusal::invalid_client()),
    }
}

fn by_assertion<'a>(params: &Params, named: Option<&str>, assertion: &'a str) -> Result<(String, Way<'a>), Refusal> {
    if params.get("client_assertion_type") != Some(ASSERTION_TYPE) {
        return Err(Refusal::invalid_request(
            "client_assertion_type is not that of a signed JWT",
        ));
    }
    let claimed = claimed_client(assertion).ok_or_else(Refusal::invalid_client)?;
    match named.is_none_or(|named| named == claimed.as_str()) {
        true => Ok((claimed.to_string(), Way::Assertion(assertion))),
        false => Err(Refusal::invalid_client()),
    }
}

async fn has_signed(
    core: &Core,
    lab: &LabId,
    client: &Client,
    (assertion, jwks): (&str, &Value),
    endpoint: &str,
) -> Result<bool, ProtocolProblem> {
    let issuer = lab_issuer(core, lab)?;
    let keys = Jwks::of_value(jwks).map_err(|_| Fault::Broken("a client's keys that were checked"))?;
    let rules = Rules {
        client: &client.id,
        keys: &keys,
        profile: Profile::of(&client.policy),
        issuer: &issuer,
        endpoints: &[endpoint, &format!("{issuer}/oauth2/token")],
    };
    let id = match check(assertion, &rules, core.now()) {
        Ok(id) => id,
        Err(why) => {
            tracing::info!(%lab, client = %client.id, %why, "a client's assertion was not taken");
            return Ok(false);
        }
    };
    let mut tx = core.db.begin().await?;
    let is_first = id.take(&mut tx, lab).await?;
    tx.commit().await?;
    Ok(is_first)
}

fn is_named(certificate: &ClientCertificate, name: &CertificateName) -> bool {
    match name {
        CertificateName::SubjectDn(name) => certificate.has_subject(name),
        CertificateName::SanDns(name) => certificate.has_dns_name(name),
    }
}

fn has_secret(stored: &[HashedToken], given: &str) -> bool {
    let Some(given) = PlainToken::parse(TokenKind::ClientSecret, given) else {
        return false;
    };
    let given = given.hashed();
    let found = stored
        .iter()
        .fold(Choice::from(0), |found, hash| found | same(hash, &given));
    found.into()
}

fn same(stored: &HashedToken, given: &HashedToken) -> Choice {
    stored.as_bytes().ct_eq(given.as_bytes())
}
