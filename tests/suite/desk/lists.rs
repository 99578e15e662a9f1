//! A list comes to the desk: uploaded, or from the folder of the server.

use std::fs;

use vestibule::domain::leak::Leak;
use vestibule::domain::leak::LeakState;
use vestibule::domain::operator::Role;
use vestibule::leak::campaign;

use crate::support::app::TestApp;
use crate::support::browser::{Browser, Page};
use crate::support::databases::on_both_databases;
use crate::support::operator::hire;
use crate::support::wait::eventually;

on_both_databases![
    r01_an_upload_is_read_as_it_arrives_and_kept_nowhere,
    a_list_of_the_servers_folder_is_chosen_by_name,
    what_cannot_be_read_is_said_and_leaves_nothing,
];

const SECURITY: &[(&str, Role)] = &[("port", Role::Security)];

async fn send(app: &TestApp, browser: &mut Browser, fields: &[(&str, &str)], list: (&str, &[u8])) -> Page {
    let new = format!("{}/desk/leaks/new", app.portal);
    let csrf = browser.get(&new).await.field("csrf").unwrap();
    let fields = [&[("csrf", csrf.as_str())], fields].concat();
    browser.upload(&new, &fields, list).await
}

async fn leaks(app: &TestApp) -> Vec<Leak> {
    campaign::find(&app.core, &app.lab()).await.unwrap()
}

/// What follows the reading continues in the background.
async fn drafted(app: &TestApp) -> Leak {
    eventually("a list that is read", async || {
        let newest = leaks(app).await.swap_remove(0);
        (newest.state != LeakState::Reading).then_some(newest)
    })
    .await
}

async fn r01_an_upload_is_read_as_it_arrives_and_kept_nowhere(app: TestApp) {
    let claire = hire(&app.core, "claire", SECURITY).await;
    let mut browser = app.at_desk(&claire).await;
    let _patient = app.imported("P-1", "1").await;
    let mut list = String::from("identifiant;motdepasse\r\n");
    for number in 1..=20_000 {
        list.push_str(&format!("P-{number};kanari-{number:x}-entdeckt\r\n"));
    }
    let fields = [
        ("source", "forum <b>"),
        ("aware_at", "2026-01-15T09:30"),
        ("mapping", ""),
    ];
    let page = send(&app, &mut browser, &fields, ("liste.csv", list.as_bytes())).await;
    assert_eq!(page.status, 303, "{page:?}");
    let leak = drafted(&app).await;
    assert_eq!(page.location(), format!("/desk/leaks/{}", leak.id));
    assert_eq!(leak.source, "forum <b>");
    assert_eq!(
        leak.aware_at.to_string(),
        "2026-01-15T08:30:00Z",
        "in the lab's time zone"
    );
    let page = browser.follow(page).await;
    assert!(page.text().contains("forum &#60;b&#62;"), "{page:?}");
    assert!(page.text().contains("<dd>20000</dd>"), "{page:?}");
    let again = send(&app, &mut browser, &fields, ("other-name.csv", list.as_bytes())).await;
    assert_eq!(
        again.location(),
        format!("/desk/leaks/{}", leak.id),
        "the same list is the same leak"
    );
    app.core.db.close().await;
    for entry in fs::read_dir(app.directory.path()).unwrap() {
        let path = entry.unwrap().path();
        let bytes = fs::read(&path).unwrap_or_default();
        for planted in ["kanari", "entdeckt"] {
            let found = bytes.windows(planted.len()).any(|window| window == planted.as_bytes());
            assert!(!found, "{planted} in {}", path.display());
        }
    }
    app.stop().await;
}

async fn a_list_of_the_servers_folder_is_chosen_by_name(mut app: TestApp) {
    let folder = app.directory.path().join("lists");
    fs::create_dir(&folder).unwrap();
    fs::write(folder.join("forum.csv"), "identifiant;motdepasse\nP-1;secret-of-one\n").unwrap();
    let known = folder.clone();
    app.restart_with(|config| config.leak.folder = Some(known)).await;
    let claire = hire(&app.core, "claire", SECURITY).await;
    let mut browser = app.at_desk(&claire).await;
    let form = browser.get(&format!("{}/desk/leaks/new", app.portal)).await;
    assert!(form.text().contains("<option value=\"forum.csv\">"), "{form:?}");
    assert!(!form.text().contains(app.directory.path().to_str().unwrap()));
    for other in ["../keyring.toml", "/etc/passwd", "forum", "lists/forum.csv"] {
        let page = send(&app, &mut browser, &[("source", "x"), ("file", other)], ("", b"")).await;
        assert_eq!(page.status, 422, "{other}");
    }
    let page = send(&app, &mut browser, &[("source", "x"), ("file", "forum.csv")], ("", b"")).await;
    assert_eq!(page.status, 303, "{page:?}");
    assert_eq!(drafted(&app).await.state, LeakState::Drafted);
    app.stop().await;
}

async fn what_cannot_be_read_is_said_and_leaves_nothing(app: TestApp) {
    let claire = hire(&app.core, "claire", SECURITY).await;
    let mut browser = app.at_desk(&claire).await;
    let list: &[u8] = b"identifiant;motdepasse\nP-1;secret-of-one\n";
    let tomorrow = "2126-01-15T09:30";
    for (fields, list) in [
        (&[("source", "")][..], list),
        (&[("source", "x")], b""),
        (&[("source", "x"), ("aware_at", "yesterday")], list),
        (&[("source", "x"), ("aware_at", tomorrow)], list),
        (&[("source", "x"), ("mapping", "nonsense")], list),
        (&[("source", "x")], b"%PDF-1.7\n\0\0\0\x01\x02"),
        (&[("source", "x"), ("unknown", "x")], list),
    ] {
        let page = send(&app, &mut browser, fields, ("list.csv", list)).await;
        assert_eq!(page.status, 422, "{fields:?}: {page:?}");
        assert!(page.element("error").is_some(), "{fields:?}");
    }
    let big = vec![b'x'; 3_000];
    let long = [("source", std::str::from_utf8(&big).unwrap())];
    assert_eq!(send(&app, &mut browser, &long, ("list.csv", list)).await.status, 422);
    assert!(leaks(&app).await.is_empty());
    app.stop().await;
}
