use std::os::unix::fs::PermissionsExt;
use std::time::Duration;

use vestibule::i18n::Language;
use vestibule::leak::campaign::LeakError;
use vestibule::leak::report::{self, Report};

use super::incident::{Incident, Person, listed};
use crate::admin::stand::{events, lab};
use crate::support::command::vestibule;

const PEOPLE: [Person; 3] = [
    listed("+P-1", "refused@example.org"),
    Person {
        has_app: false,
        ..listed("P-2", "jean@example.org")
    },
    Person {
        password: "",
        ..listed("P-3", "")
    },
];

async fn build(incident: &Incident, language: Language) -> Report {
    report::build(&incident.core, &lab(), incident.leak, language)
        .await
        .unwrap()
}

fn count(report: &Report, name: &str) -> u64 {
    report.figures.iter().find(|figure| figure.name == name).unwrap().count
}

#[tokio::test]
async fn r47_the_clock_runs_from_awareness_and_says_when_it_is_over() {
    for incident in Incident::without_mail(&PEOPLE).await {
        let report = build(&incident, Language::En).await;
        assert!(
            !report.clock.is_over && report.clock.text.contains("72 hours left"),
            "{}",
            report.clock.text
        );
        assert!(!report.draft.contains("Reasons for the delay"));
        incident.stand.advance(Duration::from_secs(71 * 3600 + 1));
        let report = build(&incident, Language::Fr).await;
        assert!(
            report.clock.text.contains("il reste 59\u{a0}minutes"),
            "{}",
            report.clock.text
        );
        incident.stand.advance(Duration::from_secs(3599));
        let report = build(&incident, Language::Fr).await;
        assert!(report.clock.is_over && report.clock.seconds_left == 0);
        assert!(report.draft.contains("Motifs du retard"), "{}", report.draft);
    }
}

#[tokio::test]
async fn r47_the_figures_follow_what_happens() {
    let Some(all) = Incident::all(&PEOPLE, "none", "").await else {
        return;
    };
    for incident in all {
        let report = build(&incident, Language::Fr).await;
        assert_eq!(
            (
                count(&report, "found"),
                count(&report, "not-told"),
                count(&report, "due")
            ),
            (3, 3, 2)
        );
        assert_eq!(
            (
                count(&report, "to-rotate"),
                count(&report, "to-disable"),
                count(&report, "to-tell")
            ),
            (1, 1, 1)
        );
        incident.send().await;
        let report = build(&incident, Language::Fr).await;
        assert_eq!(
            (
                count(&report, "told"),
                count(&report, "bounced"),
                count(&report, "not-told")
            ),
            (1, 1, 2)
        );
        let steps: Vec<_> = report.timeline.iter().map(|entry| entry.what.as_str()).collect();
        for step in ["Prise de connaissance", "Application", "Premier message parti"] {
            assert!(steps.contains(&step), "{steps:?}");
        }
        assert!(report.timeline.is_sorted_by_key(|entry| entry.at.clone()));
    }
}

#[tokio::test]
async fn the_chart_can_be_read_without_seeing_it() {
    let incident = Incident::without_mail(&PEOPLE).await.remove(0);
    let chart = build(&incident, Language::En).await.chart;
    assert!(chart.contains("<title id=\"progress-title\">Progress</title>") && chart.contains("role=\"img\""));
    assert!(chart.contains("<desc id=\"progress-text\">") && !chart.contains("style="));
    for label in ["Accounts found", "People told", "Password disabled"] {
        assert!(chart.contains(label), "{chart}");
    }
}

#[tokio::test]
async fn r47_r49_the_drafts_mark_what_nobody_knows() {
    let mut incident = Incident::without_mail(&PEOPLE).await.remove(0);
    let draft = build(&incident, Language::Fr).await.draft;
    assert!(
        draft.contains(
            "[À COMPLÉTER : nom et adresse du responsable du traitement]"
                .replace(" :", "\u{a0}:")
                .as_str()
        )
    );
    incident
        .reopen(|text| {
            let keys = "phone = \"02 98 00 00 00\"\ncontroller = \"SELAS du Port, Brest\"\n\
                        data_protection_contact = \"dpo@laboratoire.example\"\n";
            text.replacen(
                "name = \"Laboratoire du Port\"\n",
                &format!("name = \"Laboratoire du Port\"\n{keys}"),
                1,
            )
        })
        .await;
    insta::assert_snapshot!("notification_fr", build(&incident, Language::Fr).await.draft);
    insta::assert_snapshot!("notification_en", build(&incident, Language::En).await.draft);
    for language in Language::ALL {
        let letter = report::people::prescribers_letter(&incident.core, &lab(), incident.leak, language)
            .await
            .unwrap();
        insta::assert_snapshot!(format!("prescribers_{}", language.code()), letter);
    }
}

#[tokio::test]
async fn r46_the_leak_of_another_lab_is_none() {
    for incident in Incident::without_mail(&PEOPLE).await {
        let other = report::build(&incident.core, &"vallee".parse().unwrap(), incident.leak, Language::Fr).await;
        assert!(matches!(other, Err(LeakError::UnknownLeak)));
    }
}

#[tokio::test]
async fn r48_the_lists_for_the_lab_are_private_and_harmless_in_a_spreadsheet() {
    for incident in Incident::without_mail(&PEOPLE).await {
        incident.core.db.close().await;
        let folder = incident.stand.folder.path();
        let leak = incident.leak.to_string();
        let ran = vestibule(
            folder,
            &["leak", "report", &leak, "--language", "en", "--out", "file", "--json"],
        );
        assert_eq!(ran.code, 0, "{}{}", ran.out, ran.err);
        assert_eq!(ran.json()["people_written"], 3);
        assert_eq!(ran.json()["leak"]["accounts"]["found"], 3);
        let file = |name: &str| {
            let path = folder.join("file").join(name);
            assert_eq!(path.metadata().unwrap().permissions().mode() & 0o777, 0o600, "{name}");
            std::fs::read_to_string(path).unwrap()
        };
        let people = file("people.csv");
        assert!(
            people.starts_with("record,identifier,name,state\n") && people.lines().count() == 4,
            "{people}"
        );
        assert!(
            people.contains("770,'+P-1,Odette Lemaître 0,rotation-required"),
            "{people}"
        );
        assert_eq!(file("prescribers.csv").lines().count(), 4);
        assert!(file("prescribers-letter-fr.txt").contains("ne connaît aucun prescripteur"));
        assert!(file("notification-fr.txt").contains("RGPD") && file("notification-en.txt").contains("GDPR"));
        assert!(file("report.html").contains("<svg") && file("progress.svg").starts_with("<svg"));
        assert!(
            !file("report.html").contains("Odette"),
            "no person is named in the report"
        );
        serde_json::from_str::<serde_json::Value>(&file("report.json")).unwrap();
        let ran = vestibule(folder, &["leak", "status", &leak]);
        assert!(
            ran.out.contains("0 people") && ran.out.contains("no server is configured"),
            "{}",
            ran.out
        );
        let ran = vestibule(folder, &["leak", "report", &leak]);
        assert!(
            ran.out.contains("Comptes trouvés") && ran.out.contains("72 heures"),
            "{}",
            ran.out
        );
        assert!(
            events(&incident.stand.open().await)
                .await
                .contains(&"leak-people-exported".to_owned())
        );
    }
}
