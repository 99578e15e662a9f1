//! Where a person is when they see a form, and what it is about.

use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use serde_json::{Value, json};
use vestibule::crypto::cookie_tag::tagged;
use vestibule::crypto::seal::Place;
use vestibule::crypto::token::{PlainToken, TokenKind};
use vestibule::domain::alert::{Cause, Kind};
use vestibule::domain::operator::Role;
use vestibule::kernel::ids::{LinkId, PendingId, SessionId};
use vestibule::service::alerts;
use vestibule::store::sign_in::pending;
use vestibule::store::{Db, account};

use crate::support::app::TestApp;
use crate::support::browser::Browser;
use crate::support::operator::{self, hire};
use crate::support::passkey::{SoftKey, options};
use crate::support::patient::{PASSWORD, Patient};
use crate::support::relying_party::follow_to_client;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scene {
    Stranger,
    /// An enrolment that asks for a password, and for a code.
    Choosing,
    Binding,
    Invited,
    Held,
    /// A sign-in by a provider that asks for a code.
    Awaiting,
    /// A patient who is signed in; who is so twice, and who has something to remove.
    Holder,
    Besides,
    WithPasskey,
    WithLink,
    /// By a client, for consent.
    Asked,
    DeskChoosing,
    DeskBinding,
    DeskHeld,
    Operator,
    OperatorWithPasskey,
    WithAlert,
    WithLeak,
}

impl Scene {
    pub fn is_of_the_desk(self) -> bool {
        use Scene::{DeskBinding, DeskChoosing, DeskHeld, Operator, OperatorWithPasskey, WithAlert, WithLeak};
        matches!(
            self,
            DeskChoosing | DeskBinding | DeskHeld | Operator | OperatorWithPasskey | WithAlert | WithLeak
        )
    }
}

pub struct Stage {
    pub browser: Browser,
    /// By its handle, and what else the form says about it; empty if there is none.
    pub object: String,
}

/// A name that no one else has.
fn name(prefix: &str) -> String {
    static NAMES: AtomicU32 = AtomicU32::new(0);
    format!("{prefix}{}", NAMES.fetch_add(1, Ordering::Relaxed))
}

pub async fn set(app: &TestApp, scene: Scene) -> Stage {
    let mut browser = app.browser();
    let mut object = String::new();
    match scene {
        Scene::Stranger => {}
        Scene::Choosing | Scene::Binding => {
            let (patient, code) = app.imported(&name("P-"), &name("")).await;
            let birth_date = patient.birth_date.as_str();
            begin(
                app,
                &mut browser,
                "",
                &[("lab_code", &code), ("birth_date", birth_date)],
            )
            .await;
            if scene == Scene::Binding {
                begin(app, &mut browser, "/password", &[("new_password", PASSWORD)]).await;
            }
        }
        Scene::Invited => {
            let token = PlainToken::generate(TokenKind::Invitation, &*app.core.entropy);
            give_pending(app, &mut browser, &token);
        }
        Scene::Held => {
            let patient = app.patient(&name("P-"), &name("")).await;
            app.require_rotation(&patient).await;
            let page = app.sign_in(&mut browser, &patient).await;
            assert_eq!(page.location(), "/password");
        }
        Scene::Awaiting => await_code(app, &mut browser).await,
        Scene::DeskChoosing | Scene::DeskBinding => {
            let code = operator::add(&app.core, &name("anne"), &[("port", Role::Desk)]).await;
            begin_at(app, &mut browser, "/desk/activate", &[("lab_code", &code)]).await;
            if scene == Scene::DeskBinding {
                let fields = [("new_password", PASSWORD)];
                begin_at(app, &mut browser, "/desk/activate/password", &fields).await;
            }
        }
        Scene::Holder | Scene::Besides | Scene::WithPasskey | Scene::WithLink | Scene::Asked => {
            let patient = app.patient(&name("P-"), &name("")).await;
            app.sign_in(&mut browser, &patient).await;
            object = of_patient(app, scene, &mut browser, &patient).await;
        }
        Scene::DeskHeld | Scene::Operator | Scene::OperatorWithPasskey | Scene::WithAlert | Scene::WithLeak => {
            object = at_desk(app, scene, &mut browser).await
        }
    }
    Stage { browser, object }
}

async fn of_patient(app: &TestApp, scene: Scene, browser: &mut Browser, patient: &Patient) -> String {
    match scene {
        Scene::Besides => {
            let other = app.signed_in(patient).await;
            session(app, patient, &other).await.to_string()
        }
        Scene::WithPasskey => {
            app.add_passkey(browser, patient, "").await;
            passkey(app, patient).await
        }
        Scene::WithLink => link(app, patient).await,
        Scene::Asked => {
            let client = app.relying_party(&name("carnet"), json!({})).await;
            let page = browser.get(&client.url(&[])).await;
            let page = follow_to_client(browser, page).await;
            let field = |name| page.field(name).unwrap_or_else(|| panic!("{page:?}"));
            format!("{} {}", field("request"), field("person"))
        }
        _ => String::new(),
    }
}

async fn at_desk(app: &TestApp, scene: Scene, browser: &mut Browser) -> String {
    let colleague = hire(&app.core, &name("claire"), &[("port", Role::Security)]).await;
    if scene == Scene::DeskHeld {
        app.at_desk(&colleague).await;
        app.advance(Duration::from_secs(90 * 86_400));
        let code = colleague.code(&app.core);
        let page = app
            .desk_attempt(browser, colleague.name.as_str(), PASSWORD, &code)
            .await;
        assert_eq!(page.location(), "/desk/password");
        return String::new();
    }
    *browser = app.at_desk(&colleague).await;
    match scene {
        Scene::WithAlert => {
            let (core, lab) = (&app.core, app.lab());
            let mut tx = core.db.begin().await.unwrap();
            alerts::raise(core, &mut tx, &lab, &Cause::Stuffing, 120).await.unwrap();
            tx.commit().await.unwrap();
            let mut found = crate::alerts::of_kind(core, &lab, Kind::Stuffing).await;
            found.remove(0).id.to_string()
        }
        Scene::WithLeak => {
            let line = name("P-");
            app.draft(&format!("{line};something that leaked\n")).await.to_string()
        }
        Scene::OperatorWithPasskey => {
            app.advance(Duration::from_secs(30));
            let code = colleague.code(&app.core);
            add_desk_passkey(app, browser, &code).await;
            let page = browser.get(&format!("{}/desk/passkeys", app.portal)).await;
            let text = page.text();
            let rest = text.split_once("remove?passkey=").unwrap().1;
            rest.split('"').next().unwrap().to_owned()
        }
        _ => String::new(),
    }
}

async fn add_desk_passkey(app: &TestApp, browser: &mut Browser, code: &str) {
    let mut key = SoftKey::new(&app.portal);
    let fields = [("password", PASSWORD), ("code", code)];
    let page = begin_at(app, browser, "/desk/passkeys/add", &fields).await;
    let page = browser.get(&format!("{}{page}", app.portal)).await;
    let answer = key.create(&options(&page));
    begin_at(app, browser, "/desk/passkeys/new", &[("answer", &answer)]).await;
}

async fn begin(app: &TestApp, browser: &mut Browser, step: &str, fields: &[(&str, &str)]) {
    begin_at(app, browser, &format!("/activate{step}"), fields).await;
}

/// A form that leads on; to where.
async fn begin_at(app: &TestApp, browser: &mut Browser, path: &str, fields: &[(&str, &str)]) -> String {
    let token = super::form_token(app, browser).await;
    let fields = [&[("csrf", token.as_str())], fields].concat();
    let page = browser.post(&format!("{}{path}", app.portal), &fields).await;
    assert_eq!(page.status, 303, "{path}: {page:?}");
    page.location().to_owned()
}

fn give_pending(app: &TestApp, browser: &mut Browser, token: &PlainToken) {
    let cookies = browser.jar.entry("localhost".to_owned()).or_default();
    cookies.insert(
        "__Host-vst_pending".to_owned(),
        tagged(&app.core.keyring, token).to_string(),
    );
}

/// As a provider leaves it that showed one factor.
async fn await_code(app: &TestApp, browser: &mut Browser) {
    let patient = app.patient(&name("P-"), &name("")).await;
    let link: LinkId = link(app, &patient).await.parse().unwrap();
    let (core, lab, now) = (&app.core, app.lab(), app.now());
    let state: Value = json!({
        "stage": "awaiting-code", "provider": "compte", "link": link.as_bytes(), "id_token": "x", "return_to": null,
    });
    let state = serde_json::from_value(state).unwrap();
    let token = PlainToken::generate(TokenKind::Pending, &*core.entropy);
    let (id, until) = (PendingId::generate(&*core.entropy), now.plus(Duration::from_secs(600)));
    let mut tx = core.db.begin().await.unwrap();
    let mut holder = account::locked::lock(&mut tx, &lab, patient.account)
        .await
        .unwrap()
        .unwrap();
    pending::insert(
        &mut holder,
        &core.sealer,
        &pending::NewPending {
            id,
            token: &token.hashed(),
            state: &state,
            created_at: now,
            expires_at: until,
        },
    )
    .await
    .unwrap();
    tx.commit().await.unwrap();
    give_pending(app, browser, &token);
}

/// The session of that browser.
pub async fn session(app: &TestApp, patient: &Patient, browser: &Browser) -> SessionId {
    let cookie = browser.cookie("localhost", "__Host-vst_session").unwrap();
    let token = PlainToken::parse(TokenKind::Session, cookie).unwrap();
    let asked = vestibule::auth::session::Trigger::Refresh;
    let found = vestibule::auth::session::recognise(&app.core, &app.lab(), &token, asked).await;
    let found = found.unwrap().unwrap();
    assert_eq!(found.account, patient.account);
    found.id
}

pub async fn passkey(app: &TestApp, patient: &Patient) -> String {
    let (core, lab) = (&app.core, app.lab());
    let found = vestibule::auth::passkeys::list(core, &lab, patient.account)
        .await
        .unwrap();
    found[0].id.to_string()
}

/// An identity of the provider `compte`, as a linking leaves it.
pub async fn link(app: &TestApp, patient: &Patient) -> String {
    const SQL: &str = "INSERT INTO upstream_links \
         (lab_id, link_id, account_id, upstream_id, identity_index, name, linked_at) \
         VALUES ($1, $2, $3, 'compte', $2, $4, $5)";
    let (core, lab) = (&app.core, app.lab());
    let id = LinkId::generate(&*core.entropy);
    let place = Place {
        lab: &lab,
        column: "upstream_links.name",
        row: id.as_bytes(),
    };
    let name = core.sealer.seal(place, b"Odette").unwrap();
    let Db::Sqlite { writer, .. } = &core.db else {
        panic!("these scenes are set on SQLite");
    };
    sqlx::query(SQL)
        .bind(lab.as_str())
        .bind(id.as_bytes().as_slice())
        .bind(patient.account.as_bytes().as_slice())
        .bind(name)
        .bind(app.now().micros())
        .execute(writer)
        .await
        .unwrap();
    let mut tx = core.db.begin_read().await.unwrap();
    let found = account::provider_links::find(&mut tx, &core.sealer, &lab, patient.account).await;
    tx.commit().await.unwrap();
    assert_eq!(found.unwrap().len(), 1);
    id.to_string()
}
