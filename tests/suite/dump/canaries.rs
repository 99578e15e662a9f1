//! of a record, the two mapped fields are read and nothing else.

use vestibule::leak::dump::{DumpReader, Mapping};

use super::{listed, mapped};

const CANARY: &str = "CANARI-7731";

#[test]
fn r03_what_stands_in_other_columns_appears_nowhere() {
    let table = |delimiter: &str| {
        let mut text = ["nom", "identifiant", "remarque", "mdp", "notes"].join(delimiter) + "\n";
        for row in 0..50 {
            let quoted = format!("\"{CANARY}\n{CANARY}\"");
            let broken = format!("\"{CANARY}");
            let (note, tail) = match row % 5 {
                0 => (quoted.as_str(), CANARY),
                1 => (broken.as_str(), CANARY),
                2 => (CANARY, "x;CANARI-7731;CANARI-7731"),
                3 => ("CANARI-7731&#7877;", "&eacute;CANARI-7731"),
                _ => (CANARY, ""),
            };
            text.push_str(&([CANARY, &format!("P-{row}"), note, "soleil", tail].join(delimiter) + "\n"));
        }
        text
    };
    let object =
        format!("{{\"nom\":\"{CANARY}\",\"login\":\"P-1\",\"n\":{{\"a\":[\"{CANARY}\"]}},\"mdp\":\"soleil\"}}\n");
    let lists = [
        (table(";"), ""),
        (table(","), ""),
        (table("\t"), "identifier=2,password=4"),
        (object.repeat(20), ""),
    ];
    for (text, map) in lists {
        let file = listed(text);
        let mut reader = DumpReader::open(&file.path, &mapped(map)).unwrap();
        let mut said = format!("{:?}", reader.inspection());
        while let Some(row) = reader.next_row().unwrap() {
            said.push_str(row.identifier.as_str());
            if let Some(password) = &row.password {
                said.push_str(password.as_found());
                assert_eq!(password.as_found(), "soleil");
            }
            said.push_str(&format!("{row:?}"));
        }
        said.push_str(&format!("{:?} {:?} {reader:?}", reader.census(), reader.checkpoint()));
        said.push_str(&serde_json::to_string(reader.census()).unwrap());
        said.push_str(&serde_json::to_string(reader.inspection()).unwrap());
        assert!(!said.to_lowercase().contains("canari"), "{map}");
    }
}

#[test]
fn nothing_that_was_read_is_printed() {
    let file = listed("identifiant;mdp\nP-102477;soleil77\n");
    let mut reader = DumpReader::open(&file.path, &Mapping::default()).unwrap();
    let row = reader.next_row().unwrap().unwrap();
    let said = format!("{row:?} {reader:?} {:?}", row.password);
    assert!(!said.contains("102477") && !said.contains("soleil"), "{said}");
}
