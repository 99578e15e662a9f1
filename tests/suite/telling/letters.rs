use std::io::{self, Write};
use std::os::unix::fs::PermissionsExt;
use std::time::Duration;

use vestibule::crypto::human_code::{CodeKind, HumanCode};
use vestibule::domain::outbox::State;
use vestibule::i18n::Language;
use vestibule::leak::letters::{self, LettersError, Order, Wish, WrittenLetters};
use vestibule::store::account::lab_codes;

use super::incident::{Incident, Person, listed};
use crate::admin::stand::{actor, events, lab};
use crate::support::command::vestibule;

const PEOPLE: [Person; 4] = [
    listed("P-1", ""),
    Person {
        has_app: false,
        ..listed("P-2", "")
    },
    Person {
        password: "",
        ..listed("P-3", "")
    },
    listed("P-4", "odette@example.org"),
];

struct Letters {
    table: Vec<Vec<String>>,
    pages: String,
    written: WrittenLetters,
}

async fn write(incident: &Incident, wish: Wish, languages: &[Language]) -> Letters {
    let (lab, actor) = (lab(), actor());
    let order = Order {
        lab: &lab,
        leak: incident.leak,
        wish,
        languages,
        actor: &actor,
    };
    let (mut table, mut pages) = (Vec::new(), Vec::new());
    let written = letters::write(&incident.core, &order, &mut table, &mut pages, &mut |_| {})
        .await
        .unwrap();
    letters::finish(&incident.core, &order, &written).await.unwrap();
    let mut rows = csv::Reader::from_reader(table.as_slice());
    assert_eq!(
        rows.headers().unwrap(),
        vec!["record", "name", "identifier", "reason", "lab_code", "expires_at"]
    );
    let mut table: Vec<Vec<String>> = rows
        .records()
        .map(|row| row.unwrap().iter().map(str::to_owned).collect())
        .collect();
    table.sort();
    Letters {
        table,
        pages: String::from_utf8(pages).unwrap(),
        written,
    }
}

async fn works(incident: &Incident, code: &str) -> bool {
    let mac = HumanCode::parse(code)
        .unwrap()
        .mac(&incident.core.keyring, &lab(), CodeKind::Lab);
    let mut tx = incident.core.db.begin().await.unwrap();
    lab_codes::try_code(&mut tx, &lab(), &mac, incident.core.now())
        .await
        .unwrap()
        .is_some()
}

const FRENCH: &[Language] = &[Language::Fr];

#[tokio::test]
async fn r48_whoever_no_mail_reaches_gets_a_letter_and_a_code_where_one_is_needed() {
    for incident in Incident::without_mail(&PEOPLE).await {
        let letters = write(&incident, Wish::default(), FRENCH).await;
        assert_eq!((letters.written.letters, letters.written.lab_codes), (3, 1));
        let reasons: Vec<_> = letters
            .table
            .iter()
            .map(|row| (row[0].as_str(), row[3].as_str()))
            .collect();
        assert_eq!(reasons, [("770", "rotate"), ("771", "disabled"), ("772", "listed")]);
        let code = &letters.table[1][4];
        assert!(letters.table[0][4].is_empty() && letters.table[2][4].is_empty());
        assert!(letters.pages.contains(code.as_str()));
        assert_eq!(letters.pages.matches("<section").count(), 3);
        assert!(works(&incident, code).await);
        let trail = events(&incident.core).await;
        assert!(trail.contains(&"letters-started".to_owned()) && trail.contains(&"letters-written".to_owned()));

        let again = write(&incident, Wish::default(), FRENCH).await;
        assert!(again.table.is_empty(), "each once");
        assert!(works(&incident, code).await, "a posted code stays good");
        let wish = Wish {
            again: true,
            ..Wish::default()
        };
        let again = write(&incident, wish, FRENCH).await;
        assert_eq!(again.written.letters, 3);
        assert!(!works(&incident, code).await && works(&incident, &again.table[1][4]).await);
        let everyone = Wish {
            everyone: true,
            again: true,
        };
        assert_eq!(write(&incident, everyone, FRENCH).await.written.letters, 4);
    }
}

#[tokio::test]
async fn a_mail_that_did_not_arrive_is_followed_by_a_letter() {
    let people = [
        listed("P-1", "refused@example.org"),
        listed("P-2", "odette@example.org"),
    ];
    let Some(all) = Incident::all(&people, "none", "").await else {
        return;
    };
    for incident in all {
        assert!(write(&incident, Wish::default(), FRENCH).await.table.is_empty());
        incident.send().await;
        incident.stand.advance(Duration::from_secs(25 * 3600));
        let letters = write(&incident, Wish::default(), FRENCH).await;
        assert_eq!(letters.table.len(), 1);
        assert_eq!(letters.table[0][3], "disabled", "the day to rotate is over");
        assert!(works(&incident, &letters.table[0][4]).await);
        assert_eq!(
            (incident.count(State::Written).await, incident.count(State::Sent).await),
            (1, 1)
        );
    }
}

#[tokio::test]
async fn the_pages_in_both_languages() {
    let incident = Incident::without_mail(&PEOPLE[..3]).await.remove(0);
    let letters = write(&incident, Wish::default(), &Language::ALL).await;
    assert_eq!(letters.pages.matches("<section").count(), 6);
    let code = &letters.table[1][4];
    // In the order of digests, which differ from keyring to keyring.
    let (head, sections) = letters.pages.split_once("<section").unwrap();
    let mut sections: Vec<_> = sections
        .split("<section")
        .map(|section| section.replace("</body>\n</html>\n", ""))
        .collect();
    sections.sort();
    let pages = format!("{head}<section{}", sections.join("<section"));
    insta::assert_snapshot!(pages.replace(code, "K7QM-2RXP-H4TW-9ABC"));
}

struct Full;

impl Write for Full {
    fn write(&mut self, _: &[u8]) -> io::Result<usize> {
        Err(io::ErrorKind::StorageFull.into())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[tokio::test]
async fn what_was_not_written_to_its_end_is_written_again() {
    for incident in Incident::without_mail(&PEOPLE).await {
        let (lab, actor) = (lab(), actor());
        let order = Order {
            lab: &lab,
            leak: incident.leak,
            wish: Wish::default(),
            languages: FRENCH,
            actor: &actor,
        };
        let failed = letters::write(&incident.core, &order, Vec::new(), Full, &mut |_| {}).await;
        assert!(matches!(failed, Err(LettersError::File(_))));
        // Killed before its files were in place.
        let killed = letters::write(&incident.core, &order, Vec::new(), Vec::new(), &mut |_| {}).await;
        assert_eq!(killed.unwrap().letters, 3);
        assert_eq!(write(&incident, Wish::default(), FRENCH).await.written.letters, 3);
    }
}

#[tokio::test]
async fn the_command_writes_private_files_and_overwrites_nothing() {
    for incident in Incident::without_mail(&PEOPLE).await {
        incident.core.db.close().await;
        let folder = incident.stand.folder.path();
        let leak = incident.leak.to_string();
        let arguments = ["leak", "letters", &leak, "--out", "post", "--json"];
        let ran = vestibule(folder, &arguments);
        assert_eq!(ran.code, 0, "{}", ran.out);
        assert_eq!(ran.json()["letters"], 3);
        for name in ["letters.csv", "letters.html"] {
            let file = folder.join("post").join(name);
            assert_eq!(file.metadata().unwrap().permissions().mode() & 0o777, 0o600);
        }
        let ran = vestibule(folder, &arguments);
        assert_eq!(ran.code, 1);
        assert!(ran.out.contains("already exists"), "{}", ran.out);
        let ran = vestibule(folder, &["leak", "letters", "77", "--out", "other"]);
        assert!(ran.code == 1 && ran.err.contains("no leak"), "{}", ran.err);
        let ran = vestibule(
            folder,
            &["leak", "letters", &leak, "--out", "other", "--language", "de"],
        );
        assert_eq!(ran.code, 2);
    }
}
