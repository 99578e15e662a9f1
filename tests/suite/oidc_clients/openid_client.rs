//! npm's openid-client, certified: once with a secret, once as FAPI 2.0 wants it, and once for itself.

use std::process::Command;

use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair};
use data_encoding::{BASE64, BASE64URL_NOPAD};
use serde_json::{Value, json};

use super::flow::Expected;
use super::program::{Program, folder, settings};
use super::stand::Stand;
use super::walk::said;
use crate::support::app::free_port;
use crate::support::relying_party::RelyingParty;
use crate::support::{oathtool, programs};

/// None, said aloud, where it is not installed.
fn node() -> Option<Command> {
    let folder = folder("openid-client");
    let Some(node) = programs::find("node", &[]) else {
        programs::missing("node", "nodejs npm");
        return None;
    };
    if !folder.join("node_modules/openid-client").exists() {
        programs::missing_with("openid-client", "cd tests/oidc_clients/openid-client && npm ci");
        return None;
    }
    let mut command = Command::new(node);
    command.arg(folder.join("relying-party.mjs"));
    Some(command)
}

async fn start(stand: &Stand, mut command: Command, port: u16, client: &RelyingParty, more: &Value) -> Program {
    command.arg(settings(stand, port, client, more));
    let authority = stand.app.ca_file.to_str().unwrap();
    let log = stand.app.directory.path().join(format!("{}.log", client.id));
    Program::start(command, &[("NODE_EXTRA_CA_CERTS", authority)], port, log).await
}

#[actix_web::test]
async fn it_goes_the_whole_way_with_a_secret() {
    let Some(command) = node() else { return };
    if !oathtool::present() {
        return;
    }
    let (stand, port) = (Stand::with_patients(2).await, free_port());
    let client = stand.client("openid-client", port, &json!({})).await;
    let program = start(&stand, command, port, &client, &json!({})).await;
    let expected = Expected {
        client: "openid-client",
        token_type: "Bearer",
        rotated: true,
    };
    expected.until_signed_out_elsewhere(&stand, &program).await;
    expected.until_signed_out_from_here(&stand, &program).await;
    drop(program);
    stand.app.stop().await;
}

#[actix_web::test]
async fn it_goes_the_whole_way_as_fapi_2_wants_it() {
    let Some(command) = node() else { return };
    if !oathtool::present() {
        return;
    }
    let (stand, port) = (Stand::with_patients(2).await, free_port());
    let (jwks, pem) = client_key();
    let key = stand.app.directory.path().join("client-key.pem");
    std::fs::write(&key, pem).unwrap();
    let policy = json!({
        "authentication": {"method": "private_key_jwt", "jwks": jwks},
        "pushed_requests_only": true,
        "bound_tokens_only": true,
        "refresh": "kept",
    });
    let client = stand.client("fapi", port, &policy).await;
    let more = json!({"client_secret": null, "client_key": key, "client_key_id": "one"});
    let program = start(&stand, command, port, &client, &more).await;
    let expected = Expected {
        client: "fapi",
        token_type: "DPoP",
        rotated: false,
    };
    expected.until_signed_out_elsewhere(&stand, &program).await;
    expected.until_signed_out_from_here(&stand, &program).await;
    drop(program);
    stand.app.stop().await;
}

#[actix_web::test]
async fn it_gets_tokens_for_itself() {
    let Some(command) = node() else { return };
    if !oathtool::present() {
        return;
    }
    let (stand, port) = (Stand::with_patients(0).await, free_port());
    let client = stand.client("openid-client", port, &json!({})).await;
    let service = stand.service("middleware").await;
    let more = json!({
        "service": {"client_id": service.id, "client_secret": service.secret, "scope": "clients:read"},
    });
    let program = start(&stand, command, port, &client, &more).await;
    let mut browser = stand.app.browser();
    let got = said(&browser.get(&program.page("/service")).await);
    assert_eq!(
        (&got["expires_in"], &got["scope"]),
        (&300.into(), &"clients:read".into()),
        "{got}"
    );
    assert_eq!(got["introspected"]["active"], true, "{got}");
    assert_eq!(got["introspected"]["client_id"], "middleware", "{got}");
    assert_eq!(got.get("refresh_token"), None, "{got}");
    drop(program);
    stand.app.stop().await;
}

/// Public as a JWK set, private as PEM.
fn client_key() -> (Value, String) {
    let key = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).unwrap();
    let (x, y) = key.public_key().as_ref()[1..].split_at(32);
    let coordinate = |bytes| BASE64URL_NOPAD.encode(bytes);
    let jwk = json!({
        "kty": "EC", "crv": "P-256", "kid": "one", "alg": "ES256", "use": "sig",
        "x": coordinate(x), "y": coordinate(y),
    });
    let pkcs8 = key.to_pkcs8v1().unwrap();
    let pem = format!(
        "-----BEGIN PRIVATE KEY-----\n{}\n-----END PRIVATE KEY-----\n",
        BASE64.encode(pkcs8.as_ref())
    );
    (json!({"keys": [jwk]}), pem)
}
