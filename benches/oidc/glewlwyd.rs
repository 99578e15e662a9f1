//! Glewlwyd as a provider: its own plugin twice, once for each algorithm.

use std::process::Command;

use serde_json::json;

use super::support::glewlwyd::Glewlwyd;

pub const CLIENT: &str = "middleware";
/// It compares this one in clear; a client with a password would cost it 150,000 iterations each time.
pub const SECRET: &str = "a-secret-of-the-load-program";
pub const SCOPE: &str = "api";

/// With the plugins `ES256` and `RS256`, whose token endpoints are at `/api/NAME/token`.
///
/// # Errors
/// What is not installed.
pub async fn start() -> Result<Glewlwyd, &'static str> {
    let installed = Glewlwyd::start().await?;
    let mut administrator = installed.administrator().await;
    let scope = json!({ "name": SCOPE, "display_name": SCOPE, "password_required": true, "scheme": {} });
    administrator.make("scope/", &scope).await;
    for (name, kind, options) in [
        ("ES256", "ecdsa", ["EC", "ec_paramgen_curve:P-256"]),
        ("RS256", "rsa", ["RSA", "rsa_keygen_bits:2048"]),
    ] {
        let (private, public) = key_pair(options);
        let parameters = json!({
            "iss": format!("https://localhost:{}/{name}", installed.port),
            "jwt-type": kind, "jwt-key-size": "256", "key": private, "cert": public,
            "access-token-duration": 300, "refresh-token-duration": 1_209_600, "code-duration": 600,
            "refresh-token-rolling": true, "allow-non-oidc": true, "jwks-show": true, "scope": [],
            "auth-type-client-enabled": true, "auth-type-code-enabled": true, "auth-type-refresh-enabled": true,
            "auth-type-token-enabled": false, "auth-type-id-token-enabled": false, "auth-type-none-enabled": false,
            "auth-type-password-enabled": false, "auth-type-device-enabled": false,
            "introspection-revocation-allowed": false,
        });
        let plugin = json!({ "module": "oidc", "name": name, "display_name": name, "parameters": parameters });
        administrator.make("mod/plugin/", &plugin).await;
    }
    let client = json!({
        "client_id": CLIENT, "name": CLIENT, "confidential": true, "enabled": true, "client_secret": SECRET,
        "authorization_type": ["client_credentials"], "token_endpoint_auth_method": ["client_secret_basic"],
        "scope": [SCOPE], "redirect_uri": ["https://localhost/callback"],
    });
    administrator.make("client/", &client).await;
    Ok(installed)
}

/// As PEM, private and public.
fn key_pair([kind, option]: [&str; 2]) -> (String, String) {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("key.pem");
    let run = |arguments: &[&str]| {
        let output = Command::new("openssl").args(arguments).arg(&file).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    };
    run(&["genpkey", "-algorithm", kind, "-pkeyopt", option, "-out"]);
    let public = run(&["pkey", "-pubout", "-in"]);
    (std::fs::read_to_string(&file).unwrap(), public)
}
