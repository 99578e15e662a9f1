//! JSON lines, and lists of two columns.

use vestibule::leak::dump::{Format, Mapping, Reason, inspect};

use super::{listed, read, try_read};

#[test]
fn json_lines_by_key_by_number_and_in_a_broken_array() {
    let text = "{\"nom\":\"Canari\",\"login\":\"P-1\",\"mdp\":\"a:b\\n\",\"x\":[{\"login\":\"no\"}]}\n\
                {\"login\":\"P-2\",\"mdp\":null}\n\n{\"login\":12,\"mdp\":7}\nnot json\n{\"mdp\":\"x\"}\n";
    for map in ["", "identifier=login,password=mdp", "identifier=2,password=3"] {
        let list = read(text, map);
        assert_eq!(list.pairs(), [("p-1", "a:b\n"), ("p-2", "-"), ("12", "7")], "{map}");
        assert_eq!(list.census.count_of(Reason::NotJson), 1);
        assert_eq!(list.census.count_of(Reason::NoIdentifier), 1);
        assert_eq!(list.census.bad[0].lines, [5]);
    }
    let array = read(
        "[{\"login\":\"P-1\",\"mdp\":\"a\"},\n{\"login\":\"P-2\",\"mdp\":\"b\"}\n]\n",
        "",
    );
    assert_eq!(array.pairs(), [("p-1", "a"), ("p-2", "b")]);
    let mut windows = b"{\"login\":\"P-1\",\"mdp\":\"".to_vec();
    windows.extend(b"\xe9t\xe9\"}\n");
    assert_eq!(read(windows, "").pairs(), [("p-1", "été")]);
}

#[test]
fn keys_that_are_people_are_not_shown() {
    let text = "{\"odette@example.org\":\"soleil\"}\n{\"yann@example.org\":\"lune\"}\n";
    let problem = try_read(text, "").err().unwrap().problem().to_string();
    assert!(!problem.contains("odette") && problem.contains("--map"), "{problem}");
}

#[test]
fn pairs_are_cut_at_the_first_separator_whichever_side_the_identifier_is_on() {
    let list = read("odette@example.org:a:b;c\nP-2: x \n12:\"q\nnonsense\nP-5:\n", "");
    assert_eq!(
        list.pairs(),
        [
            ("odette@example.org", "a:b;c"),
            ("p-2", " x "),
            ("12", "\"q"),
            ("p-5", "-")
        ]
    );
    assert_eq!(list.census.count_of(Reason::NoSeparator), 1);
    let turned = read("a:b:odette@example.org\nsoleil:yann@example.org\n", "");
    assert_eq!(
        turned.pairs(),
        [("odette@example.org", "a:b"), ("yann@example.org", "soleil")]
    );
    let headed = read("login:password\nP-1:a\nP-2:b\n", "");
    assert_eq!(headed.pairs(), [("p-1", "a"), ("p-2", "b")]);
    for delimiter in [",", ";", "\t", "|"] {
        let list = read(
            format!("P-1{delimiter}soleil\nP-2{delimiter}lu{delimiter}ne\nP-3{delimiter}x\n"),
            "",
        );
        assert_eq!(list.rows.len(), 3, "{delimiter:?}");
        assert_eq!(list.rows[1].2.as_deref(), Some(format!("lu{delimiter}ne").as_str()));
    }
}

#[test]
fn a_list_of_identifiers_alone() {
    let file = listed("odette@example.org\nyann@example.org\n\nsarah@example.org\n");
    assert_eq!(inspect(&file.path, &Mapping::default()).unwrap().format, Format::Single);
    let list = read("odette@example.org\nyann@example.org\n\nsarah@example.org\n", "");
    assert_eq!(list.rows.len(), 3);
    assert_eq!(list.census.with_password, 0);
}

#[test]
fn what_is_no_list_is_refused_with_a_remedy() {
    for bytes in [
        b"".as_slice(),
        b"PK\x03\x04xxxx",
        b"%PDF-1.4",
        b"7z\xbc\xaf\x27\x1c",
        b"\xfd7zXZ\0",
        b"-- MySQL dump 10.13\nINSERT INTO `p` VALUES (1,'P-1','x');\n",
        b"[\n {\n  \"login\": \"P-1\",\n  \"pass\": \"x\"\n }\n]\n",
        b"[{\"login\":\"P-1\",\"pass\":\"x\"},{\"login\":\"P-2\",\"pass\":\"y\"}]",
    ] {
        let problem = try_read(bytes, "").err().unwrap().problem();
        assert!(!problem.remedy.is_empty(), "{problem}");
    }
    assert!(try_read(b"\n\n\n", "").is_err());
}

#[test]
fn what_stands_above_a_table_is_passed_over() {
    let list = read(
        "Export du 12/02/2021\nLaboratoire\n\nnumero_patient;nom;motpasse\nP-1;Martin;soleil\nP-2;Petit;lune\n",
        "",
    );
    assert_eq!(list.pairs(), [("p-1", "soleil"), ("p-2", "lune")]);
    assert_eq!(list.rows[0].0, 5, "lines are counted from the top of the file");
    let list = read("sep=;\nIdentifiant;Mot de passe\nP-1;soleil\n", "");
    assert_eq!(list.pairs(), [("p-1", "soleil")]);
}
