//! What happens while a password is hashed: account and password are looked at again before anyone is let in.

use std::sync::Arc;
use std::time::Duration;

use secrecy::SecretString;
use vestibule::auth::browser::Browser;
use vestibule::auth::sign_in::{Form, sign_in};
use vestibule::crypto::password_hash::{Cost, HashedPassword};
use vestibule::domain::account::AccountState;
use vestibule::domain::password::Password;
use vestibule::kernel::entropy::SystemEntropy;
use vestibule::machinery::hashing::{HashPool, Tools};
use vestibule::service::Core;
use vestibule::service::act::Act;
use vestibule::service::attempts::{Codes, Outcome};
use vestibule::store::account::{locked, passwords};
use vestibule::store::sign_in::sessions;

use super::doors::active;
use super::visitor;
use crate::support::app::TestApp;
use crate::support::databases::on_both_databases;
use crate::support::patient::{PASSWORD, Patient};

on_both_databases![
    an_account_that_was_disabled_meanwhile_is_not_let_in,
    a_password_that_was_replaced_meanwhile_lets_nobody_in,
];

/// One thread, and a hash that takes it a second: the next one waits for it.
fn slow(core: &Core) -> Core {
    let tools = Tools {
        keyring: Arc::clone(&core.keyring),
        entropy: Arc::new(SystemEntropy),
        metrics: Arc::clone(&core.metrics),
        cost: Cost {
            memory_kib: 64 * 1024,
            iterations: 8,
            parallelism: 1,
        },
    };
    let pool = HashPool::start(tools, 1, Duration::from_secs(120)).unwrap();
    Core {
        hashing: Arc::new(pool),
        ..core.clone()
    }
}

/// A right sign-in, with `change` made after its code was taken and before its password is looked at.
async fn sign_in_while(app: &TestApp, patient: &Patient, change: impl AsyncFnOnce()) -> usize {
    let core = &slow(&app.core);
    let (lab, actor) = (app.lab(), visitor());
    let (code, password) = (SecretString::from(app.code(patient)), SecretString::from(PASSWORD));
    let form = Form {
        identifier: &patient.identifier,
        password: &password,
        codes: Codes::one(&code),
        browser: Browser::unknown(),
        return_to: None,
    };
    let other = Password::typed("occupe le seul fil").unwrap();
    let (_, ended, ()) = futures_util::join!(
        core.hashing.make(other),
        sign_in(Act::of(core, &lab, &actor), form),
        async {
            while core.hashing.callers() < 2 {
                tokio::time::sleep(Duration::from_millis(2)).await;
            }
            change().await;
        }
    );
    assert!(matches!(ended.unwrap().outcome(), Outcome::Refused));
    let mut tx = app.core.db.begin_read().await.unwrap();
    sessions::find_open(&mut tx, &lab, patient.account).await.unwrap().len()
}

async fn an_account_that_was_disabled_meanwhile_is_not_let_in(app: TestApp) {
    let patient = active(&app, "P-1", "1").await;
    let disable = async || {
        let mut tx = app.core.db.begin().await.unwrap();
        let (lab, state) = (app.lab(), AccountState::Disabled);
        let mut holder = locked::lock(&mut tx, &lab, patient.account).await.unwrap().unwrap();
        holder.set_state(state, app.now()).await.unwrap();
        tx.commit().await.unwrap();
    };
    assert_eq!(sign_in_while(&app, &patient, disable).await, 0);
    app.stop().await;
}

async fn a_password_that_was_replaced_meanwhile_lets_nobody_in(app: TestApp) {
    let patient = active(&app, "P-1", "1").await;
    let new: HashedPassword = app
        .core
        .hashing
        .make(Password::typed("un autre").unwrap())
        .await
        .unwrap();
    let replace = async || {
        let mut tx = app.core.db.begin().await.unwrap();
        let holder = locked::lock(&mut tx, &app.lab(), patient.account).await.unwrap();
        passwords::set(&mut holder.unwrap(), &new, app.now()).await.unwrap();
        tx.commit().await.unwrap();
    };
    assert_eq!(sign_in_while(&app, &patient, replace).await, 0);
    app.stop().await;
}
