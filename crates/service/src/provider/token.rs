//! The code is redeemed at the provider's token endpoint (RFC 6749 4.1.3).

use data_encoding::BASE64;
use hyper::Request;
use hyper::header::{ACCEPT, AUTHORIZATION, HeaderValue};
use rustls_pki_types::PrivatePkcs8KeyDer;
use rustls_pki_types::pem::PemObject as _;
use serde::Deserialize;
use url::form_urlencoded::{Serializer, byte_serialize};
use zeroize::Zeroizing;

use super::{LIMITS, Metadata, NoIdentity, ProviderClient};
use config::{ClientAuth, Provider};
use crypto::jwe::DecryptionKey;
use crypto::pkce::CodeVerifier;
use domain::audit::ProviderCause;
use machinery::http_client;

#[derive(Deserialize)]
struct TokenAnswer {
    id_token: Zeroizing<String>,
}

#[derive(Deserialize)]
struct TokenRefusal {
    error: String,
}

/// Only the ID token: we have no use for the access token.
pub(super) async fn redeem(
    client: &ProviderClient,
    metadata: &Metadata,
    code: &str,
    verifier: &CodeVerifier,
) -> Result<Zeroizing<String>, NoIdentity> {
    let request = request(client, metadata, code, verifier).map_err(NoIdentity::unreachable)?;
    let (url, ca_file) = (&metadata.token_endpoint, client.config.ca_file.as_deref());
    let answer = http_client::send(url, ca_file, request, LIMITS).await?;
    let (status, body) = (answer.status().as_u16(), Zeroizing::new(answer.into_body()));
    match status {
        200 => match serde_json::from_slice::<TokenAnswer>(&body) {
            Ok(granted) => opened(&client.config, granted.id_token),
            Err(_) => Err(NoIdentity::of(ProviderCause::Token, "no ID token came")),
        },
        400..500 => {
            let refused = serde_json::from_slice(&body).map_or(String::new(), |refused: TokenRefusal| refused.error);
            let plain: String = refused.chars().filter(char::is_ascii_graphic).take(60).collect();
            Err(NoIdentity::of(ProviderCause::Code, format!("status {status} {plain}")))
        }
        _ => Err(NoIdentity::unreachable(format!("{url}: status {status}"))),
    }
}

fn request(
    client: &ProviderClient,
    metadata: &Metadata,
    code: &str,
    verifier: &CodeVerifier,
) -> Result<Request<String>, String> {
    let config = &client.config;
    let secret = secret(config)?;
    let mut form = Serializer::new(String::new());
    form.append_pair("grant_type", "authorization_code")
        .append_pair("code", code)
        .append_pair("redirect_uri", &client.redirect_uri);
    if config.pkce {
        form.append_pair("code_verifier", verifier.expose());
    }
    if config.client_auth == ClientAuth::ClientSecretPost {
        form.append_pair("client_id", &config.client_id)
            .append_pair("client_secret", &secret);
    }
    let form = form.finish();
    let request = http_client::post(&metadata.token_endpoint, "application/x-www-form-urlencoded", form);
    let mut request = request.map_err(|fault| fault.to_string())?;
    let headers = request.headers_mut();
    headers.insert(ACCEPT, HeaderValue::from_static("application/json"));
    if config.client_auth == ClientAuth::ClientSecretBasic {
        headers.insert(AUTHORIZATION, basic(&config.client_id, &secret)?);
    }
    Ok(request)
}

/// RFC 6749 2.3.1: both parts are encoded as in a form first.
fn basic(client_id: &str, secret: &str) -> Result<HeaderValue, String> {
    let encoded = |text: &str| byte_serialize(text.as_bytes()).collect::<String>();
    let pair = Zeroizing::new(format!("{}:{}", encoded(client_id), encoded(secret)));
    let value = HeaderValue::try_from(format!("Basic {}", BASE64.encode(pair.as_bytes())));
    let mut value = value.map_err(|error| error.to_string())?;
    value.set_sensitive(true);
    Ok(value)
}

/// The signed token, where the provider encrypts it.
fn opened(config: &Provider, token: Zeroizing<String>) -> Result<Zeroizing<String>, NoIdentity> {
    let is_encrypted = token.matches('.').count() == 4;
    let key = match is_encrypted {
        true => decryption_key(config).map_err(|why| NoIdentity::of(ProviderCause::Token, why))?,
        false => None,
    };
    match key {
        None => Ok(token),
        Some(key) => key
            .open(&token)
            .map_err(|why| NoIdentity::of(ProviderCause::Token, format!("the ID token cannot be opened: {why}"))),
    }
}

/// The key that opens encrypted ID tokens, if any; read again each time.
///
/// # Errors
/// In words: the file cannot be read, or holds something else.
pub fn decryption_key(config: &Provider) -> Result<Option<DecryptionKey>, String> {
    let Some(file) = &config.decryption_key_file else {
        return Ok(None);
    };
    let der = PrivatePkcs8KeyDer::from_pem_file(file).map_err(|error| format!("{}: {error}", file.display()))?;
    let key = DecryptionKey::from_pkcs8(der.secret_pkcs8_der());
    key.map(Some).map_err(|error| format!("{}: {error}", file.display()))
}

/// Read again each time, so that it can be replaced without a restart.
///
/// # Errors
/// In words: the file cannot be read, or is empty.
pub fn secret(config: &Provider) -> Result<Zeroizing<String>, String> {
    let file = &config.client_secret_file;
    let text = std::fs::read_to_string(file).map(Zeroizing::new);
    let text = text.map_err(|error| format!("{}: {error}", file.display()))?;
    match text.trim() {
        "" => Err(format!("{}: it is empty", file.display())),
        secret => Ok(Zeroizing::new(secret.to_owned())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 6749 2.3.1 with what its appendix B does to special characters.
    #[test]
    fn id_and_secret_are_encoded_before_they_are_joined() {
        let value = basic("a:b", "s e/c").unwrap();
        let encoded = value.to_str().unwrap().strip_prefix("Basic ").unwrap();
        assert_eq!(BASE64.decode(encoded.as_bytes()).unwrap(), b"a%3Ab:s+e%2Fc");
        assert!(value.is_sensitive());
    }
}
