//! Debian's Apache with mod_auth_openidc: in front of pages, and in front of an API that asks about tokens.

use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::{Value, json};
use tempfile::TempDir;
use url::form_urlencoded::byte_serialize;

use super::program::{Program, folder};
use super::stand::{SCOPE, Stand};
use super::walk::{said, until};
use crate::support::app::free_port;
use crate::support::browser::Browser;
use crate::support::relying_party::RelyingParty;
use crate::support::{oathtool, programs};

const MODULE: &str = "/usr/lib/apache2/modules/mod_auth_openidc.so";

/// None, said aloud, where it is not installed.
fn apache() -> Option<PathBuf> {
    let program = programs::find("apache2", &["/usr/sbin".into()]);
    let program = program.filter(|_| Path::new(MODULE).exists());
    if program.is_none() {
        programs::missing(
            "Apache with mod_auth_openidc",
            "apache2-bin libapache2-mod-auth-openidc",
        );
    }
    program
}

/// Its processes may be another user's, so the folder is open to read.
fn pages(stand: &Stand) -> TempDir {
    let open = std::fs::Permissions::from_mode(0o755);
    let folder = tempfile::Builder::new().permissions(open).tempdir().unwrap();
    for name in ["ca.pem", "certificate.pem", "key.pem"] {
        std::fs::copy(stand.app.directory.path().join(name), folder.path().join(name)).unwrap();
    }
    for (name, text) in [("private", "of the patient"), ("api", "of the program")] {
        let pages = folder.path().join("pages").join(name);
        std::fs::create_dir_all(&pages).unwrap();
        std::fs::write(pages.join("index.html"), text).unwrap();
    }
    std::fs::write(folder.path().join("pages/signed-out"), "signed out").unwrap();
    folder
}

async fn start(apache: &Path, stand: &Stand, client: &RelyingParty, port: u16, files: &TempDir) -> Program {
    let mut command = Command::new(apache);
    command
        .arg("-f")
        .arg(folder("apache").join("httpd.conf"))
        .args(["-D", "FOREGROUND"]);
    let port_text = port.to_string();
    let environment = [
        ("FOLDER", files.path().to_str().unwrap()),
        ("PORT", &port_text),
        ("ISSUER", &stand.app.portal),
        ("CLIENT_ID", &client.id),
        ("CLIENT_SECRET", &client.secret),
        ("SCOPE", SCOPE),
    ];
    Program::start(command, &environment, port, files.path().join("error.log")).await
}

/// It refuses requests that do not want pages, instead of sending them to sign in.
fn person(stand: &Stand) -> Browser {
    let mut browser = stand.app.browser();
    browser
        .headers
        .push(("accept".to_owned(), "text/html,*/*;q=0.8".to_owned()));
    browser
}

/// What it knows of the one who is signed in.
async fn known(browser: &mut Browser, program: &Program) -> Value {
    said(&browser.get(&program.page("/private/callback?info=json")).await)
}

async fn api(browser: &mut Browser, program: &Program, token: &Value) -> u16 {
    let bearer = format!("Bearer {}", token.as_str().unwrap());
    browser.headers.push(("authorization".to_owned(), bearer));
    let page = browser.get(&program.page("/api/")).await;
    browser.headers.pop();
    page.status.as_u16()
}

#[actix_web::test]
async fn it_goes_the_whole_way() {
    let Some(apache) = apache() else { return };
    if !oathtool::present() {
        return;
    }
    let (stand, port) = (Stand::with_patients(2).await, free_port());
    let callback = format!("https://localhost:{port}/private/callback");
    let policy = json!({
        "redirect_uris": [callback],
        "backchannel_logout_uri": format!("{callback}?logout=backchannel"),
    });
    let client = stand.client("apache", port, &policy).await;
    let files = pages(&stand);
    let program = start(&apache, &stand, &client, port, &files).await;
    until_signed_out_elsewhere(&stand, &program).await;
    until_signed_out_from_here(&stand, &program).await;
    drop(program);
    stand.app.stop().await;
}

async fn until_signed_out_elsewhere(stand: &Stand, program: &Program) {
    let mut browser = person(stand);
    let page = stand.sign_in(&mut browser, 0, &program.page("/private/")).await;
    assert_eq!(page.text(), "of the patient", "{}", program.log());
    let first = known(&mut browser, program).await;
    assert_eq!(first["id_token"]["iss"], stand.app.portal);
    assert_eq!(first["userinfo"]["sub"], first["id_token"]["sub"]);
    assert_eq!(first["userinfo"]["email"], "odette@example.org");
    assert_eq!(api(&mut browser, program, &first["access_token"]).await, 200);

    let back: String = byte_serialize(program.page("/private/").as_bytes()).collect();
    let refresh = format!(
        "/private/callback?refresh={back}&access_token={}",
        first["access_token"].as_str().unwrap()
    );
    let page = browser.visit(&program.page(&refresh)).await;
    assert_eq!(
        (page.url.query(), page.text().as_str()),
        (None, "of the patient"),
        "{}",
        program.log()
    );
    let second = known(&mut browser, program).await;
    assert_ne!(second["access_token"], first["access_token"]);
    assert_ne!(second["refresh_token"], first["refresh_token"]);
    assert_eq!(api(&mut browser, program, &second["access_token"]).await, 200);

    stand.sign_out_at_the_portal(&mut browser).await;
    until("told of the sign-out", program, async || {
        browser.get(&program.page("/private/")).await.status.is_redirection()
    })
    .await;
    assert_eq!(api(&mut browser, program, &second["access_token"]).await, 401);
}

async fn until_signed_out_from_here(stand: &Stand, program: &Program) {
    let mut browser = person(stand);
    let page = stand.sign_in(&mut browser, 1, &program.page("/private/")).await;
    assert_eq!(page.text(), "of the patient", "{}", program.log());
    let token = known(&mut browser, program).await["access_token"].clone();
    let back: String = byte_serialize(program.page("/signed-out").as_bytes()).collect();
    let logout = program.page(&format!("/private/callback?logout={back}"));
    let page = stand.sign_in(&mut browser, 1, &logout).await;
    assert_eq!(page.text(), "signed out", "{}", program.log());
    assert!(!stand.is_signed_in_at_the_portal(&mut browser).await);
    // It gives its tokens back by itself.
    assert_eq!(api(&mut browser, program, &token).await, 401);
}
