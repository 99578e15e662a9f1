//! What the corpus does to new passwords and to sign-ins, on a whole server.

use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use vestibule::server;
use vestibule::service::Core;
use vestibule::service::known_passwords::KnownPasswords;

use crate::support::app::{TestApp, Wish};
use crate::support::oathtool;
use crate::support::patient::PASSWORD;

const RARE: &str = "trois tortues sous la pluie";
const OWN: &str = "sept cigognes rangent le grenier";

/// `words`, each seen that often.
fn build(out: &Path, words: &[&str], count: u32) {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("words"), words.join("\n")).unwrap();
    let (out, count) = (out.to_str().unwrap(), count.to_string());
    let build = ["corpus", "build", "words", "--words", "--out", out, "--count", &count];
    let ran = crate::support::command::vestibule(folder.path(), &build);
    assert_eq!(ran.code, 0, "{}", ran.err);
}

async fn with_corpus(words: &[&str], count: u32) -> (TestApp, tempfile::TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("corpus");
    build(&file, words, count);
    let extra = format!("[corpus]\nfile = \"{}\"", file.display());
    let wish = Wish {
        extra,
        ..Wish::default()
    };
    (TestApp::wishing(wish).await, folder)
}

#[actix_web::test]
async fn r11_a_new_password_of_the_corpus_is_refused_however_rare() {
    if !oathtool::present() {
        return;
    }
    let (app, _folder) = with_corpus(&[RARE], 1).await;
    let (patient, lab_code) = app.imported("P-1", "1").await;
    let mut browser = app.browser();
    let start = browser.get(&format!("{}/activate", app.portal)).await;
    let csrf = start.field("csrf").unwrap();
    let fields = [
        ("lab_code", lab_code.as_str()),
        ("birth_date", &patient.birth_date),
        ("csrf", &csrf),
    ];
    browser.post(&format!("{}/activate", app.portal), &fields).await;
    let password = format!("{}/activate/password", app.portal);
    for (typed, status) in [(RARE, 422), (OWN, 303)] {
        let page = browser
            .post(&password, &[("new_password", typed), ("csrf", &csrf)])
            .await;
        assert_eq!(page.status, status, "{typed}: {}", page.text());
    }
    app.stop().await;
}

#[actix_web::test]
async fn a_sign_in_with_a_widely_known_password_is_held_and_goes_on_after_a_new_one() {
    if !oathtool::present() {
        return;
    }
    let (app, folder) = with_corpus(&["azertyuiop"], 10).await;
    let file = folder.path().join("corpus");
    let mut patient = app.patient("P-1", "1").await;
    // The lists grow: now the patient's password is on one, though rarely.
    build(&file, &[PASSWORD, RARE], 9);
    app.core.known_passwords.reload();
    let mut browser = app.browser();
    let page = app.sign_in(&mut browser, &patient).await;
    assert_eq!(page.location(), "/account", "seen nine times: not held");
    app.advance(Duration::from_secs(30));
    build(&file, &[PASSWORD, RARE], 10);
    app.core.known_passwords.reload();

    let mut browser = app.browser();
    let held = app.sign_in(&mut browser, &patient).await;
    assert_eq!(held.location(), "/password");
    let page = browser.follow(held).await;
    let said = page.element("held").unwrap();
    assert!(said.contains("forcément") || said.contains("necessarily"), "{said}");
    assert_eq!(
        browser.get(&format!("{}/account", app.portal)).await.location(),
        "/login"
    );
    let csrf = page.field("csrf").unwrap();
    let password = format!("{}/password", app.portal);
    let refused = browser
        .post(&password, &[("new_password", RARE), ("csrf", &csrf)])
        .await;
    assert_eq!(refused.status, 422);
    assert_eq!(refused.element("held").unwrap(), said, "the same reason is told");
    let done = browser.post(&password, &[("new_password", OWN), ("csrf", &csrf)]).await;
    assert_eq!(done.status, 303, "{}", done.text());
    assert_eq!(browser.follow(done).await.status, 200);

    patient.password = OWN.to_owned();
    app.advance(Duration::from_secs(30));
    let page = app.sign_in(&mut app.browser(), &patient).await;
    assert_eq!(page.location(), "/account");
    app.stop().await;
}

#[actix_web::test]
async fn a_broken_replacement_is_not_taken_up() {
    let (app, folder) = with_corpus(&[RARE], 10).await;
    let file = folder.path().join("corpus");
    let known = &app.core.known_passwords;
    let is_known = async |word: &str| known.lookup(word).await.unwrap().is_some();
    assert!(is_known(RARE).await && !is_known(OWN).await);
    let replace = |bytes: &[u8]| {
        fs::write(folder.path().join("new"), bytes).unwrap();
        fs::rename(folder.path().join("new"), &file).unwrap();
        known.reload();
    };
    let whole = fs::read(&file).unwrap();
    let mut damaged = whole.clone();
    damaged[4097] ^= 1;
    for broken in [&b"no corpus"[..], &whole[..whole.len() - 1], &damaged] {
        replace(broken);
        assert!(is_known(RARE).await, "the earlier one stays");
    }
    fs::remove_file(&file).unwrap();
    known.reload();
    assert!(is_known(RARE).await);
    build(&file, &[OWN], 10);
    known.reload();
    assert!(is_known(OWN).await && !is_known(RARE).await);
    app.stop().await;
}

#[actix_web::test]
async fn a_server_with_a_wrong_corpus_does_not_start() {
    let (app, folder) = with_corpus(&[RARE], 10).await;
    let file = folder.path().join("corpus");
    let whole = fs::read(&file).unwrap();
    // Never the file in use: that one is mapped.
    let broken = folder.path().join("broken");
    let mut newer = whole.clone();
    newer[8] = 2;
    for (bytes, said) in [
        (&b"azertyuiop\n"[..], "not a corpus"),
        (&whole[..whole.len() - 1], "cut short"),
        (&newer, "newer"),
    ] {
        fs::write(&broken, bytes).unwrap();
        let core = Core {
            known_passwords: Arc::new(KnownPasswords::of(Some(broken.clone()))),
            ..app.core.clone()
        };
        let error = server::start(core).unwrap_err();
        let problem = error.problem().to_string();
        assert!(problem.contains("[corpus] file") && problem.contains(said), "{problem}");
    }
    app.stop().await;
}
