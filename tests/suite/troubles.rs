//! What goes wrong around us: a full disk, a locked database, a dead LIS. A clear page, nothing lost, and back to work
//! as soon as it is over.

use std::time::Duration;

use vestibule::store::Db;

use crate::support::app::{TestApp, Wish};
use crate::support::log;
use crate::support::oathtool;
use crate::support::wait::eventually;

#[actix_web::test]
async fn a_full_disk_loses_nothing_and_is_over_when_it_is_over() {
    if !oathtool::present() {
        return;
    }
    let app = TestApp::start().await;
    let patient = app.patient("P-1", "1").await;
    let Db::Sqlite { writer, .. } = &app.core.db else {
        panic!("this test is about SQLite")
    };
    let pages: i64 = sqlx::query_scalar("PRAGMA page_count").fetch_one(writer).await.unwrap();
    let full = sqlx::AssertSqlSafe(format!("PRAGMA max_page_count = {pages}"));
    sqlx::query(full).execute(writer).await.unwrap();
    let mut browser = app.browser();
    let mut refused = 0;
    for n in 0..200 {
        let page = app
            .attempt(
                &mut browser,
                &format!("P-unknown-{n}-{}", "x".repeat(200)),
                "x",
                "000000",
            )
            .await;
        if page.status == 500 {
            assert!(
                page.element("error").is_some() && !page.text().contains("full"),
                "{}",
                page.text()
            );
            refused += 1;
            break;
        }
    }
    assert_eq!(refused, 1, "the disk was never full");
    app.sign_in(&mut browser, &patient).await;
    assert_eq!(browser.get(&format!("{}/account", app.portal)).await.status, 200);
    app.stop().await;
}

#[actix_web::test]
async fn a_locked_database_is_said_to_be_busy_and_the_attempt_does_not_count() {
    if !oathtool::present() {
        return;
    }
    let app = TestApp::start().await;
    let patient = app.patient("P-1", "1").await;
    let file = app.directory.path().join("vestibule.db");
    let other = Db::open(&format!("sqlite:{}", file.display()), 1).await.unwrap();
    let lock = other.begin().await.unwrap();
    let mut browser = app.browser();
    let page = app
        .attempt(
            &mut browser,
            &patient.identifier,
            &patient.password,
            &app.code(&patient),
        )
        .await;
    assert_eq!(page.status, 503);
    assert!(page.header("retry-after").is_some());
    drop(lock);
    tokio::time::sleep(Duration::from_millis(200)).await;
    app.sign_in(&mut browser, &patient).await;
    app.stop().await;
}

#[actix_web::test]
async fn a_dead_lis_is_a_page_in_plain_words() {
    if !oathtool::present() {
        return;
    }
    let wish = Wish {
        upstream: Some("http://127.0.0.1:9".to_owned()),
        ..Wish::default()
    };
    let app = TestApp::wishing(wish).await;
    let page = app.browser().get(&format!("{}/aide.html", app.site)).await;
    assert_eq!(page.status, 502);
    assert!(page.element("error").is_some());
    assert_eq!(
        app.metric("vestibule_gate_requests_total{result=\"upstream_failed\"}")
            .await,
        1.0
    );
    app.stop().await;
}

/// The paths of a LIS name records and people. Whatever becomes of a request there, no log does.
#[actix_web::test]
async fn r01_neither_path_nor_query_of_a_site_is_logged() {
    if !oathtool::present() {
        return;
    }
    log::keep();
    let app = TestApp::wishing(Wish {
        upstream: Some("http://127.0.0.1:9".to_owned()),
        site_keys: "mode = \"learn\"".to_owned(),
        ..Wish::default()
    })
    .await;
    let patient = app.patient("P-1", "7712345").await;
    let mut browser = app.browser();
    let url = |path: &str| format!("{}{path}?nom=Kerguelen-7712345", app.site);
    let record = url("/dossiers/7712345/sommaire");
    browser.visit(&record).await;
    app.sign_in(&mut browser, &patient).await;
    assert_eq!(browser.visit(&record).await.status, 502);
    for (path, status) in [
        ("/dossiers/7712346/sommaire", 403),
        ("/dossiers/7712345%2f..%2f7712346/sommaire", 400),
        ("/dossiers-7712345", 502),
    ] {
        assert_eq!(browser.get(&url(path)).await.status, status, "{path}");
    }
    let (Db::Sqlite { writer, .. }, mut stranger) = (&app.core.db, app.browser()) else {
        panic!("this test is about SQLite")
    };
    let unknown = format!("vst_w_{}", "A".repeat(43));
    let cookies = stranger.jar.entry("results.localhost".to_owned()).or_default();
    cookies.insert("__Host-vst_site".to_owned(), unknown);
    let rename = "ALTER TABLE site_sessions RENAME TO lost";
    sqlx::query(rename).execute(writer).await.unwrap();
    let page = stranger.get(&record).await;
    assert_eq!(page.status, 500);
    let text = page.text();
    let reference = text.split_once("<code>").unwrap().1.split_once('<').unwrap().0;
    let lines = log::lines();
    for said in [reference, "the LIS cannot be reached", "learn mode"] {
        assert!(lines.iter().any(|line| line.contains(said)), "{said}");
    }
    for private in ["7712345", "7712346", "Kerguelen", "sommaire"] {
        let told: Vec<_> = lines.iter().filter(|line| line.contains(private)).collect();
        assert!(told.is_empty(), "{private}: {told:?}");
    }
    app.stop().await;
}

#[actix_web::test]
async fn learn_mode_lets_the_signed_in_through_and_drafts_the_rule() {
    if !oathtool::present() {
        return;
    }
    let wish = Wish {
        site_keys: "mode = \"learn\"".to_owned(),
        ..Wish::default()
    };
    let app = TestApp::wishing(wish).await;
    let patient = app.patient("P-1", "102477").await;
    let mut browser = app.browser();
    let unmapped = format!("{}/recherche", app.site);
    assert_eq!(
        browser.get(&unmapped).await.status,
        303,
        "learning is no reason to let strangers in"
    );
    app.sign_in(&mut browser, &patient).await;
    assert_eq!(browser.visit(&unmapped).await.status, 200);
    assert_eq!(
        browser
            .get(&format!("{}/dossiers/102478/sommaire", app.site))
            .await
            .status,
        403
    );
    let mut draft = awc::Client::new()
        .get(format!("{}/gate/results/draft", app.internal()))
        .send()
        .await
        .unwrap();
    let draft = String::from_utf8(draft.body().await.unwrap().to_vec()).unwrap();
    assert!(draft.contains("url = \"/recherche\""), "{draft}");
    app.stop().await;
}

#[actix_web::test]
async fn r16_a_cheaper_hash_is_raised_at_the_next_sign_in() {
    if !oathtool::present() {
        return;
    }
    let mut app = TestApp::start().await;
    let patient = app.patient("P-1", "1").await;
    app.restart_with(|config| config.password.memory_kib = 16_384).await;
    app.sign_in(&mut app.browser(), &patient).await;
    let stored = async || {
        let mut tx = app.core.db.begin_read().await.unwrap();
        let hash = vestibule::store::account::passwords::lookup(&mut tx, &app.lab(), patient.account)
            .await
            .unwrap();
        tx.commit().await.unwrap();
        hash.unwrap().as_str().to_owned()
    };
    eventually("a dearer hash", async || {
        stored().await.contains("m=16384").then_some(())
    })
    .await;
    app.advance(Duration::from_secs(30));
    app.sign_in(&mut app.browser(), &patient).await;
    app.stop().await;
}
