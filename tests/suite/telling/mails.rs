use std::path::Path;
use std::time::Duration;

use vestibule::admin::doctor::{Status, examine};
use vestibule::config::Config;
use vestibule::domain::outbox::State;
use vestibule::leak::campaign;

use super::incident::{Incident, Person, listed};
use crate::admin::stand::{actor, events, lab};
use crate::support::app::{TestApp, Wish};
use crate::support::oathtool;
use crate::support::smtp::MailServer;
use crate::support::wait::eventually;

const DAY: Duration = Duration::from_secs(86_400);

const THREE: [Person; 3] = [
    listed("P-1", "odette@example.org"),
    Person {
        has_app: false,
        ..listed("P-2", "jean@example.org")
    },
    Person {
        password: "",
        ..listed("P-3", "awa@example.org")
    },
];

#[tokio::test]
async fn everyone_concerned_is_told_once_in_both_languages() {
    for mode in ["starttls", "implicit"] {
        let mail = "username = \"vestibule\"\npassword_file = \"mail-password\"\n";
        let mail = if mode == "starttls" { mail } else { "" };
        let Some(all) = Incident::all(&THREE, mode, mail).await else {
            return;
        };
        for incident in all {
            incident.stand.write("mail-password", "correct horse\n");
            assert_eq!(incident.send().await, 3);
            assert_eq!(incident.send().await, 0, "nobody is told twice");
            let mails = incident.server().mails();
            assert_eq!(mails.len(), 3);
            assert!(mails.iter().all(|mail| mail.tls && mail.from == "labo@lab.example"));
            assert!(mails.iter().all(|mail| mail.user.is_some() == (mode == "starttls")));
            let mut to: Vec<_> = mails.iter().map(|mail| mail.to.join("")).collect();
            to.sort();
            assert_eq!(to, ["awa@example.org", "jean@example.org", "odette@example.org"]);
            for mail in &mails {
                let text = readable(&mail.text);
                let of = |words: &str| text.contains(words);
                assert!(of("Bonjour Odette Lemaître") && of("Hello Odette Lemaître"), "{text}");
                assert!(!of("http") && !of("href"), "no link: {text}");
                assert!(!of("P-1") && !of("hunter2"), "{text}");
                assert_eq!(of("Faites-le avant le"), mail.to == ["odette@example.org"], "{text}");
                assert_eq!(
                    of("demandez un code au laboratoire"),
                    mail.to == ["jean@example.org"],
                    "{text}"
                );
                assert_eq!(of("sans mot de passe"), mail.to == ["awa@example.org"], "{text}");
            }
            assert_eq!(incident.count(State::Sent).await, 3);
            let told = events(&incident.core).await;
            assert_eq!(told.iter().filter(|kind| *kind == "told").count(), 3);
        }
    }
}

/// Parts of the mail, decoded.
fn readable(raw: &str) -> String {
    let message = mail_parser::MessageParser::default().parse(raw.as_bytes()).unwrap();
    let subject = message.subject().unwrap().to_owned();
    [
        subject,
        message.body_text(0).unwrap().into_owned(),
        message.body_html(0).unwrap().into_owned(),
    ]
    .join("\n")
}

#[tokio::test]
async fn a_refusal_is_a_bounce_and_a_busy_server_is_asked_again() {
    let people = [
        listed("P-1", "refused@example.org"),
        listed("P-2", "later@example.org"),
        listed("P-3", "spam@example.org"),
        listed("P-4", "odette@example.org"),
    ];
    let Some(all) = Incident::all(&people, "none", "").await else {
        return;
    };
    for incident in all {
        assert_eq!(incident.send().await, 1);
        assert_eq!(incident.count(State::Bounced).await, 2);
        assert_eq!(incident.count(State::Due).await, 1);
        assert_eq!(incident.send().await, 0, "not before its time");
        incident.stand.advance(Duration::from_secs(60));
        assert_eq!(incident.send().await, 1);
        assert_eq!(incident.count(State::Sent).await, 2);
        assert!(events(&incident.core).await.contains(&"not-told".to_owned()));
    }
}

#[tokio::test]
async fn r01_the_answer_of_a_mail_server_is_kept_without_the_address_in_it() {
    let Some(all) = Incident::all(&[listed("P-1", "refused@example.org")], "none", "").await else {
        return;
    };
    for incident in all {
        incident.send().await;
        assert_eq!(incident.answer().await.as_deref(), Some("550 5.1.1"));
    }
}

#[tokio::test]
async fn what_is_never_taken_is_given_up_after_three_days() {
    let Some(all) = Incident::all(&[listed("P-1", "never@example.org")], "none", "").await else {
        return;
    };
    for incident in all {
        let start = incident.stand.now();
        while incident.count(State::Due).await == 1 {
            assert!(incident.stand.now().since(start) <= DAY * 3, "it is never given up");
            incident.send().await;
            incident.stand.advance(Duration::from_secs(3600));
        }
        assert_eq!(incident.count(State::GivenUp).await, 1);
        let span = incident.stand.now().since(start);
        assert!(span > DAY && span <= DAY * 3, "{span:?}");
        assert!(incident.server().tried().len() < 15);
    }
}

#[tokio::test]
async fn an_interrupted_dialogue_is_uncertain_and_never_repeated() {
    let people = [listed("P-1", "cut@example.org"), listed("P-2", "odette@example.org")];
    let Some(all) = Incident::all(&people, "none", "").await else {
        return;
    };
    for incident in all {
        assert_eq!(incident.send().await, 1, "the other one goes through a new connection");
        assert_eq!(incident.count(State::Uncertain).await, 1);
        incident.stand.advance(DAY * 4);
        assert_eq!(incident.send().await, 0);
        let cut = incident
            .server()
            .tried()
            .iter()
            .filter(|to| to.starts_with("cut"))
            .count();
        assert_eq!(cut, 1);
    }
}

#[tokio::test]
async fn a_killed_sender_leaves_its_mail_uncertain() {
    let Some(all) = Incident::all(&[listed("P-1", "odette@example.org")], "none", "").await else {
        return;
    };
    for incident in all {
        incident.claim_and_die().await;
        assert_eq!(incident.send().await, 0);
        assert_eq!(incident.count(State::Sending).await, 1, "it may still be at work");
        incident.stand.advance(Duration::from_secs(3600));
        assert_eq!(incident.send().await, 0);
        assert_eq!(incident.count(State::Uncertain).await, 1);
        assert!(incident.server().mails().is_empty());
    }
}

const MANY: [Person; 7] = [
    listed("P-1", "a@example.org"),
    listed("P-2", "b@example.org"),
    listed("P-3", "c@example.org"),
    listed("P-4", "d@example.org"),
    listed("P-5", "e@example.org"),
    listed("P-6", "f@example.org"),
    listed("P-7", "g@example.org"),
];

#[tokio::test]
async fn the_hours_cap_is_shared_and_survives_a_restart() {
    let Some(all) = Incident::all(&MANY, "none", "per_hour = 3\n").await else {
        return;
    };
    for incident in all {
        let other = incident.stand.open().await;
        let (one, two) = tokio::join!(
            vestibule::service::outbox::send_due(&incident.core, &incident.texts),
            vestibule::service::outbox::send_due(&other, &incident.texts),
        );
        assert_eq!(one.unwrap() + two.unwrap(), 3, "over both together");
        incident.stand.advance(Duration::from_secs(3599));
        assert_eq!(incident.send().await, 0);
        incident.stand.advance(Duration::from_secs(1));
        assert_eq!(incident.send().await, 3);
        incident.stand.advance(Duration::from_secs(3600));
        assert_eq!(incident.send().await, 1);
        let mut to: Vec<_> = incident.server().mails().into_iter().flat_map(|mail| mail.to).collect();
        to.sort();
        to.dedup();
        assert_eq!(to.len(), 7, "each once");
    }
}

#[tokio::test]
async fn an_undone_leak_tells_nobody_any_more() {
    let Some(all) = Incident::all(&MANY, "none", "per_hour = 3\n").await else {
        return;
    };
    for incident in all {
        incident.send().await;
        campaign::undo(&incident.core, &lab(), incident.leak, &actor())
            .await
            .unwrap();
        incident.stand.advance(DAY);
        assert_eq!(incident.send().await, 0);
        assert_eq!(incident.count(State::Cancelled).await, 4);
    }
}

#[tokio::test]
async fn a_server_out_of_reach_is_left_alone_and_given_up_after_three_days() {
    let Some(mut all) = Incident::all(&MANY, "none", "").await else {
        return;
    };
    for incident in &mut all {
        incident.server = None;
        assert_eq!(incident.send().await, 0);
        assert_eq!(incident.count(State::Due).await, 7, "no mail pays for it");
        let (failures, answer) = incident.met_server().await;
        assert_eq!(failures, 1);
        assert!(answer.is_some());
        incident.send().await;
        assert_eq!(incident.met_server().await.0, 1, "not asked again at once");
        for _ in 0..72 {
            incident.stand.advance(Duration::from_secs(3600));
            incident.send().await;
        }
        assert_eq!(incident.count(State::GivenUp).await, 7);
        assert!(events(&incident.core).await.contains(&"mail-given-up".to_owned()));
    }
}

#[tokio::test]
async fn a_sender_address_that_is_refused_is_nobodys_bounce() {
    let Some(all) = Incident::all(&[listed("P-1", "odette@example.org")], "locked", "").await else {
        return;
    };
    for incident in all {
        assert_eq!(incident.send().await, 0);
        assert_eq!(incident.count(State::Due).await, 1);
    }
}

#[tokio::test]
async fn r51_without_a_mail_server_nothing_is_sent() {
    for incident in Incident::without_mail(&THREE).await {
        assert_eq!(incident.send().await, 0);
        assert_eq!(incident.count(State::Due).await, 3);
    }
}

#[tokio::test]
async fn doctor_speaks_with_the_mail_server() {
    let Some(all) = Incident::all(&THREE, "none", "").await else {
        return;
    };
    for mut incident in all {
        assert_eq!(mail_check(&incident).await, Status::Ok);
        incident.server = None;
        assert_eq!(mail_check(&incident).await, Status::Problem);
    }
    for incident in Incident::without_mail(&THREE).await {
        assert_eq!(mail_check(&incident).await, Status::Warning);
    }
}

async fn mail_check(incident: &Incident) -> Status {
    let file = incident.stand.path("vestibule.toml");
    let checks = examine(&file, Config::load(&file), &*incident.stand.clock).await;
    checks.into_iter().find(|check| check.name == "mail").unwrap().status
}

/// From the list to the mailbox, with no one at the keyboard in between.
#[actix_web::test]
async fn the_server_sends_by_itself() {
    let Some(server) = MailServer::start("none", Path::new("")) else {
        return;
    };
    if !oathtool::present() {
        return;
    }
    let app = TestApp::wishing(Wish {
        extra: format!(
            "[mail]\nhost = \"127.0.0.1\"\nport = {}\ntls = \"none\"\nfrom = \"labo@lab.example\"\n",
            server.port
        ),
        ..Wish::default()
    })
    .await;
    let patient = app.patient("P-1", "771").await;
    app.require_rotation(&patient).await;
    // The lab's own people are mailed the alert, too.
    let mail = eventually("a mail to the patient", async || {
        let mut mails = server.mails().into_iter();
        mails.find(|mail| mail.to == ["odette@example.org"])
    })
    .await;
    assert!(readable(&mail.text).contains("Faites-le avant le"));
    app.stop().await;
}

/// TLS is not an offer: a server without it, or with another's certificate, gets nothing.
#[tokio::test]
async fn a_server_that_is_not_the_named_one_gets_nothing() {
    for (served, asked) in [("none", "tls = \"starttls\""), ("implicit", "ca_file = \"\"")] {
        let Some(all) = Incident::all(&THREE, served, "").await else {
            return;
        };
        for mut incident in all {
            incident
                .reopen(|text| {
                    let key = asked.split(" = ").next().unwrap();
                    let lines = text.lines().filter(|line| key != "tls" || !line.starts_with("tls = "));
                    let lines = lines.filter(|line| key != "ca_file" || !line.starts_with("ca_file"));
                    let text = lines.collect::<Vec<_>>().join("\n");
                    if key == "tls" {
                        text.replace("[mail]", "[mail]\ntls = \"starttls\"")
                    } else {
                        text
                    }
                })
                .await;
            assert_eq!(incident.send().await, 0);
            assert!(incident.server().tried().is_empty());
            assert_eq!(incident.met_server().await.0, 1);
        }
    }
}
