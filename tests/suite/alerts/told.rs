//! What leaves, where to, and how often.

use std::path::Path;
use std::time::Duration;

use vestibule::demo::certificate;
use vestibule::domain::alert::MessageStatus;
use vestibule::domain::alert::{About, Cause, Channel, Delivery};
use vestibule::i18n::Texts;
use vestibule::kernel::clock::{Clock, SystemClock};
use vestibule::service::{Core, alerts};
use vestibule::store::telling::alert_deliveries;

use super::{all, raised};
use crate::admin::stand::{Stand, actor, lab};
use crate::support::app::{TestApp, Wish};
use crate::support::hook::Hook;
use crate::support::log;
use crate::support::oathtool;
use crate::support::patient::operator;
use crate::support::smtp::MailServer;
use crate::support::wait::eventually;

const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
const OTHER_SECRET: &str = "whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
const HOUR: Duration = Duration::from_secs(3600);
const MINUTE: Duration = Duration::from_secs(60);

struct Scene {
    stand: Stand,
    core: Core,
    texts: Texts,
}

impl Scene {
    /// One for each database.
    async fn all(alerts: &str) -> Vec<Self> {
        let mut scenes = Vec::new();
        for stand in Stand::all().await {
            stand.write("secret", SECRET);
            stand.write_config(alerts);
            let core = stand.open().await;
            let texts = Texts::load().unwrap();
            scenes.push(Self { stand, core, texts });
        }
        scenes
    }

    async fn posting_to(hook: &Hook) -> Vec<Self> {
        Self::all(&posting(hook)).await
    }

    async fn raise(&self) {
        let mut tx = self.core.db.begin().await.unwrap();
        alerts::raise(&self.core, &mut tx, &lab(), &Cause::Stuffing, 120)
            .await
            .unwrap();
        tx.commit().await.unwrap();
    }

    /// As a server does every few seconds.
    async fn go_on(&self) {
        go_on(&self.core, &self.texts).await;
    }

    async fn standings(&self) -> Vec<MessageStatus> {
        let alert = all(&self.core, &lab()).await.remove(0);
        let mut tx = self.core.db.begin_read().await.unwrap();
        let found = alert_deliveries::find(&mut tx, &lab(), alert.id).await.unwrap();
        tx.commit().await.unwrap();
        found
    }
}

fn posting(hook: &Hook) -> String {
    format!(
        "[alerts]\nwebhook = \"http://127.0.0.1:{}/hook?a=b\"\nwebhook_secret_file = \"secret\"\n",
        hook.port
    )
}

async fn go_on(core: &Core, texts: &Texts) {
    alerts::turn(core).await.unwrap();
    alerts::deliver_due(core, texts).await.unwrap();
}

#[tokio::test]
async fn r06_at_most_one_message_leaves_for_a_cause_and_hour_whatever_the_servers() {
    let hook = Hook::plain();
    for scene in Scene::posting_to(&hook).await {
        let before = hook.received().len();
        let told = || hook.received().len() - before;
        let other = scene.stand.open().await;
        let both = async || {
            for _ in 0..5 {
                scene.raise().await;
                tokio::join!(scene.go_on(), go_on(&other, &scene.texts), scene.go_on());
            }
        };
        both().await;
        assert_eq!(told(), 1);
        scene.stand.advance(HOUR - MINUTE);
        both().await;
        assert_eq!(told(), 1);
        scene.stand.advance(MINUTE);
        both().await;
        assert_eq!(told(), 2);
        let alert = all(&scene.core, &lab()).await.remove(0);
        assert!(
            vestibule::admin::alerts::close(&scene.core, &alert, "done", &actor())
                .await
                .unwrap()
        );
        both().await;
        assert_eq!(told(), 2, "closing it does not make room for another");
        scene.stand.advance(HOUR);
        both().await;
        assert_eq!(told(), 3);
        let about: Vec<_> = hook.received()[before..]
            .iter()
            .map(|one| one.json()["data"]["about"].clone())
            .collect();
        assert_eq!(about, ["raised", "again", "raised"]);
        let alert = all(&scene.core, &lab()).await.remove(0);
        assert!(
            vestibule::admin::alerts::take(&scene.core, &alert, &actor())
                .await
                .unwrap()
        );
        scene.stand.advance(HOUR * 2);
        both().await;
        assert_eq!(told(), 3, "somebody takes care of it");
    }
}

#[tokio::test]
async fn closing_it_at_once_hides_nothing() {
    let hook = Hook::plain();
    for scene in Scene::posting_to(&hook).await {
        let before = hook.received().len();
        scene.raise().await;
        let alert = all(&scene.core, &lab()).await.remove(0);
        assert!(
            vestibule::admin::alerts::close(&scene.core, &alert, "nothing", &operator("eve"))
                .await
                .unwrap()
        );
        scene.go_on().await;
        let received = hook.received().split_off(before);
        assert_eq!(received.len(), 1);
        assert_eq!(received[0].json()["data"]["owner"], "operator:eve");
    }
}

#[tokio::test]
async fn r06_a_webhook_is_signed_and_whole() {
    let hook = Hook::plain();
    for scene in Scene::posting_to(&hook).await {
        scene.raise().await;
        scene.go_on().await;
        let mut received = hook.received().pop().unwrap();
        assert_eq!(received.request, "POST /hook?a=b HTTP/1.1");
        assert_eq!(received.header("content-type"), "application/json");
        assert_eq!(received.header("host"), format!("127.0.0.1:{}", hook.port));
        assert_eq!(
            received.header("webhook-timestamp"),
            scene.stand.now().unix_seconds().to_string()
        );
        assert!(received.header("webhook-id").starts_with("msg_"));
        let json = received.json();
        let alert = all(&scene.core, &lab()).await.remove(0);
        let expected = serde_json::json!({
            "type": "vestibule.alert",
            "timestamp": scene.stand.now().to_string(),
            "data": {
                "alert": alert.id.to_string(), "lab": "port", "about": "raised", "cause": "stuffing", "subject": "",
                "figure": 120, "times": 1, "first_at": scene.stand.now().to_string(),
                "last_at": scene.stand.now().to_string(), "owner": null,
            },
        });
        assert_eq!(json, expected);
        assert!(received.is_signed_with(SECRET));
        assert!(!received.is_signed_with(OTHER_SECRET));
        received.body = received.body.replace("120", "121");
        assert!(!received.is_signed_with(SECRET), "a changed body is not ours");
    }
}

#[tokio::test]
async fn a_webhook_is_asked_again_under_the_same_name_and_never_redirected() {
    let hook = Hook::plain();
    for scene in Scene::posting_to(&hook).await {
        let before = hook.received().len();
        let redirect = format!("302 Found\r\nlocation: http://127.0.0.1:{}/elsewhere\r\n", hook.port);
        hook.answer_next(&["500 Internal Server Error\r\n", &redirect]);
        scene.raise().await;
        let mut waits = 0;
        while hook.received().len() < before + 3 {
            scene.go_on().await;
            scene.stand.advance(Duration::from_secs(1));
            waits += 1;
            assert!(waits < 100);
        }
        assert!(waits > 10, "it is left in peace for a while: {waits}");
        scene.go_on().await;
        let received = hook.received().split_off(before);
        assert_eq!(received.len(), 3);
        assert!(
            received
                .iter()
                .all(|one| one.request.starts_with("POST /hook") && one.is_signed_with(SECRET))
        );
        let ids: Vec<_> = received.iter().map(|one| one.header("webhook-id")).collect();
        assert_eq!((ids[0], ids[0]), (ids[1], ids[2]));
        assert!(received[0].header("webhook-timestamp") < received[2].header("webhook-timestamp"));
        assert!(scene.standings().await.iter().all(|one| one.state == Delivery::Sent));
    }
}

#[tokio::test]
async fn what_nobody_takes_is_given_up_after_a_day_or_two() {
    for scene in Scene::all("[alerts]\nwebhook = \"http://127.0.0.1:9/x\"\nwebhook_secret_file = \"secret\"\n").await {
        scene.raise().await;
        // What is closed is told once: no reminder starts it over.
        let alert = all(&scene.core, &lab()).await.remove(0);
        let by = actor();
        let close = vestibule::admin::alerts::close(&scene.core, &alert, "done", &by);
        assert!(close.await.unwrap());
        let start = scene.stand.now();
        let state = async || {
            let standings = scene.standings().await;
            let webhook = standings.iter().find(|one| one.channel == Channel::Webhook);
            webhook.map(|one| (one.about, one.state))
        };
        scene.go_on().await;
        while state().await == Some((About::Raised, Delivery::Due)) {
            assert!(scene.stand.now().since(start) < HOUR * 48, "it is never given up");
            scene.stand.advance(HOUR);
            scene.go_on().await;
        }
        assert_eq!(state().await, Some((About::Raised, Delivery::GivenUp)));
        assert!(scene.stand.now().since(start) > HOUR * 24);
    }
}

#[tokio::test]
async fn a_webhook_of_somebody_else_gets_nothing() {
    for mut stand in Stand::all().await {
        // Certificates are dated by the real clock.
        let files = certificate::ensure(stand.folder.path(), SystemClock.now()).unwrap();
        let elsewhere = tempfile::tempdir().unwrap();
        let others = certificate::ensure(elsewhere.path(), SystemClock.now()).unwrap();
        let hook = Hook::tls(stand.folder.path());
        stand.write("secret", SECRET);
        for (authority, arrives) in [(&others.authority, 0), (&files.authority, 1)] {
            stand.write_config(&format!(
                "[alerts]\nwebhook = \"https://localhost:{}/hook\"\nwebhook_secret_file = \"secret\"\n\
                 webhook_ca_file = \"{}\"\n",
                hook.port,
                authority.display()
            ));
            let (core, texts) = (stand.open().await, Texts::load().unwrap());
            let scene = Scene { stand, core, texts };
            scene.raise().await;
            scene.go_on().await;
            assert_eq!(hook.received().len(), arrives);
            scene.stand.advance(HOUR);
            let Scene { stand: back, core, .. } = scene;
            core.db.close().await;
            stand = back;
        }
        assert!(hook.received()[0].is_signed_with(SECRET));
    }
}

#[tokio::test]
async fn r06_an_alert_is_mailed_in_both_languages_and_asked_again() {
    let Some(server) = MailServer::start("none", Path::new("")) else {
        return;
    };
    let mail = format!(
        "[mail]\nhost = \"127.0.0.1\"\nport = {}\ntls = \"none\"\nfrom = \"labo@lab.example\"\n",
        server.port
    );
    for (number, scene) in Scene::all(&format!("{mail}[alerts]\nemail = \"later@lab.example\"\n"))
        .await
        .iter()
        .enumerate()
    {
        scene.raise().await;
        scene.go_on().await;
        if number == 0 {
            assert!(server.mails().is_empty(), "this mailbox is busy at first");
            scene.stand.advance(Duration::from_secs(5));
            scene.go_on().await;
        }
        scene.go_on().await;
        let mails = server.mails();
        assert_eq!(mails.len(), number + 1);
        let mail = &mails[number];
        assert_eq!(
            (mail.to.join(""), mail.from.as_str()),
            ("later@lab.example".to_owned(), "labo@lab.example")
        );
        let message = mail_parser::MessageParser::default()
            .parse(mail.text.as_bytes())
            .unwrap();
        assert_eq!(
            message.subject(),
            Some("Alerte\u{a0}: Beaucoup d’identifiants sont essayés / Alert: Many identifiers are being tried")
        );
        let text = message.body_text(0).unwrap();
        assert!(
            text.contains("Nombre compté\u{a0}: 120") && text.contains("No one is dealing with it yet."),
            "{text}"
        );
        assert!(text.contains("localhost/desk") && !text.contains("http"), "{text}");
    }
}

#[tokio::test]
async fn r51_what_is_not_configured_hears_nothing() {
    for scene in Scene::all("").await {
        scene.raise().await;
        scene.go_on().await;
        let standings = scene.standings().await;
        let ways: Vec<_> = standings.iter().map(|one| (one.channel, one.state)).collect();
        assert_eq!(ways, [(Channel::Log, Delivery::Sent)]);
    }
}

#[tokio::test]
async fn r07_an_alert_is_said_once_more_while_it_is_open() {
    let hook = Hook::plain();
    for scene in Scene::posting_to(&hook).await {
        let before = hook.received().len();
        scene.raise().await;
        let mut said = Vec::new();
        for hour in 0..60 {
            scene.go_on().await;
            let received = hook.received().split_off(before + said.len());
            said.extend(
                received
                    .iter()
                    .map(|one| (hour, one.json()["data"]["about"].as_str().unwrap().to_owned())),
            );
            if hour == 5 {
                let alert = all(&scene.core, &lab()).await.remove(0);
                assert!(
                    vestibule::admin::alerts::take(&scene.core, &alert, &operator("claire"))
                        .await
                        .unwrap()
                );
            }
            scene.stand.advance(HOUR);
        }
        let said: Vec<_> = said.iter().map(|(hour, about)| (*hour, about.as_str())).collect();
        assert_eq!(said, [(0, "raised"), (4, "reminder"), (29, "reminder")]);
        let last = hook.received().pop().unwrap().json();
        assert_eq!(last["data"]["owner"], "operator:claire");
    }
}

#[tokio::test]
async fn what_a_killed_server_was_telling_is_told_by_another() {
    let hook = Hook::plain();
    for scene in Scene::posting_to(&hook).await {
        let before = hook.received().len();
        scene.raise().await;
        alerts::turn(&scene.core).await.unwrap();
        let mut tx = scene.core.db.begin().await.unwrap();
        let due = alert_deliveries::find_due(&mut tx, Channel::Webhook, scene.stand.now()).await;
        for message in due.unwrap() {
            assert!(
                alert_deliveries::claim(&mut tx, &message, scene.stand.now())
                    .await
                    .unwrap()
            );
        }
        tx.commit().await.unwrap();
        scene.go_on().await;
        assert_eq!(hook.received().len(), before, "it may still be at work");
        scene.stand.advance(MINUTE * 10);
        scene.go_on().await;
        scene.go_on().await;
        assert_eq!(hook.received().len(), before + 1);
    }
}

/// From a patient's refusals to log, mailbox and webhook, with no one at the keyboard in between.
#[actix_web::test]
async fn r01_no_channel_carries_anything_of_a_patient() {
    use vestibule::domain::alert::Kind;
    let (hook, Some(server)) = (Hook::plain(), MailServer::start("none", Path::new(""))) else {
        return;
    };
    if !oathtool::present() {
        return;
    }
    log::keep();
    let secret = tempfile::tempdir().unwrap();
    std::fs::write(secret.path().join("secret"), SECRET).unwrap();
    let app = TestApp::wishing(Wish {
        extra: format!(
            "[mail]\nhost = \"127.0.0.1\"\nport = {}\ntls = \"none\"\nfrom = \"labo@lab.example\"\n{}\
             network_identifiers = 3\n",
            server.port,
            posting(&hook).replace(
                "= \"secret\"",
                &format!("= \"{}\"", secret.path().join("secret").display())
            ),
        ),
        ..Wish::default()
    })
    .await;
    let patient = app.patient("P-102477", "102477").await;
    let mut browser = app.browser();
    for identifier in ["P-102477", "P-999998", "P-999999"] {
        app.attempt(&mut browser, identifier, "une phrase secrète", "123456")
            .await;
    }
    raised(&app.core, &app.lab(), Kind::OneNetwork).await;
    app.sign_in(&mut app.browser(), &patient).await;
    let mut signed_in = app.browser();
    app.advance(MINUTE);
    app.sign_in(&mut signed_in, &patient).await;
    signed_in.visit(&format!("{}/dossiers/102477/sommaire", app.site)).await;
    for number in 0..5 {
        signed_in
            .get(&format!("{}/dossiers/77000{number}/sommaire", app.site))
            .await;
    }
    raised(&app.core, &app.lab(), Kind::OtherRecords).await;
    let ids: Vec<_> = all(&app.core, &app.lab())
        .await
        .iter()
        .map(|alert| alert.id.to_string())
        .collect();
    let logged = || {
        let mut lines = log::lines();
        lines.retain(|line| line.contains("vestibule::alert\"") && ids.iter().any(|id| line.contains(id)));
        lines
    };
    let mails = eventually("two messages on each channel", async || {
        let mails = server.mails();
        (mails.len() >= 2 && hook.received().len() >= 2 && logged().len() >= 2).then_some(mails)
    })
    .await;
    assert!(
        mails.iter().all(|mail| mail.to == ["securite@laboratoire.example"]),
        "{mails:?}"
    );
    let bodies = hook
        .received()
        .iter()
        .map(|one| one.body.clone())
        .collect::<Vec<_>>()
        .join("\n");
    let mailed = mails
        .iter()
        .map(|mail| mail.text.clone())
        .collect::<Vec<_>>()
        .join("\n");
    assert_eq!((mails.len(), hook.received().len(), logged().len()), (2, 2, 2));
    for (channel, said) in [("log", logged().join("\n")), ("mail", mailed), ("webhook", bodies)] {
        for private in [
            "102477",
            "999998",
            "77000",
            "Odette",
            "Lema",
            "odette@example.org",
            "1944",
            "secrète",
            SECRET,
        ] {
            assert!(!said.contains(private), "{channel} tells {private}: {said}");
        }
    }
    app.stop().await;
}
