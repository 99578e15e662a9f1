//! Proofs of clients work once, whichever server sees them first.

use std::sync::Arc;
use std::time::Duration;

use serde_json::json;
use vestibule::admin::installation;
use vestibule::config::Config;
use vestibule::crypto::jose::{Algorithm, SigningKey};
use vestibule::domain::authorization::OauthError;
use vestibule::kernel::entropy::SystemEntropy;
use vestibule::oidc::dpop::{self, Call, Nonce};
use vestibule::oidc::refusal::ProtocolProblem;
use vestibule::service::Core;
use vestibule::store::oauth::used_ids;

use crate::support::app::TestApp;
use crate::support::databases::on_both_databases;

const URL: &str = "https://portal.example/oauth2/token";

on_both_databases!(a_proof_serves_once, a_nonce_is_given_and_taken);

fn proof(app: &TestApp, key: &SigningKey, id: &str, nonce: Option<String>) -> String {
    let header = json!({ "typ": "dpop+jwt", "alg": key.algorithm(), "jwk": key.public_jwk() });
    let mut claims = json!({ "jti": id, "htm": "POST", "htu": URL, "iat": app.now().unix_seconds() });
    if let Some(nonce) = nonce {
        claims["nonce"] = json!(nonce);
    }
    key.sign_under(&header, &claims).unwrap()
}

async fn prove(core: &Core, proof: &str, nonce: Nonce) -> Result<String, OauthError> {
    let call = Call {
        method: "POST",
        url: URL,
        access_token: None,
        algorithms: &Algorithm::CLIENTS,
        nonce,
    };
    match dpop::prove(core, &core.config.labs[0].id, proof, &call).await {
        Ok(jkt) => Ok(jkt),
        Err(ProtocolProblem::Refused(refusal)) => Err(refusal.error),
        Err(ProtocolProblem::Fault(fault)) => panic!("{fault}"),
    }
}

async fn a_proof_serves_once(app: TestApp) {
    let config = Config::clone(&app.core.config);
    let clock = Arc::clone(&app.clock) as _;
    let other = installation::open(config, clock, Arc::new(SystemEntropy))
        .await
        .unwrap();
    let key = SigningKey::generate(Algorithm::Es256).unwrap();
    let first = proof(&app, &key, "1", None);
    let (ours, theirs) = tokio::join!(
        prove(&app.core, &first, Nonce::Optional),
        prove(&other, &first, Nonce::Optional)
    );
    let accepted = [&ours, &theirs].into_iter().flatten().collect::<Vec<_>>();
    assert_eq!(accepted, [key.kid()]);
    let again = prove(&app.core, &first, Nonce::Optional).await;
    assert_eq!(again, Err(OauthError::InvalidDpopProof));

    let stranger = SigningKey::generate(Algorithm::Es256).unwrap();
    for same_id_other_key in [proof(&app, &stranger, "1", None), proof(&app, &key, "2", None)] {
        assert!(prove(&app.core, &same_id_other_key, Nonce::Optional).await.is_ok());
    }
    // What is over is forgotten, and refused for being over.
    app.advance(Duration::from_secs(120));
    let mut tx = app.core.db.begin().await.unwrap();
    assert_eq!(used_ids::delete_expired(&mut tx, app.now()).await.unwrap(), 3);
    tx.commit().await.unwrap();
    let late = prove(&app.core, &first, Nonce::Optional).await;
    assert_eq!(late, Err(OauthError::InvalidDpopProof));
    app.stop().await;
}

async fn a_nonce_is_given_and_taken(app: TestApp) {
    let key = SigningKey::generate(Algorithm::Es256).unwrap();
    let without = proof(&app, &key, "1", None);
    let asked = prove(&app.core, &without, Nonce::Required).await;
    assert_eq!(asked, Err(OauthError::UseDpopNonce));
    let given = dpop::nonce(&app.core, &app.lab());
    // The same id again: a proof that was refused was not used.
    let with = proof(&app, &key, "1", Some(given.clone()));
    assert!(prove(&app.core, &with, Nonce::Required).await.is_ok());
    app.advance(Duration::from_secs(601));
    let old = proof(&app, &key, "2", Some(given));
    let asked = prove(&app.core, &old, Nonce::Optional).await;
    assert_eq!(asked, Err(OauthError::UseDpopNonce));
    app.stop().await;
}
