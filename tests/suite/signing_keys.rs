//! The keys with which labs sign what they say to their clients.

use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};
use vestibule::admin::installation;
use vestibule::config::Config;
use vestibule::crypto::jose::{Algorithm, TokenProblem};
use vestibule::kernel::entropy::SystemEntropy;
use vestibule::service::{Core, signing_keys};
use vestibule::store;

use crate::support::app::TestApp;
use crate::support::databases::on_both_databases;

const DAY: u64 = 24 * 3600;

on_both_databases!(
    there_are_none_until_somebody_asks,
    servers_that_begin_at_once_have_the_same_keys,
    a_key_is_announced_then_signs_then_is_forgotten
);

/// Another server of the same installation.
async fn replica(app: &TestApp) -> Core {
    let config = Config::clone(&app.core.config);
    let clock = Arc::clone(&app.clock) as _;
    installation::open(config, clock, Arc::new(SystemEntropy))
        .await
        .unwrap()
}

async fn stored(app: &TestApp) -> usize {
    let mut tx = app.core.db.begin_read().await.unwrap();
    store::oauth::signing_keys::find_lines(&mut tx).await.unwrap().len()
}

async fn kid(core: &Core, algorithm: Algorithm) -> String {
    let lab = &core.config.labs[0].id;
    let key = signing_keys::current(core, lab, algorithm).await.unwrap();
    key.kid().to_owned()
}

async fn published(core: &Core) -> Vec<String> {
    let published = signing_keys::published(core, &core.config.labs[0].id).await.unwrap();
    let set: Value = serde_json::from_slice(&published.document).unwrap();
    let kids = set["keys"].as_array().unwrap().iter();
    kids.map(|key| key["kid"].as_str().unwrap().to_owned()).collect()
}

async fn there_are_none_until_somebody_asks(app: TestApp) {
    signing_keys::turn(&app.core).await.unwrap();
    assert_eq!(stored(&app).await, 0);
    let lab = app.lab();
    for algorithm in Algorithm::OURS {
        let key = signing_keys::current(&app.core, &lab, algorithm).await.unwrap();
        let token = key.sign("JWT", &json!({ "sub": "a" })).unwrap();
        let published = signing_keys::published(&app.core, &lab).await.unwrap();
        let verified = published.verify(&token).unwrap();
        assert_eq!((verified.header.alg, verified.text("sub")), (algorithm, Some("a")));
        let stranger = vestibule::crypto::jose::SigningKey::generate(algorithm).unwrap();
        let token = stranger.sign("JWT", &json!({})).unwrap();
        assert_eq!(published.verify(&token), Err(TokenProblem::NoKey));
    }
    assert_eq!(stored(&app).await, 3);
    assert!(signing_keys::current(&app.core, &lab, Algorithm::Ps256).await.is_err());
    let mut tx = app.core.db.begin_read().await.unwrap();
    let made = store::audit::find_newest(&mut tx, &lab, 100).await.unwrap();
    let made = made.iter().filter(|entry| entry.kind == "signing-key-made");
    assert_eq!(made.count(), 3);
    drop(tx);
    app.stop().await;
}

async fn servers_that_begin_at_once_have_the_same_keys(app: TestApp) {
    let other = replica(&app).await;
    for algorithm in Algorithm::OURS {
        let (ours, theirs) = tokio::join!(kid(&app.core, algorithm), kid(&other, algorithm));
        assert_eq!(ours, theirs);
    }
    assert_eq!(stored(&app).await, 3);
    assert_eq!(published(&app.core).await, published(&other).await);
    app.stop().await;
}

async fn a_key_is_announced_then_signs_then_is_forgotten(app: TestApp) {
    let other = replica(&app).await;
    let first = kid(&app.core, Algorithm::Es256).await;
    assert_eq!(kid(&other, Algorithm::Es256).await, first);
    let etag = signing_keys::published(&app.core, &app.lab())
        .await
        .unwrap()
        .etag
        .clone();

    app.advance(Duration::from_secs(83 * DAY));
    signing_keys::turn(&app.core).await.unwrap();
    signing_keys::turn(&other).await.unwrap();
    assert_eq!(stored(&app).await, 6, "one successor for each");
    for core in [&app.core, &other] {
        assert_eq!(published(core).await.len(), 6);
        assert_eq!(kid(core, Algorithm::Es256).await, first);
    }
    let announced = signing_keys::published(&app.core, &app.lab()).await.unwrap();
    assert_ne!(announced.etag, etag);

    app.advance(Duration::from_secs(7 * DAY));
    let second = kid(&app.core, Algorithm::Es256).await;
    assert_ne!(second, first);
    assert_eq!(kid(&other, Algorithm::Es256).await, second);
    signing_keys::turn(&app.core).await.unwrap();
    assert!(published(&app.core).await.contains(&first), "tokens of it still live");

    app.advance(Duration::from_secs(DAY));
    signing_keys::turn(&app.core).await.unwrap();
    signing_keys::turn(&other).await.unwrap();
    assert_eq!(stored(&app).await, 3);
    for core in [&app.core, &other] {
        let published = published(core).await;
        assert!(published.contains(&second) && !published.contains(&first));
    }
    app.stop().await;
}
