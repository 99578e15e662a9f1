//! Each client's own algorithm, read by another library with the keys that the lab publishes.

use serde_json::json;

use crate::support::app::TestApp;
use crate::support::databases::on_both_databases;
use crate::support::relying_party::claims;

on_both_databases![tokens_are_signed_as_each_entry_says];

async fn tokens_are_signed_as_each_entry_says(app: TestApp) {
    let patient = app.patient("70114202", "12").await;
    let mut browser = app.signed_in(&patient).await;
    for algorithm in ["ES256", "EdDSA", "RS256"] {
        let id = algorithm.to_ascii_lowercase();
        let entry = json!({ "id_token_algorithm": algorithm, "consent": "first-party" });
        let client = app.relying_party(&id, entry).await;
        let tokens = client.tokens(&app, &mut browser, &[]).await;
        let again = client.refreshed(&app, tokens.refresh()).await;
        for (token, audience, typ) in [
            (tokens.id(), id.as_str(), "JWT"),
            (tokens.access(), app.portal.as_str(), "at+jwt"),
            (again.id(), id.as_str(), "JWT"),
        ] {
            let (header, told) = app.verified(token, audience).await;
            assert_eq!(format!("{:?}", header.alg), algorithm);
            assert_eq!(header.typ.as_deref(), Some(typ));
            assert_eq!(told["iat"], app.now().unix_seconds());
        }
        let (first, second) = (claims(tokens.id()), claims(again.id()));
        for same in ["iss", "sub", "aud", "auth_time", "sid", "acr", "amr"] {
            assert_eq!(first[same], second[same], "OpenID Connect Core 12.2: {same}");
        }
    }
    app.stop().await;
}
