//! Makes the tokens themselves.

use std::sync::Arc;

use data_encoding::BASE64URL_NOPAD;
use serde_json::{Map, Value, json};

use super::Tokens;
use crate::access_token::{ACCESS_TOKEN, token_type};
use crate::issuer::lab_issuer;
use crate::{acr, disclosure};
use crypto::jose::{JoseFault, SigningKey};
use crypto::token::{PlainToken, TokenKind};
use domain::authorization::{Binding, Grant};
use domain::client::{Client, Scopes};
use kernel::entropy::random;
use kernel::ids::LabId;
use service::{Core, Fault, signing_keys};
use store::oauth::refresh_tokens;
use store::{StoreFault, Tx};

const ID_TOKEN: &str = "JWT";

/// An answer of the token endpoint in the making: for whom, signed with what, bound to what.
pub(super) struct Issuer<'a> {
    pub core: &'a Core,
    pub lab: &'a LabId,
    pub client: &'a Client,
    pub binding: Option<Binding>,
    key: Arc<SigningKey>,
    name: String,
}

impl<'a> Issuer<'a> {
    /// Outside of any transaction: a lab's first keys are made in one of their own.
    pub async fn new(
        core: &'a Core,
        lab: &'a LabId,
        client: &'a Client,
        binding: Option<Binding>,
    ) -> Result<Self, Fault> {
        Ok(Self {
            core,
            lab,
            client,
            binding,
            key: signing_keys::current(core, lab, client.policy.id_token_algorithm).await?,
            name: lab_issuer(core, lab)?,
        })
    }

    /// An access token that speaks for a person. Its `jti` begins with the grant's id, by which it is looked up.
    pub fn for_person(&self, grant: &Grant, scopes: &Scopes) -> Result<Tokens, JoseFault> {
        let means = grant.terms.means;
        let told = [
            ("sub", json!(grant.terms.subject)),
            ("aud", json!(self.name)),
            ("auth_time", json!(grant.terms.auth_time)),
            ("acr", json!(acr::of(self.core, self.lab, means))),
            ("amr", json!(means.amr())),
        ];
        self.access(told, scopes, format!("{}.{}", grant.id, self.random_name()))
    }

    pub fn for_itself(&self, scopes: &Scopes) -> Result<Tokens, JoseFault> {
        let told = [
            ("sub", json!(self.client.id.as_str())),
            ("aud", json!(format!("{}/api/v1", self.name))),
        ];
        self.access(told, scopes, self.random_name())
    }

    fn access<const N: usize>(
        &self,
        told: [(&str, Value); N],
        scopes: &Scopes,
        id: String,
    ) -> Result<Tokens, JoseFault> {
        let lifetime = self.client.policy.lifetimes.access_token();
        let now = self.core.now();
        let mut claims = Map::new();
        let common = [
            ("iss", json!(self.name)),
            ("client_id", json!(self.client.id.as_str())),
            ("scope", json!(scopes.to_string())),
            ("iat", json!(now.unix_seconds())),
            ("exp", json!(now.plus(lifetime).unix_seconds())),
            ("jti", json!(id)),
        ];
        let bound = self.binding.iter().map(|binding| ("cnf", json!(binding)));
        claims.extend(
            common
                .into_iter()
                .chain(told)
                .chain(bound)
                .map(|(name, value)| (name.to_owned(), value)),
        );
        Ok(Tokens {
            access_token: self.key.sign(ACCESS_TOKEN, &claims)?,
            token_type: token_type(self.binding.as_ref()),
            expires_in: lifetime.as_secs(),
            scope: scopes.to_string(),
            refresh_token: None,
            id_token: None,
        })
    }

    /// OpenID Connect Core 2.
    pub async fn id_token(&self, tx: &mut Tx, grant: &Grant, nonce: Option<&str>) -> Result<String, Fault> {
        let terms = &grant.terms;
        let now = self.core.now();
        let until = now.plus(self.client.policy.lifetimes.id_token());
        let mut named = terms.claims.clone();
        named.keep_allowed(&self.client.policy.scopes);
        let mut claims = disclosure::claims(self.core, tx, self.lab, grant.account, &named.id_token).await?;
        let told = [
            ("iss", json!(self.name)),
            ("sub", json!(terms.subject)),
            ("aud", json!(self.client.id.as_str())),
            ("iat", json!(now.unix_seconds())),
            ("exp", json!(until.unix_seconds())),
            ("auth_time", json!(terms.auth_time)),
            ("acr", json!(acr::of(self.core, self.lab, terms.means))),
            ("amr", json!(terms.means.amr())),
            ("sid", json!(terms.sid)),
        ];
        let nonce = nonce.map(|nonce| ("nonce", json!(nonce)));
        claims.extend(
            told.into_iter()
                .chain(nonce)
                .map(|(name, value)| (name.to_owned(), value)),
        );
        Ok(self.key.sign(ID_TOKEN, &claims)?)
    }

    /// A refresh token of the grant; it exists once the transaction is committed.
    pub async fn refresh_token(&self, tx: &mut Tx, grant: &Grant) -> Result<String, StoreFault> {
        let token = PlainToken::generate(TokenKind::Refresh, &*self.core.entropy);
        refresh_tokens::insert(tx, self.lab, &token.hashed(), grant.id, self.core.now()).await?;
        Ok(token.expose().to_owned())
    }

    fn random_name(&self) -> String {
        BASE64URL_NOPAD.encode(&random::<16>(&*self.core.entropy))
    }
}
