use std::os::unix::fs::PermissionsExt;
use std::sync::Arc;
use std::time::Duration;

use vestibule::admin::doctor::{Check, Status, examine};
use vestibule::config::Config;
use vestibule::demo::certificate;
use vestibule::kernel::clock::{ManualClock, SystemClock};

use super::stand::Stand;
use crate::support::command::vestibule;

async fn checks(stand: &Stand) -> Vec<Check> {
    let file = stand.path("vestibule.toml");
    examine(&file, Config::load(&file), &*stand.clock).await
}

fn find<'c>(checks: &'c [Check], name: &str) -> &'c Check {
    checks
        .iter()
        .find(|check| check.name == name)
        .unwrap_or_else(|| panic!("no {name}: {checks:#?}"))
}

/// Like every database, this one has the real time in it.
async fn healthy() -> Vec<Stand> {
    let mut stands = Stand::all().await;
    for stand in &mut stands {
        let now = vestibule::kernel::clock::Clock::now(&SystemClock);
        stand.clock = Arc::new(ManualClock::at(now));
        certificate::ensure(stand.folder.path(), now).unwrap();
        let text = std::fs::read_to_string(stand.path("vestibule.toml")).unwrap();
        stand.write("vestibule.toml", text.replace("vallee.localhost", "results.localhost"));
        stand.open().await.db.close().await;
    }
    stands
}

#[tokio::test]
async fn a_healthy_installation_has_no_problem() {
    for stand in healthy().await {
        let checks = checks(&stand).await;
        let bad: Vec<_> = checks.iter().filter(|check| check.status == Status::Problem).collect();
        assert!(bad.is_empty(), "{bad:#?}");
        assert!(find(&checks, "keyring and database").what.contains("belong together"));
        assert!(checks.len() >= 8, "{checks:#?}");
    }
}

#[tokio::test]
async fn a_clock_an_hour_off_is_named_on_both_databases() {
    for stand in healthy().await {
        let hour = Duration::from_secs(3_600);
        let now = vestibule::kernel::clock::Clock::now(&*stand.clock);
        let behind = ManualClock::at(now.minus(hour));
        let file = stand.path("vestibule.toml");
        let found = examine(&file, Config::load(&file), &behind).await;
        let clock = find(&found, "clock");
        assert_eq!(clock.status, Status::Problem, "{clock:?}");
        assert!(
            clock.what.contains("60 minutes") || clock.what.contains("59 minutes"),
            "{clock:?}"
        );
        if stand.url.is_some() {
            stand.advance(hour);
            let found = checks(&stand).await;
            assert!(
                find(&found, "clock")
                    .what
                    .contains("ahead of that of the database server")
            );
        }
    }
}

#[tokio::test]
async fn each_thing_that_is_wrong_is_named_with_its_remedy() {
    let stand = healthy().await.remove(0);
    let text = std::fs::read_to_string(stand.path("vestibule.toml")).unwrap();
    stand.write("vestibule.toml", text.replace("results.localhost", "elsewhere.example"));
    std::fs::set_permissions(stand.path("keyring"), std::fs::Permissions::from_mode(0o644)).unwrap();
    std::fs::set_permissions(stand.path("key.pem"), std::fs::Permissions::from_mode(0o644)).unwrap();
    std::fs::set_permissions(stand.path("vestibule.db"), std::fs::Permissions::from_mode(0o644)).unwrap();
    let found = checks(&stand).await;
    for (name, expected) in [
        ("keyring", "chmod 600"),
        ("tls hosts", "every portal and site"),
        ("tls key", "chmod o="),
        ("database rights", "chmod o="),
    ] {
        let check = find(&found, name);
        assert_ne!(check.status, Status::Ok, "{check:?}");
        assert!(check.remedy.as_deref().unwrap().contains(expected), "{check:?}");
    }
    stand.advance(Duration::from_secs(390 * 86_400));
    assert!(find(&checks(&stand).await, "tls certificate").what.contains("expires"));
    stand.advance(Duration::from_secs(20 * 86_400));
    assert!(find(&checks(&stand).await, "tls certificate").what.contains("expired"));
    stand.write("key.pem", rcgen::KeyPair::generate().unwrap().serialize_pem());
    assert!(
        find(&checks(&stand).await, "tls certificate")
            .remedy
            .as_deref()
            .unwrap()
            .contains("the certificate was made for")
    );
    std::fs::remove_file(stand.path("vestibule.db")).unwrap();
    assert!(
        find(&checks(&stand).await, "database")
            .remedy
            .as_deref()
            .unwrap()
            .contains("db migrate")
    );
    assert!(!stand.path("vestibule.db").exists(), "looking makes nothing");
}

#[test]
fn the_command_fails_when_there_is_a_problem() {
    let stand = Stand::sqlite();
    let ran = vestibule(stand.folder.path(), &["doctor", "--json"]);
    assert_eq!(ran.code, 1);
    assert!(
        ran.json()["problems"].as_u64().unwrap() >= 2,
        "no certificate, no database"
    );
    stand.write("vestibule.toml", "[server");
    let ran = vestibule(stand.folder.path(), &["doctor"]);
    assert_eq!(ran.code, 1);
    assert!(
        ran.out.contains("PROBLEM  configuration: vestibule.toml:1"),
        "{}",
        ran.out
    );
}

#[tokio::test]
async fn a_corpus_that_does_not_know_what_everybody_knows_is_named() {
    let stand = healthy().await.remove(0);
    let text = std::fs::read_to_string(stand.path("vestibule.toml")).unwrap();
    let file = stand.path("corpus");
    stand.write(
        "vestibule.toml",
        format!("{text}\n[corpus]\nfile = \"{}\"\n", file.display()),
    );
    let all = "123456\npassword\nazerty\nqwerty\n111111\nabc123\niloveyou\nsoleil\nletmein\ndragon\n";
    for (words, status) in [
        ("trois tortues sous la pluie\n", Status::Problem),
        ("123456\nazerty\n", Status::Warning),
        (all, Status::Ok),
    ] {
        stand.write("words", words);
        let out = file.to_str().unwrap();
        let ran = vestibule(
            stand.folder.path(),
            &["corpus", "build", "words", "--words", "--out", out],
        );
        assert_eq!(ran.code, 0, "{}", ran.err);
        let checks = checks(&stand).await;
        assert_eq!(find(&checks, "corpus").status, status, "{checks:#?}");
    }
}
