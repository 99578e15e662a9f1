//! Whether a provider is there, is the one that is meant, and does what the lab wants of it.

use super::{Check, Status};
use config::{Lab, Provider};
use crypto::jose::Algorithm;
use service::provider::{Metadata, ProviderClient, decryption_key, secret};

pub(super) async fn examine(lab: &Lab, provider: &Provider) -> Vec<Check> {
    let name = format!("provider {} of {}", provider.id, lab.id);
    let mut checks = files(&name, provider);
    match ProviderClient::of(lab, provider).examine().await {
        Err(why) => checks.push(Check::problem(
            name.clone(),
            why,
            "check issuer and ca_file, and whether this machine may reach the provider",
        )),
        Ok((metadata, keys)) => {
            let mut algorithms = provider.id_token_alg.iter().filter_map(|name| name.parse().ok());
            if !algorithms.any(|algorithm: Algorithm| keys.has(algorithm)) {
                let what = "it publishes no key for any algorithm of id_token_alg";
                checks.push(Check::problem(
                    name.clone(),
                    what,
                    "set id_token_alg to one that it signs with",
                ));
            }
            checks.extend(promises(&name, lab, provider, &metadata));
        }
    }
    if checks.iter().all(|check| check.status == Status::Ok) {
        let what = format!("{} answers, and supports what is configured", provider.issuer);
        checks.push(Check::ok(name, what));
    }
    checks
}

fn files(name: &str, provider: &Provider) -> Vec<Check> {
    let mut checks = Vec::new();
    if let Err(why) = secret(provider) {
        let remedy = "write what the provider gave as client secret into it, readable by vestibule's user only";
        checks.push(Check::problem(name, format!("client_secret_file: {why}"), remedy));
    }
    if let Err(why) = decryption_key(provider) {
        let remedy = "make one: openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256";
        checks.push(Check::problem(name, format!("decryption_key_file: {why}"), remedy));
    }
    checks
}

/// What it says of itself, against what is configured; a list that is missing says nothing.
fn promises(name: &str, lab: &Lab, provider: &Provider, metadata: &Metadata) -> Vec<Check> {
    let mut checks = Vec::new();
    let lacks = |list: &Option<Vec<String>>, wanted: &[String]| -> Vec<String> {
        let Some(list) = list else { return Vec::new() };
        wanted.iter().filter(|value| !list.contains(value)).cloned().collect()
    };
    let signs = lacks(&metadata.id_token_signing_alg_values_supported, &provider.id_token_alg);
    if signs.len() == provider.id_token_alg.len() {
        let what = "it signs ID tokens with none of the algorithms in id_token_alg";
        checks.push(Check::problem(name, what, "set id_token_alg to one that it signs with"));
    }
    let levels = lacks(&metadata.acr_values_supported, &provider.acr_values);
    if !levels.is_empty() {
        let what = format!("it does not support {} from acr_values", levels.join(", "));
        checks.push(Check::problem(
            name,
            what,
            "use the values in its documentation, or ask the provider",
        ));
    }
    let scopes = lacks(&metadata.scopes_supported, &provider.scopes);
    if !scopes.is_empty() {
        let what = format!("it does not support {} from scopes", scopes.join(", "));
        checks.push(Check::warning(name, what, "use the values in its documentation"));
    }
    // Discovery 3: without a list, it is basic alone.
    let basic = Some(vec!["client_secret_basic".to_owned()]);
    let methods = match &metadata.token_endpoint_auth_methods_supported {
        None => &basic,
        listed => listed,
    };
    let method = provider.client_auth.as_str();
    if !lacks(methods, &[method.to_owned()]).is_empty() {
        let what = format!("it does not support {method}");
        checks.push(Check::problem(name, what, "set client_auth to one that it supports"));
    }
    if provider.pkce && !lacks(&metadata.code_challenge_methods_supported, &["S256".to_owned()]).is_empty() {
        let what = "it does not announce PKCE with S256";
        checks.push(Check::warning(
            name,
            what,
            "state and nonce bind its answers as well; ask the provider, or set pkce = false",
        ));
    }
    if lab.providers.len() > 1 && !metadata.authorization_response_iss_parameter_supported {
        let what = "it does not name itself in its answers, and the lab has other providers: one of them could have this \
                    one's codes sent to itself";
        checks.push(Check::warning(
            name,
            what,
            "use providers that you trust equally, or a single one",
        ));
    }
    checks
}
