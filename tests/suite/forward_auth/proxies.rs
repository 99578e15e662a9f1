//! What a person and an attacker meet at each proxy that we ship a configuration for.

use std::path::Path;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

use super::programs::RealProxy;
use crate::support::browser::Browser;
use crate::support::raw;

#[actix_web::test]
async fn nginx_lets_through_what_vestibule_lets_through() {
    let shipped = include_str!("../../../config/proxies/nginx.conf");
    let proxy = RealProxy::start("nginx", "nginx-light", shipped, nginx, |file| {
        vec!["-c".to_owned(), file.display().to_string()]
    });
    if let Some(proxy) = proxy.await {
        a_proxy_stands_the_test(proxy).await;
    }
}

fn nginx(server: &str, folder: &Path) -> String {
    let dir = folder.display();
    let temporary: String = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
        .iter()
        .map(|kind| format!("{kind}_temp_path {dir}/{kind};\n"))
        .collect();
    format!(
        "daemon off; master_process off; pid {dir}/proxy.pid; error_log {dir}/proxy-error.log;\n\
         events {{ worker_connections 64; }}\nhttp {{ access_log off; {temporary}\n{server}\n}}\n"
    )
}

async fn a_proxy_stands_the_test(proxy: RealProxy) {
    let site = &proxy.app.site;
    let mut browser = proxy.signed_in().await;
    let page = browser.get(&format!("{site}/entetes")).await;
    assert!(
        page.text()
            .contains("<td>x-vestibule-assertion</td><td class=\"valeur\">ey"),
        "{}",
        page.text()
    );
    assert!(!page.text().contains("__Host-vst"), "{}", page.text());
    let mut stranger = proxy.app.browser();
    assert_eq!(stranger.get(&format!("{site}/aide.html")).await.status, 200);
    for target in [
        "/dossiers/2/sommaire",
        "/imprimer.php?dossier=2",
        "/imprimer.php?dossier=1&dossier=2",
        "/nulle-part",
        "/%64ossiers/1/sommaire",
        "/dossiers%2F2/sommaire",
        "/dossiers/1/..%2f..%2fdossiers/2/sommaire",
        "/.vestibule-question",
    ] {
        let status = browser.get(&format!("{site}{target}")).await.status.as_u16();
        assert!([400, 403, 404].contains(&status), "{target}: {status}");
    }
    spoofed_headers_do_not_arrive(&proxy, &mut browser).await;
    odd_requests_are_refused(&proxy, &browser).await;
    scripts_are_told(&proxy).await;
    browser.headers.clear();
    let form = browser
        .post(&format!("{site}/depot"), &[("note", &"x".repeat(200_000))])
        .await;
    assert_eq!(
        form.status,
        404,
        "it reaches the LIS, which has no such page: {}",
        form.text()
    );
    let account = browser.visit(&format!("{site}/.vestibule/account")).await;
    let csrf = account.field("csrf").unwrap();
    browser
        .post(&format!("{}/logout", proxy.app.portal), &[("csrf", &csrf)])
        .await;
    assert_eq!(browser.get(&format!("{site}/dossiers/1/sommaire")).await.status, 303);
}

async fn spoofed_headers_do_not_arrive(proxy: &RealProxy, browser: &mut Browser) {
    for name in [
        "X-Vestibule-Assertion",
        "X_Vestibule_Assertion",
        "X-Remote-User",
        "X-Never-Heard-Of",
        "X-Original-URL",
        "X-Original-Method",
        "X-Forwarded-For",
        "X-Forwarded-Uri",
        "Authorization",
    ] {
        browser.headers = vec![(name.to_owned(), "spoofed".to_owned())];
        let page = browser.get(&format!("{}/entetes", proxy.app.site)).await;
        assert!(!page.text().contains("spoofed"), "{name}: {}", page.text());
        let other = browser.get(&format!("{}/dossiers/2/sommaire", proxy.app.site)).await;
        assert_eq!(other.status, 403, "{name}");
    }
    for (name, value) in [
        ("X-Original-URL", format!("{}/dossiers/1/sommaire", proxy.app.site)),
        ("X_Original_URL", format!("{}/dossiers/1/sommaire", proxy.app.site)),
        ("X-Forwarded-Uri", "/dossiers/1/sommaire".to_owned()),
        ("X-Rewrite-URL", "/dossiers/2/sommaire".to_owned()),
    ] {
        browser.headers = vec![(name.to_owned(), value)];
        let other = browser.get(&format!("{}/dossiers/2/sommaire", proxy.app.site)).await;
        assert_eq!(other.status, 403, "{name}");
    }
    browser.headers.clear();
}

/// Spellings that a client library would put right before they leave.
async fn odd_requests_are_refused(proxy: &RealProxy, browser: &Browser) {
    let cookie = browser.cookie("results.localhost", "__Host-vst_site").unwrap();
    for target in [
        "/dossiers/1/../2/sommaire",
        "/x/../dossiers/2/sommaire",
        "//dossiers/2/sommaire",
        "/dossiers//2/sommaire",
        "/./dossiers/2/sommaire",
        "/.vestibule/../dossiers/2/sommaire",
        "/dossiers/1/sommaire/%2e%2e/%2e%2e/2/sommaire",
        "/dossiers/2/sommaire#/dossiers/1",
        "/dossiers\\2/sommaire",
    ] {
        let mut stream = raw::connect_to(&proxy.app, proxy.port, "results.localhost").await;
        let request = format!(
            "GET {target} HTTP/1.1\r\nHost: results.localhost:{}\r\nCookie: __Host-vst_site={cookie}\r\nConnection: close\r\n\r\n",
            proxy.port
        );
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut answer = Vec::new();
        let _ = stream.read_to_end(&mut answer).await;
        let answer = String::from_utf8_lossy(&answer);
        let status = answer.split(' ').nth(1).unwrap_or_default();
        assert!(["400", "401", "403", "404"].contains(&status), "{target}: {answer}");
    }
}

async fn scripts_are_told(proxy: &RealProxy) {
    let mut browser = proxy.app.browser();
    browser.headers = vec![("X-Requested-With".to_owned(), "XMLHttpRequest".to_owned())];
    assert_eq!(
        browser
            .get(&format!("{}/dossiers/1/sommaire", proxy.app.site))
            .await
            .status,
        401
    );
}
