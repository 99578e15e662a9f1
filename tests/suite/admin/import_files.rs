//! Files as laboratories export them, by the command that reads them.

use serde_json::Value;
use vestibule::store::account::{accounts, records};

use super::stand::{Stand, lab};
use crate::support::command::{Ran, vestibule};

const HEADER: &str = "record;identifier;email;birth_date;given_name;family_name\n";

fn run(stand: &Stand, contents: &[u8], more: &[&str]) -> Ran {
    let file = stand.write("in.csv", contents);
    let mut arguments = vec!["patient", "import", file.to_str().unwrap(), "--lab", "port", "--json"];
    arguments.extend(more);
    vestibule(stand.folder.path(), &arguments)
}

/// Line and field of what was refused.
fn refused(report: &Value) -> Vec<(u64, String)> {
    let lines = report["refused_lines"].as_array().unwrap();
    let named = |line: &Value| {
        (
            line["line"].as_u64().unwrap(),
            line["field"].as_str().unwrap_or_default().to_owned(),
        )
    };
    lines.iter().map(named).collect()
}

fn at(field: &str, lines: &[u64]) -> Vec<(u64, String)> {
    lines.iter().map(|line| (*line, field.to_owned())).collect()
}

async fn person(stand: &Stand, number: &str) -> Option<accounts::Person> {
    let core = stand.open_now().await;
    let mut tx = core.db.begin_read().await.unwrap();
    let index = core.record_index(&lab(), number);
    let owner = records::lookup_owner(&mut tx, &lab(), &index).await.unwrap()?;
    let person = accounts::lookup_person(&mut tx, &core.sealer, &lab(), owner)
        .await
        .unwrap();
    drop(tx);
    core.db.close().await;
    person
}

async fn born(stand: &Stand, number: &str) -> String {
    person(stand, number)
        .await
        .map(|person| person.birth_date)
        .unwrap_or_default()
}

async fn ready() -> Vec<Stand> {
    let mut all = Vec::new();
    for stand in Stand::all().await {
        stand.open_now().await.db.close().await;
        all.push(stand);
    }
    all
}

#[tokio::test]
async fn dates_are_read_as_programs_write_them() {
    for stand in ready().await {
        let dates = [
            "19440512",
            "1944-05-12 00:00:00",
            "25/05/1944",
            "12/05/1944 00:00",
            "12 MAI 1944",
            "12/05/44",
        ];
        let mut file = HEADER.to_owned();
        for (at, date) in dates.iter().chain(&["00/00/1944", "31/02/1944"]).enumerate() {
            file.push_str(&format!("D{at};d-{at};;{date};A{at};Date\n"));
        }
        let ran = run(&stand, file.as_bytes(), &[]);
        assert_eq!(refused(&ran.json()), at("birth_date", &[7, 9]), "{}", ran.out);
        assert_eq!(ran.code, 3, "two of eight are too many");
        for number in ["D0", "D1", "D3", "D4"] {
            assert_eq!(born(&stand, number).await, "1944-05-12", "{number}");
        }
        assert_eq!(born(&stand, "D2").await, "1944-05-25");
        assert_eq!(born(&stand, "D6").await, "1944");
    }
}

#[tokio::test]
async fn which_number_is_the_day_is_shown_or_said_and_never_guessed() {
    for stand in ready().await {
        let either = format!("{HEADER}M1;m-1;;05/02/1983;Two;Readings\n");
        let ran = run(&stand, either.as_bytes(), &[]);
        assert_eq!(ran.code, 1);
        for reading in ["5 February 1983", "2 May 1983", "--date-order"] {
            assert!(ran.out.contains(reading), "{}", ran.out);
        }
        assert_eq!(born(&stand, "M1").await, "", "nothing comes in");
        let ran = run(&stand, format!("{either}M2;m-2;;12/25/1983;Xmas;Day\n").as_bytes(), &[]);
        assert_eq!(
            (ran.code, born(&stand, "M1").await.as_str()),
            (0, "1983-05-02"),
            "{}",
            ran.out
        );
        let other = either.replace('1', "3").replace("3983", "1983");
        assert_eq!(run(&stand, other.as_bytes(), &["--date-order", "day-first"]).code, 0);
        assert_eq!(born(&stand, "M3").await, "1983-02-05");
        let both = format!("{HEADER}M5;m-5;;05/25/1983;A;B\nM6;m-6;;25/05/1983;A;B\n");
        assert_eq!(
            run(&stand, both.as_bytes(), &[]).code,
            1,
            "two orders in one file are none"
        );
        stand.write_config("date_order = \"month-first\"\n");
        let configured = either.replace("M1;m-1", "M7;m-7");
        let file = stand.write("in.csv", configured);
        let file = file.to_str().unwrap();
        assert_eq!(
            vestibule(stand.folder.path(), &["patient", "import", file, "--lab", "vallee"]).code,
            0
        );
    }
}

#[tokio::test]
async fn what_a_spreadsheet_damaged_and_numbers_of_the_state_are_refused_by_cell() {
    for stand in ready().await {
        let lines = "\"=\"\"00771234\"\"\";e-1;;1944-05-12;E;Excel\nE2;'007;;1944-05-12;E;Excel\n\
            7,71234E+05;e-3;;1944-05-12;E;Excel\nE4;#REF!;;1944-05-12;E;Excel\nE5;e-5;;1944-05-12;E;O'Sound\n\
            E6;1,84128E+14;;1962-07-14;Denis;Faure\nE7;1 84 12 76 451 089;;1950-04-23;N;N\n\
            E8;NIR184127645108946;;1950-04-23;N;N\nE9;20240512000123;;1950-04-23;N;N\n\
            E10;inconnu@lab.example;;1950-04-23;N;N\n";
        let ran = run(&stand, format!("{HEADER}{lines}").as_bytes(), &[]);
        let mut expected = at("record", &[2, 4]);
        expected.extend(at("identifier", &[3, 5, 7, 8, 9, 11]));
        expected.sort();
        assert_eq!(refused(&ran.json()), expected, "{}", ran.out);
        assert_eq!(ran.json()["added"], 2);
        let said = vestibule(
            stand.folder.path(),
            &[
                "patient",
                "import",
                stand.path("in.csv").to_str().unwrap(),
                "--lab",
                "port",
            ],
        );
        assert_eq!(said.code, 3);
        assert!(
            said.out.trim_end().lines().last().unwrap().contains("5 %"),
            "{}",
            said.out
        );
    }
}

#[tokio::test]
async fn an_address_is_what_mail_can_be_sent_to() {
    for stand in ready().await {
        let addresses = [
            "plain.name+lab@mail.example",
            "a@münchen.example",
            "a..b@lab.example",
            "a@lab..example",
            "inconnu",
            "o'brien@lab.example",
            "a@localhost",
        ];
        let mut file = HEADER.to_owned();
        for (at, address) in addresses.iter().enumerate() {
            file.push_str(&format!("A{at};a-{at};{address};1950-04-23;M{at};Mail\n"));
        }
        let ran = run(&stand, file.as_bytes(), &[]);
        assert_eq!(refused(&ran.json()), at("email", &[4, 5, 6, 8]), "{}", ran.out);
        let email = person(&stand, "A1").await.unwrap().email;
        assert_eq!(email.as_deref(), Some("a@xn--mnchen-3ya.example"));
    }
}

/// Every form of the same two patients.
#[tokio::test]
async fn delimiters_encodings_and_empty_rows_are_not_the_patients() {
    let plain = "record;identifier;email;birth_date;given_name;family_name\n\
        C1;c-1;;1950-04-23;Zoé;Lemaître\nC2;c-2;;1950-04-23;Noël;Crête\n";
    let bytes = |letters: &[(char, u8)]| -> Vec<u8> {
        let byte = |c: char| {
            let known = letters.iter().find(|(letter, _)| *letter == c);
            known.map_or_else(|| u8::try_from(c).unwrap(), |(_, byte)| *byte)
        };
        plain.chars().map(byte).collect()
    };
    let wide = |order: fn(u16) -> [u8; 2], mark: &str| -> Vec<u8> {
        format!("{mark}{plain}").encode_utf16().flat_map(order).collect()
    };
    let twice: String = plain.bytes().map(char::from).collect();
    let forms: Vec<(&str, Vec<u8>)> = vec![
        ("UTF-8 with a mark", format!("\u{feff}{plain}").into_bytes()),
        ("Windows-1252", bytes(&[])),
        ("CP850", bytes(&[('é', 0x82), ('î', 0x8c), ('ë', 0x89), ('ê', 0x88)])),
        ("UTF-16", wide(u16::to_le_bytes, "\u{feff}")),
        ("UTF-16 of the other end", wide(u16::to_be_bytes, "\u{feff}")),
        ("UTF-16 without a mark", wide(u16::to_le_bytes, "")),
        ("encoded twice", twice.into_bytes()),
        ("bars", plain.replace(';', "|").into_bytes()),
        ("returns alone", plain.replace('\n', "\r").into_bytes()),
        (
            "a line for the spreadsheet",
            format!("sep=;\r\n{}", plain.replace('\n', "\r\n")).into_bytes(),
        ),
        ("empty rows", format!("{plain};;;;;\n\n; ;;;;\n").into_bytes()),
        (
            "a delimiter at the end",
            plain.replace("Lemaître\n", "Lemaître;\n").into_bytes(),
        ),
        ("a delimiter at the end of all", plain.replace('\n', ";\n").into_bytes()),
        (
            "and of the first line",
            plain.replacen("name\n", "name;\n", 1).into_bytes(),
        ),
    ];
    for (form, contents) in forms {
        let stand = Stand::sqlite();
        stand.open_now().await.db.close().await;
        let ran = run(&stand, &contents, &[]);
        let report = ran.json();
        assert_eq!(
            (ran.code, &report["added"], &report["refused"]),
            (0, &2.into(), &0.into()),
            "{form}: {}",
            ran.out
        );
        for (number, given, family) in [("C1", "Zoé", "Lemaître"), ("C2", "Noël", "Crête")] {
            let person = person(&stand, number).await.unwrap();
            assert_eq!(
                (person.given_name.as_str(), person.family_name.as_str()),
                (given, family),
                "{form}"
            );
        }
    }
}
