//! Identity providers (OpenID Connect), as their relying party: where to send a browser, and what the code is worth
//! that it brings back. What a provider publishes of itself is remembered for an hour. Nothing leaves that no lab's
//! configuration asks for, and no provider is contacted before a person wants it.

mod cached;
mod metadata;
mod token;

use secrecy::{ExposeSecret as _, SecretString};
use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{Semaphore, SemaphorePermit};
use tokio::time::timeout;
use url::Url;

use self::cached::{Cached, Freshness};
pub use self::metadata::Metadata;
pub use self::token::{decryption_key, secret};
use config::{Config, Lab, Provider, is_over};
use crypto::blind_index::{BlindIndex, Indexer};
use crypto::id_token::{self, Expectation, IdTokenOk, IdTokenProblem};
use crypto::jose::{Algorithm, Jwks, TokenProblem};
use crypto::keyring::Keyring;
use crypto::token::PlainToken;
use domain::audit::ProviderCause;
use domain::provider::Departure;
use kernel::clock::Timestamp;
use kernel::ids::{LabId, ProviderId};
use machinery::http_client::{self, HttpFault, Limits};

/// Where providers send browsers back to, on a lab's portal.
pub const CALLBACK: &str = "/upstream/callback";
/// Where providers find the keys that they encrypt with.
pub const JWKS: &str = "/upstream/jwks";
/// Where they send them after a sign-out.
pub const SIGNED_OUT: &str = "/logout";

const LIMITS: Limits = Limits {
    longest: Duration::from_secs(10),
    most: 256 * 1024,
};
/// Of one provider, at once: one that does not answer keeps no more than that waiting.
const EXCHANGES: usize = 32;
/// People who sign out here do not wait for another server.
const AT_ONCE: Duration = Duration::from_secs(2);
const KEPT: Duration = Duration::from_secs(3600);
/// Keys are fetched once more if a token fits none of them, but not for every such token.
const KEYS_KEPT_AT_LEAST: Duration = Duration::from_secs(10);

/// Every provider of every lab.
#[derive(Debug)]
pub struct Providers(HashMap<(LabId, ProviderId), ProviderClient>);

/// One provider, as one lab uses it.
#[derive(Debug)]
pub struct ProviderClient {
    lab: LabId,
    time_zone: String,
    redirect_uri: String,
    signed_out_uri: String,
    pub config: Provider,
    algorithms: Vec<Algorithm>,
    metadata: Cached<Metadata>,
    keys: Cached<Jwks>,
    exchanges: Semaphore,
}

/// Why nothing came of it.
#[derive(Debug, thiserror::Error)]
pub enum NoIdentity {
    /// Too many wait for this provider already.
    #[error("too many wait for the provider")]
    Busy,
    /// In words for the log: nothing of a person, no secret.
    #[error("{why}")]
    Refused { cause: ProviderCause, why: String },
}

impl NoIdentity {
    fn of(cause: ProviderCause, why: impl Into<String>) -> Self {
        Self::Refused { cause, why: why.into() }
    }

    fn unreachable(why: impl Into<String>) -> Self {
        Self::of(ProviderCause::Unreachable, why)
    }
}

impl From<HttpFault> for NoIdentity {
    fn from(fault: HttpFault) -> Self {
        Self::unreachable(fault.to_string())
    }
}

/// What a provider's answer came to.
#[derive(Debug)]
pub struct ShownIdentity {
    pub token: IdTokenOk,
    pub index: BlindIndex,
    /// As it came, for the sign-out.
    pub raw: SecretString,
}

/// What a browser brought back.
#[derive(Clone, Copy, Debug)]
pub struct CallbackParams<'a> {
    pub code: Option<&'a SecretString>,
    pub iss: Option<&'a str>,
    pub error: Option<&'a str>,
}

impl Providers {
    pub fn of(config: &Config) -> Self {
        let all = config.labs.iter().flat_map(|lab| {
            let providers = lab.providers.iter();
            providers.map(|provider| ((lab.id.clone(), provider.id.clone()), ProviderClient::of(lab, provider)))
        });
        Self(all.collect())
    }

    /// What providers may encrypt with for this lab, as a JWK set.
    pub fn jwk_set(&self, lab: &LabId) -> serde_json::Value {
        let of_lab = self.0.iter().filter(|((found, _), _)| found == lab);
        let keys: Vec<_> = of_lab.filter_map(|(_, client)| client.public_jwk()).collect();
        serde_json::json!({ "keys": keys })
    }

    /// How many wait for a provider now.
    pub fn callers(&self) -> usize {
        let waiting = |client: &ProviderClient| EXCHANGES.saturating_sub(client.exchanges.available_permits());
        self.0.values().map(waiting).sum()
    }

    /// Whether it is accepted or not.
    pub fn known(&self, lab: &LabId, id: &ProviderId) -> Option<&ProviderClient> {
        self.0.get(&(lab.clone(), id.clone()))
    }

    /// None: the lab has no such provider, or accepts it no longer.
    pub fn accepted(&self, lab: &LabId, id: &ProviderId, now: Timestamp) -> Option<&ProviderClient> {
        let client = self.known(lab, id)?;
        (!is_over(client.config.until, &client.time_zone, now)).then_some(client)
    }
}

impl ProviderClient {
    pub fn of(lab: &Lab, provider: &Provider) -> Self {
        let origin = lab.portal_origin();
        Self {
            lab: lab.id.clone(),
            time_zone: lab.time_zone.clone(),
            redirect_uri: format!("{origin}{CALLBACK}"),
            signed_out_uri: format!("{origin}{SIGNED_OUT}"),
            algorithms: provider
                .id_token_alg
                .iter()
                .filter_map(|name| name.parse().ok())
                .collect(),
            config: provider.clone(),
            metadata: Cached::default(),
            keys: Cached::default(),
            exchanges: Semaphore::new(EXCHANGES),
        }
    }

    /// Where to send a browser.
    ///
    /// # Errors
    /// The provider does not say where.
    pub async fn departure_url(
        &self,
        state: &PlainToken,
        departure: &Departure,
        now: Timestamp,
    ) -> Result<Url, NoIdentity> {
        let _turn = self.turn()?;
        let metadata = self.metadata(now).await?;
        let mut url = metadata.authorization_endpoint.clone();
        let config = &self.config;
        let mut query = url.query_pairs_mut();
        query
            .append_pair("response_type", "code")
            .append_pair("client_id", &config.client_id)
            .append_pair("redirect_uri", &self.redirect_uri)
            .append_pair("scope", &config.scopes.join(" "))
            .append_pair("state", state.expose())
            .append_pair("nonce", &departure.nonce);
        if config.pkce {
            query
                .append_pair("code_challenge", &departure.verifier.challenge())
                .append_pair("code_challenge_method", "S256");
        }
        if !config.acr_values.is_empty() {
            query.append_pair("acr_values", &config.acr_values.join(" "));
        }
        if !config.mfa_amr.is_empty() {
            // FranceConnect says it only when asked.
            query.append_pair("claims", r#"{"id_token":{"amr":{"essential":true}}}"#);
        }
        if let Some(seconds) = config.max_age_seconds {
            query.append_pair("max_age", &seconds.to_string());
        }
        drop(query);
        Ok(url)
    }

    /// Who the provider says it is.
    ///
    /// # Errors
    /// It does not say so, or not in a way that can be trusted.
    pub async fn redeem(
        &self,
        keyring: &Keyring,
        departure: &Departure,
        brought: CallbackParams<'_>,
        now: Timestamp,
    ) -> Result<ShownIdentity, NoIdentity> {
        let _turn = self.turn()?;
        let metadata = self.metadata(now).await?;
        self.check_issuer(&metadata, brought.iss)?;
        let Some(code) = brought.code.filter(|_| brought.error.is_none()) else {
            let why = brought.error.unwrap_or("no code came");
            let plain: String = why.chars().filter(|c| c.is_ascii_graphic()).take(60).collect();
            return Err(NoIdentity::of(ProviderCause::Denied, plain));
        };
        let raw = token::redeem(self, &metadata, code.expose_secret(), &departure.verifier).await?;
        let token = self.check(&raw, &metadata, &departure.nonce, now).await?;
        let index =
            Indexer::new(keyring, &self.lab, "upstream identity").index(&[&self.config.issuer, token.subject()]);
        let raw = SecretString::from(raw.as_str());
        Ok(ShownIdentity { token, index, raw })
    }

    /// Where to send a browser for the sign-out there, if the provider has such a place and says so at once.
    pub async fn sign_out_url(&self, id_token: &str, state: &PlainToken, now: Timestamp) -> Option<Url> {
        let _turn = self.turn().ok()?;
        let metadata = timeout(AT_ONCE, self.metadata(now)).await.ok()?.ok()?;
        let mut url = metadata.end_session_endpoint.clone()?;
        url.query_pairs_mut()
            .append_pair("id_token_hint", id_token)
            .append_pair("post_logout_redirect_uri", &self.signed_out_uri)
            .append_pair("state", state.expose());
        Some(url)
    }

    /// What the provider encrypts ID tokens with, if the lab has it encrypt them.
    pub fn public_jwk(&self) -> Option<serde_json::Value> {
        match decryption_key(&self.config) {
            Ok(key) => Some(key?.public_jwk()),
            Err(why) => {
                tracing::warn!(lab = %self.lab, provider = %self.config.id, why, "a decryption key cannot be used");
                None
            }
        }
    }

    /// What it publishes of itself, fresh: for a look at an installation.
    ///
    /// # Errors
    /// In words.
    pub async fn examine(&self) -> Result<(Metadata, Jwks), String> {
        let metadata = metadata::fetch(self).await?;
        let keys = self.fetch_keys(&metadata.jwks_uri).await?;
        Ok((metadata, keys))
    }

    fn turn(&self) -> Result<SemaphorePermit<'_>, NoIdentity> {
        self.exchanges.try_acquire().map_err(|_| NoIdentity::Busy)
    }

    async fn metadata(&self, now: Timestamp) -> Result<Arc<Metadata>, NoIdentity> {
        let kept = self
            .metadata
            .get(Freshness { at_most: KEPT, now }, || metadata::fetch(self));
        kept.await.map_err(NoIdentity::unreachable)
    }

    /// RFC 9207: an answer that names another provider was meant for that one.
    fn check_issuer(&self, metadata: &Metadata, iss: Option<&str>) -> Result<(), NoIdentity> {
        let is_right = match iss {
            Some(iss) => iss == self.config.issuer,
            None => !metadata.authorization_response_iss_parameter_supported,
        };
        is_right
            .then_some(())
            .ok_or_else(|| NoIdentity::of(ProviderCause::Issuer, "the answer names another provider, or none"))
    }

    async fn check(
        &self,
        raw: &str,
        metadata: &Metadata,
        nonce: &str,
        now: Timestamp,
    ) -> Result<IdTokenOk, NoIdentity> {
        let expected = Expectation {
            issuer: &self.config.issuer,
            client_id: &self.config.client_id,
            nonce,
            algorithms: &self.algorithms,
            acr_values: &self.config.acr_values,
            mfa_amr: &self.config.mfa_amr,
            max_age: self.config.max_age(),
            now,
        };
        let mut checked = id_token::check(raw, &*self.keys(metadata, KEPT, now).await?, &expected);
        if let Err(IdTokenProblem::Unverified(TokenProblem::NoKey | TokenProblem::Signature)) = checked {
            // It may have new keys.
            let keys = self.keys(metadata, KEYS_KEPT_AT_LEAST, now).await?;
            checked = id_token::check(raw, &keys, &expected);
        }
        checked.map_err(|misfit| {
            let cause = match misfit {
                IdTokenProblem::Acr => ProviderCause::Acr,
                _ => ProviderCause::Token,
            };
            NoIdentity::of(cause, misfit.to_string())
        })
    }

    async fn keys(&self, metadata: &Metadata, at_most: Duration, now: Timestamp) -> Result<Arc<Jwks>, NoIdentity> {
        let fetch = || self.fetch_keys(&metadata.jwks_uri);
        let kept = self.keys.get(Freshness { at_most, now }, fetch);
        kept.await.map_err(NoIdentity::unreachable)
    }

    async fn fetch_keys(&self, url: &Url) -> Result<Jwks, String> {
        Jwks::parse(&self.fetch(url).await?).map_err(|error| format!("{url}: {error}"))
    }

    /// A document of the provider's.
    async fn fetch(&self, url: &Url) -> Result<String, String> {
        let said = |why: String| format!("{url}: {why}");
        let request = http_client::get(url).map_err(|fault| said(fault.to_string()))?;
        let answer = http_client::send(url, self.config.ca_file.as_deref(), request, LIMITS).await;
        let answer = answer.map_err(|fault| said(fault.to_string()))?;
        if answer.status().as_u16() != 200 {
            return Err(said(format!("status {}", answer.status().as_u16())));
        }
        String::from_utf8(answer.into_body()).map_err(|_| said("not UTF-8".to_owned()))
    }
}
