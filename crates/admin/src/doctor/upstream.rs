//! Whether an upstream provider is there, is the one that is meant, and does what the lab wants of it.

use super::{Check, Status};
use config::{Lab, Upstream};
use crypto::jose::Algorithm;
use service::upstream::{Metadata, Provider, decryption_key, secret};

pub(super) async fn examine(lab: &Lab, upstream: &Upstream) -> Vec<Check> {
    let name = format!("upstream {} of {}", upstream.id, lab.id);
    let mut checks = files(&name, upstream);
    match Provider::of(lab, upstream).examine().await {
        Err(why) => checks.push(Check::problem(
            name.clone(),
            why,
            "check issuer and ca_file, and whether this machine may reach the provider",
        )),
        Ok((metadata, keys)) => {
            let mut algorithms = upstream.id_token_alg.iter().filter_map(|name| name.parse().ok());
            if !algorithms.any(|algorithm: Algorithm| keys.has(algorithm)) {
                let what = "it publishes no key for any algorithm of id_token_alg";
                checks.push(Check::problem(name.clone(), what, "accept one that it signs with"));
            }
            checks.extend(promises(&name, lab, upstream, &metadata));
        }
    }
    if checks.iter().all(|check| check.status == Status::Ok) {
        let what = format!("{} answers, and does what is asked of it", upstream.issuer);
        checks.push(Check::ok(name, what));
    }
    checks
}

fn files(name: &str, upstream: &Upstream) -> Vec<Check> {
    let mut checks = Vec::new();
    if let Err(why) = secret(upstream) {
        let remedy = "write what the provider gave as client secret into it, readable by vestibule's user only";
        checks.push(Check::problem(name, format!("client_secret_file: {why}"), remedy));
    }
    if let Err(why) = decryption_key(upstream) {
        let remedy = "make one: openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256";
        checks.push(Check::problem(name, format!("decryption_key_file: {why}"), remedy));
    }
    checks
}

/// What it says of itself, against what is configured; a list that is missing says nothing.
fn promises(name: &str, lab: &Lab, upstream: &Upstream, metadata: &Metadata) -> Vec<Check> {
    let mut checks = Vec::new();
    let lacks = |list: &Option<Vec<String>>, wanted: &[String]| -> Vec<String> {
        let Some(list) = list else { return Vec::new() };
        wanted.iter().filter(|value| !list.contains(value)).cloned().collect()
    };
    let signs = lacks(&metadata.id_token_signing_alg_values_supported, &upstream.id_token_alg);
    if signs.len() == upstream.id_token_alg.len() {
        let what = "it signs ID tokens with none of id_token_alg";
        checks.push(Check::problem(name, what, "accept one that it signs with"));
    }
    let levels = lacks(&metadata.acr_values_supported, &upstream.acr_values);
    if !levels.is_empty() {
        let what = format!("it does not know {} of acr_values", levels.join(", "));
        checks.push(Check::problem(name, what, "write those that it documents, or ask it"));
    }
    let scopes = lacks(&metadata.scopes_supported, &upstream.scopes);
    if !scopes.is_empty() {
        let what = format!("it does not know {} of scopes", scopes.join(", "));
        checks.push(Check::warning(name, what, "write those that it documents"));
    }
    // Discovery 3: without a list, it is basic alone.
    let basic = Some(vec!["client_secret_basic".to_owned()]);
    let methods = match &metadata.token_endpoint_auth_methods_supported {
        None => &basic,
        listed => listed,
    };
    let method = upstream.client_auth.as_str();
    if !lacks(methods, &[method.to_owned()]).is_empty() {
        let what = format!("it does not take {method}");
        checks.push(Check::problem(name, what, "set client_auth to one that it takes"));
    }
    if upstream.pkce && !lacks(&metadata.code_challenge_methods_supported, &["S256".to_owned()]).is_empty() {
        let what = "it does not promise PKCE with S256";
        checks.push(Check::warning(
            name,
            what,
            "state and nonce bind its answers as well; ask it, or set pkce = false",
        ));
    }
    if lab.upstreams.len() > 1 && !metadata.authorization_response_iss_parameter_supported {
        let what = "it does not name itself in its answers, and the lab has other providers: one of them could have this \
                    one's codes sent to itself";
        checks.push(Check::warning(
            name,
            what,
            "have providers that you trust alike, or one alone",
        ));
    }
    checks
}
