//! Each kind of proxy asks in its own terms, and is answered in them.

use super::stand::{Asked, KINDS, Proxied, source};
use crate::gate::http::Received;
use crate::support::app::TestApp;
use crate::support::databases::on_both_databases;

on_both_databases![the_decision_is_the_gates];

const FROM_HERE: &str = "forward_auth_from = [\"127.0.0.1/32\"]";
const ASSERTION: &str = "x-vestibule-assertion";

/// nginx knows no other refusal than 401 and 403.
fn is_refusal(kind: &str, answer: &Received) -> bool {
    match kind {
        "nginx" => [401, 403].contains(&answer.status),
        _ => [401, 403, 404, 405].contains(&answer.status),
    }
}

fn refused(kind: &str, answer: &Received, what: &str) {
    assert!(is_refusal(kind, answer), "{kind} {what}: {}", answer.head);
    assert_eq!(answer.header(ASSERTION).unwrap_or_default(), "", "{kind} {what}");
}

async fn the_decision_is_the_gates(app: TestApp) {
    let mut app = app;
    app.restart_with(|config| {
        config.sites[0].forward_auth_from = vec!["127.0.0.1/32".parse().unwrap()];
        let mut order = config.sites[0].rules[1].clone();
        (order.url, order.methods) = ("/commande".to_owned(), vec!["POST".to_owned()]);
        let mut note = config.sites[0].rules[2].clone();
        (note.url, note.methods) = ("/notes/{record}".to_owned(), vec!["POST".to_owned()]);
        config.sites[0].rules.extend([order, note]);
    })
    .await;
    let proxied = Proxied::with(app).await;
    for kind in KINDS {
        for (method, target, lines) in [
            ("GET", "/dossiers/1/sommaire", ""),
            ("HEAD", "/dossiers/1/sommaire", ""),
            ("GET", "/imprimer.php?dossier=1", ""),
            ("POST", "/commande", "Content-Type: text/plain\r\n"),
            (
                "GET",
                "/dossiers/1/flux",
                "Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n",
            ),
        ] {
            let mut asked = proxied.signed_in(method, target);
            asked.lines.push_str(lines);
            let answer = proxied.ask(kind, &asked).await;
            assert_eq!(answer.status, 200, "{kind} {method} {target}: {}", answer.head);
            assert!(answer.header(ASSERTION).unwrap().starts_with("ey"), "{kind} {target}");
        }
        let answer = proxied.ask(kind, &proxied.stranger("GET", "/aide.html")).await;
        assert_eq!((answer.status, answer.header(ASSERTION)), (200, Some("")), "{kind}");
        for (method, target) in [
            ("GET", "/dossiers/2/sommaire"),
            ("GET", "/imprimer.php?dossier=2"),
            ("GET", "/nulle-part"),
            ("GET", "/.vestibule/enter"),
            ("GET", "/%64ossiers/1/sommaire"),
            ("GET", "/imprimer.php?dossie%72=1"),
            ("GET", "/dossiers//1/sommaire"),
            ("GET", "/dossiers/2/../1/sommaire"),
            ("DELETE", "/dossiers/1/sommaire"),
            ("POST", "/notes/1"),
        ] {
            let answer = proxied.ask(kind, &proxied.signed_in(method, target)).await;
            assert_eq!(answer.status, 403, "{kind} {method} {target}: {}", answer.head);
            refused(kind, &answer, target);
        }
    }
    let entries = proxied
        .app
        .metric("vestibule_gate_requests_total{result=\"refused\"}")
        .await;
    assert!(entries >= 50.0, "{entries}");
    proxied.app.stop().await;
}

#[actix_web::test]
async fn a_person_is_led_to_the_sign_in_and_a_script_is_told() {
    let proxied = Proxied::start(None, FROM_HERE).await;
    for kind in KINDS {
        let mut asked = proxied.stranger("GET", "/dossiers/1/sommaire?page=2");
        asked.lines = "Sec-Fetch-Mode: navigate\r\nAccept: text/html\r\n".to_owned();
        let answer = proxied.ask(kind, &asked).await;
        assert_eq!(answer.status, if kind == "nginx" { 401 } else { 303 }, "{kind}");
        let location = answer.header("location").unwrap();
        let mut browser = proxied.app.browser();
        let to_portal = browser.get(location).await;
        assert!(
            to_portal
                .location()
                .starts_with(&format!("{}/login?site=results&to=", proxied.app.portal)),
            "{location} {}",
            to_portal.location()
        );
        assert!(to_portal.location().contains("%2Fdossiers%2F1%2Fsommaire%3Fpage%3D2"));
        for lines in [
            "Sec-Fetch-Mode: cors\r\n",
            "X-Requested-With: XMLHttpRequest\r\n",
            "Accept: application/json\r\n",
            "Upgrade: websocket\r\n",
        ] {
            asked.lines = lines.to_owned();
            let answer = proxied.ask(kind, &asked).await;
            assert_eq!(
                (answer.status, answer.header("location")),
                (401, None),
                "{kind} {lines}"
            );
        }
        asked.lines = "Sec-Fetch-Mode: navigate\r\n".to_owned();
        asked.method = "POST";
        let answer = proxied.ask(kind, &asked).await;
        assert_eq!((answer.status, answer.header("location")), (401, None), "{kind} POST");
    }
    proxied.app.stop().await;
}

#[actix_web::test]
async fn the_way_back_ends_where_it_began() {
    let proxied = Proxied::start(None, FROM_HERE).await;
    let patient = proxied.app.patient("P-2", "2").await;
    let asked = proxied.stranger("GET", "/dossiers/2/sommaire");
    let answer = proxied.ask("caddy", &asked).await;
    let mut browser = proxied.app.browser();
    proxied.app.sign_in(&mut browser, &patient).await;
    let page = browser.visit(answer.header("location").unwrap()).await;
    assert_eq!(page.status, 200, "{}", page.text());
    for to in [
        "https://elsewhere.example/",
        "//elsewhere.example",
        "/\\elsewhere.example",
    ] {
        let page = browser
            .get(&format!("{}/.vestibule/login?to={to}", proxied.app.site))
            .await;
        assert!(
            page.location().contains("site=results&to=%2F&via="),
            "{to}: {}",
            page.location()
        );
    }
    proxied.app.stop().await;
}

#[actix_web::test]
async fn what_is_not_said_once_and_plainly_is_no_question() {
    let proxied = Proxied::start(None, FROM_HERE).await;
    let asked = proxied.signed_in("GET", "/dossiers/1/sommaire");
    for kind in KINDS {
        let source = source(kind, &asked);
        for line in source.split_inclusive("\r\n") {
            let (name, value) = line.trim_end().split_once(": ").unwrap();
            let without = source.replace(line, "");
            for (what, lines) in [
                ("missing", without.clone()),
                ("twice the same", format!("{source}{line}")),
                ("twice", format!("{source}{name}: /dossiers/2/sommaire\r\n")),
                ("empty", format!("{without}{name}:\r\n")),
                ("a list", format!("{without}{name}: {value}, {value}\r\n")),
                (
                    "a list without a space",
                    format!("{without}{name}: {value},{value}\r\n"),
                ),
                ("with _", format!("{without}{}: {value}\r\n", name.replace('-', "_"))),
                (
                    "with _ beside",
                    format!("{source}{}: {value}\r\n", name.replace('-', "_")),
                ),
            ] {
                refused(
                    kind,
                    &proxied.send(kind, &asked, &lines).await,
                    &format!("{name} {what}"),
                );
            }
        }
        let authority = asked.authority.clone();
        let host = authority.split(':').next().unwrap();
        for other in [
            "elsewhere.example".to_owned(),
            host.to_owned(),
            format!("{host}:4444"),
            format!("user@{authority}"),
            format!("{authority}.elsewhere.example"),
        ] {
            let asked = Asked {
                authority: other.clone(),
                ..asked.clone()
            };
            refused(kind, &proxied.ask(kind, &asked).await, &other);
        }
        let plain = Asked {
            scheme: "http",
            ..asked.clone()
        };
        refused(kind, &proxied.ask(kind, &plain).await, "http");
    }
    let others = KINDS
        .iter()
        .flat_map(|kind| KINDS.iter().map(move |other| (*kind, *other)));
    for (kind, other) in others.filter(|(kind, other)| (*kind == "nginx") != (*other == "nginx")) {
        refused(kind, &proxied.send(kind, &asked, &source(other, &asked)).await, other);
    }
    proxied.app.stop().await;
}

#[actix_web::test]
async fn no_other_header_changes_the_question() {
    let proxied = Proxied::start(None, FROM_HERE).await;
    let mine = proxied.signed_in("GET", "/dossiers/1/sommaire");
    for kind in KINDS {
        let mut asked = proxied.signed_in("GET", "/dossiers/2/sommaire");
        for other in KINDS {
            for line in source(other, &mine).split_inclusive("\r\n") {
                let name = line.split(':').next().unwrap();
                if !source(kind, &asked).contains(name) {
                    asked.lines.push_str(line);
                }
            }
        }
        for name in [
            "X-Override-URL",
            "X-Rewrite-URL",
            "X-Forwarded-Prefix",
            "X-Forwarded-Path",
            "X-HTTP-Method-Override",
        ] {
            asked.lines.push_str(&format!("{name}: /dossiers/1/sommaire\r\n"));
        }
        let answer = proxied.ask(kind, &asked).await;
        assert_eq!(answer.status, 403, "{kind}: {}", answer.head);
    }
    proxied.app.stop().await;
}

#[actix_web::test]
async fn only_proxies_that_the_site_names_are_answered() {
    for site_keys in ["", "forward_auth_from = [\"192.0.2.7/32\"]"] {
        let proxied = Proxied::start(None, site_keys).await;
        for kind in KINDS {
            for target in ["/dossiers/1/sommaire", "/aide.html"] {
                let mut asked = proxied.signed_in("GET", target);
                asked
                    .lines
                    .push_str("X-Forwarded-For: 192.0.2.7\r\nForwarded: for=192.0.2.7\r\nX-Real-IP: 192.0.2.7\r\n");
                refused(kind, &proxied.ask(kind, &asked).await, site_keys);
            }
        }
        proxied.app.stop().await;
    }
}
