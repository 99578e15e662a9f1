//! every address of the server is classified here, walked without a session, and gives nothing away.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use crate::support::app::TestApp;
use crate::support::browser::Page;
use crate::support::databases::on_both_databases;

on_both_databases![r04_every_route_is_walked_without_a_session];

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Class {
    /// Anyone may read it: it contains nothing personal.
    Public,
    /// Leads to the sign-in.
    Session,
    /// Belongs to a sign-in or enrolment under way; without one it leads back to its beginning.
    Pending,
    /// For clients that prove who they are: refuses everyone else.
    Program,
    /// Asks for an access token, in JSON.
    Token,
    /// On the internal listener only.
    Internal,
}

/// The golden table: a route that is not in it fails the test, and so does a line without a route.
#[expect(clippy::too_many_lines, reason = "a table")]
fn golden() -> BTreeMap<&'static str, Class> {
    use Class::{Internal, Pending, Program, Public, Session, Token};
    BTreeMap::from([
        ("portal /", Public),
        ("portal /login", Public),
        ("portal /login/passkey", Public),
        ("portal /login/passkey/answer", Public),
        ("portal /login/provider", Public),
        ("portal /login/provider/code", Pending),
        ("portal /upstream/callback", Pending),
        ("portal /upstream/jwks", Public),
        ("portal /logout", Public),
        ("portal /activate", Public),
        ("portal /invite", Pending),
        ("portal /activate/password", Pending),
        ("portal /activate/code", Pending),
        ("portal /activate/provider", Pending),
        ("portal /password", Pending),
        ("portal /recover", Public),
        ("portal /account", Session),
        ("portal /account/recovery-codes", Session),
        ("portal /account/stay", Session),
        ("portal /account/passkeys", Session),
        ("portal /account/passkeys/add", Session),
        ("portal /account/passkeys/new", Session),
        ("portal /account/passkeys/remove", Session),
        ("portal /account/links", Session),
        ("portal /account/links/add", Session),
        ("portal /account/links/remove", Session),
        ("portal /account/sessions/end", Session),
        ("portal /account/sessions/end-all", Session),
        ("portal /account/devices/forget", Session),
        ("portal /account/services/end", Session),
        ("portal /static/{name}", Public),
        ("portal /.well-known/security.txt", Public),
        ("portal /.well-known/openid-configuration", Public),
        ("portal /.well-known/oauth-authorization-server", Public),
        ("portal /oauth2/jwks", Public),
        ("portal /oauth2/authorize", Public),
        ("portal /oauth2/authorize/continue", Pending),
        ("portal /oauth2/logout", Public),
        ("portal /oauth2/logout/confirm", Pending),
        ("portal /oauth2/par", Program),
        ("portal /oauth2/token", Program),
        ("portal /oauth2/introspect", Program),
        ("portal /oauth2/revoke", Program),
        ("portal /oauth2/userinfo", Program),
        ("portal /healthz", Public),
        ("portal /readyz", Public),
        ("portal /api/v1/clients", Token),
        ("portal /api/v1/clients/{id}", Token),
        ("portal /api/v1/clients/{id}/rotate", Token),
        ("portal /api/v1/openapi.json", Public),
        ("desk /desk", Session),
        ("desk /desk/login", Public),
        ("desk /desk/login/passkey", Public),
        ("desk /desk/login/passkey/answer", Public),
        ("desk /desk/logout", Public),
        ("desk /desk/activate", Public),
        ("desk /desk/activate/password", Pending),
        ("desk /desk/activate/code", Pending),
        ("desk /desk/password", Pending),
        ("desk /desk/recovery-codes", Session),
        ("desk /desk/stay", Session),
        ("desk /desk/passkeys", Session),
        ("desk /desk/passkeys/add", Session),
        ("desk /desk/passkeys/new", Session),
        ("desk /desk/passkeys/remove", Session),
        ("desk /desk/alerts", Session),
        ("desk /desk/alerts/{id}", Session),
        ("desk /desk/alerts/{id}/take", Session),
        ("desk /desk/alerts/{id}/close", Session),
        ("desk /desk/leaks", Session),
        ("desk /desk/leaks/new", Session),
        ("desk /desk/leaks/{id}", Session),
        ("desk /desk/leaks/{id}/report", Session),
        ("desk /desk/leaks/{id}/report.json", Session),
        ("desk /desk/leaks/{id}/apply", Session),
        ("desk /desk/leaks/{id}/approve", Session),
        ("desk /desk/leaks/{id}/undo", Session),
        ("desk /desk/leaks/{id}/close", Session),
        ("proxy /.vestibule/enter", Public),
        ("proxy /.vestibule/jwks.json", Public),
        ("proxy /.vestibule/static/{name}", Public),
        ("proxy /.vestibule/account", Public),
        ("proxy /.vestibule/login", Public),
        ("internal /forward-auth/{proxy}", Internal),
        ("internal /forward-auth/envoy{target:/.*}", Internal),
        ("internal /healthz", Internal),
        ("internal /readyz", Internal),
        ("internal /metrics", Internal),
        ("internal /gate/{site}/draft", Internal),
    ])
}

/// What the faces register, read from their source: `page!(PATH => …)`, `call!(PATH => …)` and `resource("PATH")`.
fn registered() -> Vec<String> {
    addresses(|_, _| true)
}

/// Those of [`registered`] that take a POST.
pub fn posted() -> Vec<String> {
    addresses(|marker, registration| match marker {
        "page!(" => registration.split_once(')').unwrap().0.contains(','),
        "call!(" => true,
        _ => registration.split(';').next().unwrap().contains("(post()"),
    })
}

/// `wanted` is shown what registers an address, and the text that follows.
fn addresses(wanted: impl Fn(&str, &str) -> bool) -> Vec<String> {
    let faces = [
        ("portal ", "portal/mod.rs"),
        ("desk ", "desk/mod.rs"),
        ("portal ", "idp/mod.rs"),
        ("portal /api", "api/mod.rs"),
        ("proxy /.vestibule", "proxy/service.rs"),
        ("internal ", "internal/mod.rs"),
        ("internal ", "proxy/forward_auth.rs"),
    ];
    let mut routes = Vec::new();
    for (face, file) in faces {
        let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("crates/web/src").join(file);
        let source = fs::read_to_string(source).unwrap();
        for marker in ["page!(", "call!(", "resource("] {
            for (_, rest) in source
                .match_indices(marker)
                .map(|(at, _)| source[at..].split_at(marker.len()))
            {
                let argument = rest.split([')', '=']).next().unwrap().trim();
                match argument {
                    "$path" | "" => {}
                    _ if !wanted(marker, rest) => {}
                    literal if literal.starts_with('"') => routes.push(format!("{face}{}", literal.trim_matches('"'))),
                    constant => routes.push(format!("{face}{}", value_of(constant))),
                }
            }
        }
    }
    routes.sort();
    routes.dedup();
    routes
}

fn value_of(constant: &str) -> &'static str {
    use vestibule::web::entrance::login;
    use vestibule::web::entrance::provider::{callback, jwks};
    use vestibule::web::idp::logout;
    use vestibule::web::pages::{DESK, Door, PORTAL, provider, providers};
    use vestibule::web::portal::{account, invite};
    let of = |door: &'static Door, name: &str| match name {
        "home" => door.home,
        "login" => door.login,
        "logout" => door.logout,
        "activate" => door.activate,
        "activate_password" => door.activate_password,
        "activate_code" => door.activate_code,
        "recovery_codes" => door.recovery_codes,
        "password" => door.password,
        "stay" => door.stay,
        "passkey" => door.passkey,
        "passkey_answer" => door.passkey_answer,
        "passkeys" => door.passkeys,
        "passkeys_add" => door.passkeys_add,
        "passkeys_new" => door.passkeys_new,
        "passkeys_remove" => door.passkeys_remove,
        other => panic!("a route is registered under an address that this test does not know: {other}"),
    };
    match constant.split_once(['.', ':']) {
        Some(("PORTAL", name)) => of(&PORTAL, name),
        Some(("DESK", name)) => of(&DESK, name),
        _ => match constant {
            "invite::PATH" => invite::PATH,
            "CONTINUE" => login::CONTINUE,
            "logout::CONFIRM" => logout::CONFIRM,
            "BEGIN" => provider::BEGIN,
            "CODE" => provider::CODE,
            "ENROL" => provider::ENROL,
            "provider::callback::PATH" => callback::PATH,
            "provider::jwks::PATH" => jwks::PATH,
            "LIST" => providers::LIST,
            "LINK" => providers::LINK,
            "UNLINK" => providers::UNLINK,
            "account::END_ONE" => account::END_ONE,
            "account::FORGET_DEVICE" => account::FORGET_DEVICE,
            "account::END_SERVICE" => account::END_SERVICE,
            "account::END_ALL" => account::END_ALL,
            other => panic!("a route is registered under a constant that this test does not know: {other}"),
        },
    }
}

#[test]
fn every_route_is_classified() {
    let golden: Vec<String> = golden().keys().map(ToString::to_string).collect();
    assert_eq!(registered(), golden);
}

/// The answer to a request that has nothing to show.
fn assert_refused(class: Class, page: &Page, asked: &str) {
    let status = page.status;
    match class {
        Class::Program | Class::Token => {
            let kind = if class == Class::Token {
                "application/problem+json"
            } else {
                "application/json"
            };
            let refused = status == 401 && page.header("content-type") == Some(kind);
            assert!(refused || status == 405, "{asked}: {page:?}");
            let has_cookie = page.header("set-cookie").is_some();
            assert!(!refused || !has_cookie, "{asked}: no browser calls it");
        }
        Class::Session => {
            let sign_in = if asked.contains(" desk ") {
                "/desk/login"
            } else {
                "/login"
            };
            let led_to_sign_in = status == 303 && page.location() == sign_in;
            assert!(led_to_sign_in || status == 405, "{asked}: {status}");
        }
        Class::Public | Class::Pending | Class::Internal => {}
    }
}

async fn r04_every_route_is_walked_without_a_session(app: TestApp) {
    let patient = app.patient("P-102477", "102477").await;
    for (route, class) in golden() {
        let (face, path) = route.split_once(' ').unwrap();
        let path = path.replace("{name}", "anything").replace("{id}", "1");
        let base = if face == "proxy" { &app.site } else { &app.portal };
        if class == Class::Internal {
            for public in [&app.portal, &app.site] {
                let page = app.browser().get(&format!("{public}{path}")).await;
                let is_probe = ["/healthz", "/readyz"].contains(&path.as_str());
                assert!(!page.status.is_success() || is_probe, "{route} answers on {public}");
            }
            continue;
        }
        for method in ["GET", "POST"] {
            let mut browser = app.browser();
            let url = format!("{base}{path}");
            let page = match method {
                "GET" => browser.get(&url).await,
                _ => browser.post(&url, &[("session", "x")]).await,
            };
            let text = page.text();
            for private in ["Odette", "Lemaître", "P-102477", &patient.record, "odette@example.org"] {
                assert!(!text.contains(private), "{method} {route} tells {private}");
            }
            assert_refused(class, &page, &format!("{method} {route}"));
        }
    }
    for path in [
        "/dossiers/102477/sommaire",
        "/dossiers/102477/compte-rendu.pdf",
        "/entetes",
        "/nowhere",
    ] {
        let page = app.browser().get(&format!("{}{path}", app.site)).await;
        assert_eq!(page.status, 303, "{path}");
        assert!(page.body.is_empty(), "{path} sends a body");
    }
    assert_eq!(
        app.browser().get(&format!("{}/aide.html", app.site)).await.status,
        200,
        "public means public"
    );
    app.stop().await;
}
