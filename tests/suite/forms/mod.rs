//! What is posted. Every address that takes a POST is classified here: a form of ours, or what others send. Each form
//! is sent as a stranger's page would have it sent, and answers as if nothing had been.

mod cookies;
mod objects;
mod scenes;

use std::collections::BTreeMap;

use vestibule::store::audit;

use crate::routes;
use crate::support::app::{TestApp, Wish};
use crate::support::browser::{Browser, Page};
use crate::support::oathtool;
use scenes::{Scene, Stage};

/// The answer to a form that is not ours: a page that can be sent again, or the way to one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stale {
    Page(u16),
    To(&'static str),
}

const FORBIDDEN: Stale = Stale::Page(403);

#[derive(Clone, Copy, Debug)]
enum Post {
    /// Ours. With its token the answer differs from [`Stale`], or it is recorded in the trail.
    Form(Scene, &'static [(&'static str, &'static str)], Stale),
    /// Of a client or another program; what proves it is in it, and other tests hold that.
    Foreign,
}

/// The golden table. In the fields, `$` is an object of the scene, and `%` what a form says of it.
#[expect(clippy::too_many_lines, reason = "a table")]
fn golden() -> BTreeMap<&'static str, Post> {
    use Post::{Foreign, Form};
    use Scene::{
        Awaiting, Besides, Binding, Choosing, DeskBinding, DeskChoosing, DeskHeld, Held, Holder, Invited, Operator,
        Stranger, WithAlert, WithLeak, WithLink, WithPasskey,
    };
    use Stale::{Page, To};
    const NAMED: &[(&str, &str)] = &[("identifier", "P-1"), ("password", "x"), ("code", "000000")];
    const AGAIN: &[(&str, &str)] = &[("password", "x"), ("code", "000000")];
    const CODE: &[(&str, &str)] = &[("code", "000000")];
    BTreeMap::from([
        ("portal /login", Form(Stranger, NAMED, FORBIDDEN)),
        ("portal /login/passkey", Form(Stranger, &[], FORBIDDEN)),
        ("portal /login/passkey/answer", Form(Stranger, &[], FORBIDDEN)),
        (
            "portal /login/provider",
            Form(Stranger, &[("provider", "nobody")], FORBIDDEN),
        ),
        ("portal /login/provider/code", Form(Awaiting, CODE, FORBIDDEN)),
        ("portal /logout", Form(Holder, &[], To("/account"))),
        ("portal /activate", Form(Stranger, &[("lab_code", "x")], FORBIDDEN)),
        (
            "portal /activate/password",
            Form(Choosing, &[("new_password", "x")], FORBIDDEN),
        ),
        ("portal /activate/code", Form(Binding, CODE, FORBIDDEN)),
        (
            "portal /activate/provider",
            Form(Choosing, &[("provider", "nobody")], To("/activate")),
        ),
        ("portal /invite", Form(Invited, &[("birth_date", "x")], FORBIDDEN)),
        ("portal /account/recovery-codes", Form(Holder, &[], To("/account"))),
        ("portal /password", Form(Held, &[("new_password", "x")], FORBIDDEN)),
        ("portal /recover", Form(Stranger, NAMED, FORBIDDEN)),
        ("portal /account/stay", Form(Holder, &[], To("/account"))),
        ("portal /account/passkeys/add", Form(Holder, AGAIN, FORBIDDEN)),
        ("portal /account/passkeys/new", Form(Holder, &[], FORBIDDEN)),
        (
            "portal /account/passkeys/remove",
            Form(WithPasskey, &[("passkey", "$"), ("password", "x")], FORBIDDEN),
        ),
        (
            "portal /account/links/add",
            Form(Holder, &[("provider", "compte"), ("password", "x")], FORBIDDEN),
        ),
        (
            "portal /account/links/remove",
            Form(WithLink, &[("link", "$"), ("password", "x")], FORBIDDEN),
        ),
        (
            "portal /account/sessions/end",
            Form(Besides, &[("session", "$")], To("/account")),
        ),
        ("portal /account/sessions/end-all", Form(Holder, &[], To("/account"))),
        (
            "portal /account/devices/forget",
            Form(Holder, &[("device", "none at all")], To("/account")),
        ),
        (
            "portal /account/services/end",
            Form(Holder, &[("service", "")], To("/account")),
        ),
        ("portal /oauth2/authorize", Foreign),
        (
            "portal /oauth2/authorize/continue",
            Form(
                Scene::Asked,
                &[("request", "$"), ("person", "%"), ("decision", "deny")],
                Page(200),
            ),
        ),
        ("portal /oauth2/logout", Foreign),
        ("portal /oauth2/logout/confirm", Form(Holder, &[], To("/account"))),
        ("portal /oauth2/par", Foreign),
        ("portal /oauth2/token", Foreign),
        ("portal /oauth2/introspect", Foreign),
        ("portal /oauth2/revoke", Foreign),
        ("portal /oauth2/userinfo", Foreign),
        ("portal /api/v1/clients", Foreign),
        ("portal /api/v1/clients/{id}/rotate", Foreign),
        ("desk /desk/login", Form(Stranger, NAMED, FORBIDDEN)),
        ("desk /desk/login/passkey", Form(Stranger, &[], FORBIDDEN)),
        ("desk /desk/login/passkey/answer", Form(Stranger, &[], FORBIDDEN)),
        ("desk /desk/logout", Form(Operator, &[], To("/desk"))),
        ("desk /desk/activate", Form(Stranger, &[("lab_code", "x")], FORBIDDEN)),
        (
            "desk /desk/activate/password",
            Form(DeskChoosing, &[("new_password", "x")], FORBIDDEN),
        ),
        ("desk /desk/activate/code", Form(DeskBinding, CODE, FORBIDDEN)),
        (
            "desk /desk/password",
            Form(DeskHeld, &[("new_password", "x")], FORBIDDEN),
        ),
        ("desk /desk/recovery-codes", Form(Operator, &[], To("/desk"))),
        ("desk /desk/stay", Form(Operator, &[], To("/desk"))),
        ("desk /desk/passkeys/add", Form(Operator, AGAIN, FORBIDDEN)),
        ("desk /desk/passkeys/new", Form(Operator, &[], FORBIDDEN)),
        (
            "desk /desk/passkeys/remove",
            Form(Scene::OperatorWithPasskey, &[("passkey", "$")], FORBIDDEN),
        ),
        ("desk /desk/alerts/{id}/take", Form(WithAlert, &[], FORBIDDEN)),
        (
            "desk /desk/alerts/{id}/close",
            Form(WithAlert, &[("note", "x")], FORBIDDEN),
        ),
        ("desk /desk/leaks/new", Form(Operator, &[("source", "")], FORBIDDEN)),
        ("desk /desk/leaks/{id}/apply", Form(WithLeak, &[], FORBIDDEN)),
        ("desk /desk/leaks/{id}/approve", Form(WithLeak, &[], FORBIDDEN)),
        ("desk /desk/leaks/{id}/undo", Form(WithLeak, CODE, FORBIDDEN)),
        ("desk /desk/leaks/{id}/close", Form(WithLeak, CODE, FORBIDDEN)),
    ])
}

#[test]
fn every_post_is_classified() {
    let golden: Vec<String> = golden().keys().map(ToString::to_string).collect();
    assert_eq!(routes::posted(), golden);
}

async fn app() -> Option<TestApp> {
    if !oathtool::present() {
        return None;
    }
    let provider = crate::provider::stand::entry("https://provider.example", "");
    let app = TestApp::wishing(Wish {
        lab_keys: provider,
        extra: "[throttle]\nnetwork_per_minute = 60000\nnetwork_burst = 60000\n".to_owned(),
        ..Wish::default()
    })
    .await;
    Some(app)
}

/// Entries of the lab's trail and of the operators'.
async fn recorded(app: &TestApp) -> usize {
    let mut tx = app.core.db.begin_read().await.unwrap();
    let mut count = 0;
    for realm in [app.lab(), vestibule::kernel::ids::LabId::operators()] {
        count += audit::find_newest(&mut tx, &realm, 10_000).await.unwrap().len();
    }
    tx.commit().await.unwrap();
    count
}

/// The token of a form that this browser was given.
async fn form_token(app: &TestApp, browser: &mut Browser) -> String {
    let page = browser.get(&format!("{}/recover", app.portal)).await;
    page.field("csrf").unwrap_or_else(|| panic!("{page:?}"))
}

fn answer(page: &Page) -> (u16, Option<&str>) {
    (page.status.as_u16(), page.header("location"))
}

/// One row of the table.
struct Sent {
    url: String,
    fields: Vec<(String, String)>,
    is_upload: bool,
}

impl Sent {
    async fn send(&self, browser: &mut Browser, token: Option<&str>, header: Option<(&str, &str)>) -> Page {
        let mut fields: Vec<(&str, &str)> = token.iter().map(|token| ("csrf", *token)).collect();
        fields.extend(self.fields.iter().map(|(name, value)| (name.as_str(), value.as_str())));
        let header = header.map(|(name, value)| (name.to_owned(), value.to_owned()));
        browser.headers.extend(header);
        let page = match self.is_upload {
            true => browser.upload(&self.url, &fields, ("list.csv", b"a;b\n")).await,
            false => browser.post(&self.url, &fields).await,
        };
        browser.headers.clear();
        page
    }
}

async fn hold(app: &TestApp, route: &str, scene: Stage, fields: &[(&str, &str)], stale: Stale) {
    let Stage { mut browser, object } = scene;
    let (_, path) = route.split_once(' ').unwrap();
    let (object, besides) = object.split_once(' ').unwrap_or((&object, ""));
    let value = |value: &str| value.replace('$', object).replace('%', besides);
    let sent = Sent {
        url: format!("{}{}", app.portal, path.replace("{id}", object)),
        fields: fields
            .iter()
            .map(|(name, text)| ((*name).to_owned(), value(text)))
            .collect(),
        is_upload: path == "/desk/leaks/new",
    };
    let stale = match stale {
        Stale::Page(status) => (status, None),
        Stale::To(place) => (303, Some(place)),
    };
    let ours = form_token(app, &mut browser).await;
    let anothers = form_token(app, &mut app.browser()).await;
    let before = recorded(app).await;
    for (what, token, header) in [
        ("without a token", None, None),
        ("with another browser's", Some(&anothers), None),
        ("from another site", Some(&ours), Some(("Sec-Fetch-Site", "cross-site"))),
        (
            "from a neighbour's page",
            Some(&ours),
            Some(("Sec-Fetch-Site", "same-site")),
        ),
        (
            "from another origin",
            Some(&ours),
            Some(("Origin", "https://evil.example")),
        ),
        ("from nowhere", Some(&ours), Some(("Origin", "null"))),
    ] {
        let page = sent.send(&mut browser, token.map(String::as_str), header).await;
        assert_eq!(answer(&page), stale, "{route} {what}: {page:?}");
        assert_eq!(recorded(app).await, before, "{route} {what} stands in the trail");
    }
    let page = sent
        .send(&mut browser, Some(&ours), Some(("Sec-Fetch-Site", "same-origin")))
        .await;
    assert!(page.status.as_u16() < 500 && page.status != 429, "{route}: {page:?}");
    let acted = answer(&page) != stale || recorded(app).await > before;
    assert!(acted, "{route}: with its token the form is no other: {page:?}");
}

/// Every row of the table whose scene is one of these.
async fn walk(app: &TestApp, wanted: impl Fn(Scene) -> bool) {
    for (route, post) in golden() {
        if let Post::Form(scene, fields, stale) = post
            && wanted(scene)
        {
            let stage = scenes::set(app, scene).await;
            hold(app, route, stage, fields, stale).await;
        }
    }
}

#[actix_web::test]
async fn no_form_of_a_patient_serves_without_its_token() {
    let Some(app) = app().await else { return };
    walk(&app, |scene| !scene.is_of_the_desk()).await;
    app.stop().await;
}

#[actix_web::test]
async fn no_form_of_the_desk_serves_without_its_token() {
    let Some(mut app) = app().await else { return };
    app.restart_with(|config| config.operator.password_days = Some(90))
        .await;
    walk(&app, Scene::is_of_the_desk).await;
    app.stop().await;
}
