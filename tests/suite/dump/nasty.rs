//! The ten nasty cases of lists in the wild. The tenth, races with sign-in, is the campaign's.

use vestibule::leak::dump::{Damage, Field, Kind, Mapping, Reason, inspect};

use super::{listed, read, try_read};

#[test]
fn character_references_do_not_shift_the_columns_of_a_semicolon_file() {
    let list = read(
        "nom;identifiant;mdp;ville\nNguy&#7877;n;P-1;soleil1;Rennes\nR&D;P-2;a&amp;b;Vannes\nL&eacute;a;P-3;\"x&#233;;y\";Brest\n",
        "",
    );
    assert_eq!(
        list.pairs(),
        [("p-1", "soleil1"), ("p-2", "a&amp;b"), ("p-3", "x&#233;;y")]
    );
    assert_eq!(list.census.repaired_references, 3);
    assert_eq!(list.census.bad_rows(), 0);
}

#[test]
fn an_unclosed_quote_does_not_swallow_the_next_rows() {
    let mut text = "nom;identifiant;mdp;ville\n".to_owned();
    for number in 1..=300 {
        match number {
            7 => text.push_str("\"Le Goff;P-7;pw7\n"),
            90 => text.push_str("Le Goff;P-90;\"pw90;Rennes\n"),
            120 => text.push_str("\"Le\nGoff\";P-120;pw120;\"Ren\n\nnes\"\n"),
            _ => text.push_str(&format!("Le Goff;P-{number};pw{number};Rennes\n")),
        }
    }
    let list = read(&text, "");
    assert_eq!(list.rows.len(), 299);
    assert_eq!(list.census.count_of(Reason::UnclosedQuote), 1);
    assert_eq!(list.census.bad[0].lines, [8]);
    assert_eq!(list.census.repaired_quotes, 1);
    assert!(list.pairs().contains(&("p-90", "\"pw90")) && list.pairs().contains(&("p-120", "pw120")));
    assert_eq!(
        list.rows.last().unwrap().0,
        304,
        "line numbers count the breaks inside quotes"
    );
}

#[test]
fn utf_16_with_split_surrogates_odd_length_and_no_mark() {
    let text = format!("identifiant;mdp\r\n{}", "P-1;clé😀1\r\n".repeat(20_000));
    for big in [false, true] {
        for mark in [false, true] {
            let units = |text: &str| -> Vec<u8> {
                text.encode_utf16()
                    .flat_map(|unit| if big { unit.to_be_bytes() } else { unit.to_le_bytes() })
                    .collect()
            };
            let mut bytes = if mark { units("\u{feff}") } else { Vec::new() };
            bytes.extend(units(&text));
            bytes.push(0x20);
            let list = read(&bytes, "");
            assert_eq!(list.rows.len(), 20_000);
            assert!(list.rows.iter().all(|row| row.2.as_deref() == Some("clé😀1")));
            assert_eq!(list.damage, [Damage::OddLength]);

            bytes.pop();
            let half = if big {
                0xd83d_u16.to_be_bytes()
            } else {
                0xd83d_u16.to_le_bytes()
            };
            bytes.extend(units("P-2;a"));
            bytes.extend(half);
            bytes.extend(units("b\r\nP-3;c\r\n"));
            let list = read(&bytes, "");
            assert_eq!(list.pairs()[20_000..], [("p-2", "-"), ("p-3", "c")]);
            assert_eq!(list.damage, [Damage::BrokenCharacter]);
            assert_eq!(list.census.unusable_passwords, 1);
        }
    }
}

#[test]
fn encodings_and_normal_forms_mixed_row_by_row() {
    let mut bytes = "\u{feff}identifiant,mot de passe\nP-1,été\nP-2,e\u{301}te\u{301}\nP-3,"
        .as_bytes()
        .to_vec();
    bytes.extend(b"\xe9t\xe9\nP-4,\x80uro\nP-\xe95,x\n");
    let list = read(bytes, "");
    assert_eq!(
        list.pairs(),
        [
            ("p-1", "été"),
            ("p-2", "été"),
            ("p-3", "été"),
            ("p-4", "€uro"),
            ("p-é5", "x")
        ]
    );
    assert_eq!((list.census.utf8, list.census.windows_1252), (2, 3));
}

#[test]
fn delimiters_quotes_and_spaces_in_a_password_are_its_own() {
    let list = read(
        "login,mdp\nP-1,\"a,b\"\nP-2,a,b\nP-3,\"a\"\"b\"\nP-4,\"a\"b\"\nP-5, a \nP-6,=cmd|' /C calc'!A0\nP-7,\"\nP-8,\"a\nP-9,b\"c\n",
        "",
    );
    assert_eq!(
        list.pairs(),
        [
            ("p-1", "a,b"),
            ("p-2", "a,b"),
            ("p-3", "a\"b"),
            ("p-4", "a\"b"),
            ("p-5", " a "),
            ("p-6", "=cmd|' /C calc'!A0"),
            ("p-7", "\""),
            ("p-8", "\"a"),
            ("p-9", "b\"c"),
        ]
    );
    assert_eq!(list.census.bad_rows(), 0);
}

#[test]
fn what_a_spreadsheet_has_destroyed_is_reported_and_not_matched() {
    let list = read(
        "identifiant;mdp\n1,23E+14;a\n1.5e+13;b\n#REF!;c\n########;d\n102477;e\n1E5;f\n",
        "",
    );
    assert_eq!(list.pairs(), [("102477", "e"), ("1e5", "f")]);
    assert_eq!(list.census.count_of(Reason::DamagedNumber), 4);
    assert_eq!(list.census.bad[0].lines, [2, 3, 4, 5]);
}

#[test]
fn one_identifier_with_many_passwords_and_one_password_on_many_identifiers() {
    let mut text = "identifiant;mdp\n".to_owned();
    for number in 0..40 {
        text.push_str(&format!("P-1;variant{number}\n"));
    }
    for number in 0..10_000 {
        text.push_str(&format!("P-{number};azerty\n"));
    }
    let list = read(&text, "");
    assert_eq!(list.rows.len(), 10_040);
    assert_eq!(list.rows.iter().filter(|row| row.1 == "p-1").count(), 41);
}

#[test]
fn repeated_headers_are_passed_over() {
    let list = read(
        "Identifiant;Mot de passe\nP-1;a\n\n\u{feff}identifiant;mot de passe\nP-2;b\n\u{1a}",
        "",
    );
    assert_eq!(list.pairs(), [("p-1", "a"), ("p-2", "b")]);
    assert_eq!((list.census.headers, list.census.empty_lines), (2, 2));
}

#[test]
fn digests_are_passwords_that_somebody_knows() {
    for hash in [
        "5f4dcc3b5aa765d61d8327deb882cf99",
        "5baa61e4c9b93f3f0682250b6cf8331b7ee68fd8",
        "5e884898da28047151d0e56f8dc6292773603d0d6aabbdd62a11ef721d1542d8",
        "$2y$10$N9qo8uLOickgx2ZMRZoMyeIjZAgcfl7p92ldGxad68LJZdL17lhWy",
        "$argon2id$v=19$m=65536,t=3,p=4$c29tZXNhbHQ$RdescudvJCsgt3ub",
    ] {
        let text = format!("identifiant,mdp\n{}", format!("P-1,{hash}\n").repeat(5));
        let file = listed(&text);
        for map in ["", "identifier=1,password=2"] {
            let inspection = inspect(&file.path, &super::mapped(map)).unwrap();
            assert!(inspection.password_is_hashed && inspection.used_as(Field::Password).is_some());
            assert_eq!(inspection.hash_like().collect::<Vec<_>>(), [2]);
            let list = read(&text, map);
            assert_eq!(list.rows.len(), 5);
            assert!(list.rows.iter().all(|row| row.2.is_some()));
            assert_eq!((list.census.with_password, list.census.hashed_passwords), (5, 5));
        }
    }
    let both = read(
        "login;password_hash;password\nP-1;5f4dcc3b5aa765d61d8327deb882cf99;soleil\n",
        "",
    );
    assert_eq!(both.pairs(), [("p-1", "soleil")]);
    let mixed = read(
        "P-1:soleil\nP-2:lune\nP-3:$2y$10$N9qo8uLOickgx2ZMRZoMyeIjZAgcfl7p92ldGxad68LJZdL17lhWy\n",
        "",
    );
    assert_eq!(
        mixed.pairs(),
        [
            ("p-1", "soleil"),
            ("p-2", "lune"),
            ("p-3", "$2y$10$N9qo8uLOickgx2ZMRZoMyeIjZAgcfl7p92ldGxad68LJZdL17lhWy")
        ]
    );
    let half = "P-1:5f4dcc3b5aa765d61d8327deb882cf99\nP-2:lune\n".repeat(20);
    assert_eq!(
        read(half, "").pairs()[..2],
        [("p-1", "5f4dcc3b5aa765d61d8327deb882cf99"), ("p-2", "lune")]
    );
}

#[test]
fn a_list_that_was_joined_is_read_to_its_end_and_the_seams_are_named() {
    let seams = |list: &super::Outcome| list.census.changes.iter().map(|change| change.line).collect::<Vec<_>>();
    let line_ends = read("P-1:soleil\nP-2:lune\nP-3:galet\rP-4:phare\rP-5:dune", "");
    assert_eq!(line_ends.pairs().len(), 5);
    assert_eq!(line_ends.pairs()[4], ("p-5", "dune"));
    let columns = read(
        "login;mdp;ville\nP-1;soleil;Brest\nville;login;mdp\nBrest;P-2;lune\n",
        "",
    );
    assert_eq!(columns.pairs(), [("p-1", "soleil"), ("p-2", "lune")]);
    assert_eq!(seams(&columns), [3]);
    let delimiters = read("login;mdp\nP-1;soleil\nP-2,lune\nP-3,galet\nP-4;phare\n", "");
    assert_eq!(
        delimiters.pairs(),
        [("p-1", "soleil"), ("p-2", "lune"), ("p-3", "galet"), ("p-4", "phare")]
    );
    assert_eq!(seams(&delimiters), [3, 5]);
    let keys = read(
        "{\"username\":\"P-1\",\"password\":\"soleil\"}\n{\"login\":\"P-2\",\"mdp\":\"lune\"}\n",
        "",
    );
    assert_eq!(keys.pairs(), [("p-1", "soleil"), ("p-2", "lune")]);
    assert_eq!(seams(&keys), [2]);
}

#[test]
fn without_a_mapping_it_stops_with_the_columns_and_the_remedy_and_shows_nobody() {
    let text = "Canari;Odette;12/05/1944;odette.canari@example.org;soleil1\n".repeat(50);
    let problem = try_read(&text, "").err().unwrap().problem();
    assert!(problem.remedy.contains("--map identifier=3,password=7"), "{problem}");
    assert!(
        problem
            .what
            .contains("1 (words), 2 (words), 3 (dates), 4 (e-mail addresses)"),
        "{problem}"
    );
    for content in ["Canari", "Odette", "soleil", "1944"] {
        assert!(!problem.to_string().contains(content), "{problem}");
    }
    let problem = try_read(&text, "identifier=9").err().unwrap().problem();
    assert!(
        problem
            .what
            .contains("column 9 was named for the identifier, and there are 5"),
        "{problem}"
    );
    let problem = try_read(&text, "identifier=login").err().unwrap().problem();
    assert!(problem.what.contains("no column is headed 'login'"), "{problem}");
    assert_eq!(read(&text, "identifier=4,password=5").rows.len(), 50);
}

#[test]
fn columns_are_known_by_their_headers_in_french_and_in_english() {
    for header in [
        "nom;N° patient;x;Mot de passe;e-mail",
        "name|Username|x|pwd|mail",
        "NOM\tLOGIN_WEB\tx\tMDP_WEB\tCOURRIEL",
        "nom,identifiant,x,mdp,email",
    ] {
        let delimiter = header.chars().find(|c| ";|\t,".contains(*c)).unwrap().to_string();
        let row = ["Canari", "771", "", "soleil 1", "o@example.org"].join(&delimiter);
        let file = listed(format!("{header}\r\n{row}\r\n{row}\r\n"));
        let inspection = inspect(&file.path, &Mapping::default()).unwrap();
        assert_eq!(inspection.used_as(Field::Identifier).unwrap().number, 2, "{header}");
        assert_eq!(inspection.used_as(Field::Password).unwrap().number, 4, "{header}");
        assert_eq!(inspection.columns[4].kind, Kind::Email);
        assert!(inspection.header);
    }
    let seeds = listed("login;mdp;totp_secret\nP-1;a;JBSWY3DP\nP-2;b;JBSWY3DQ\n");
    let inspection = inspect(&seeds.path, &Mapping::default()).unwrap();
    assert_eq!(inspection.seed_like().collect::<Vec<_>>(), [3]);
}

#[test]
fn rows_of_one_to_two_hundred_fields() {
    let mut text = String::new();
    for width in 1..=200 {
        let row: Vec<String> = (1..=width).map(|column| format!("f{column}")).collect();
        text.push_str(&(row.join(";") + "\n"));
    }
    let list = read(&text, "identifier=3,password=7");
    assert_eq!(list.rows.len(), 194);
    assert_eq!(list.census.count_of(Reason::TooFewColumns), 6);
    assert_eq!(list.census.bad[0].lines, [1, 2, 3, 4, 5, 6]);
    assert!(list.pairs().iter().all(|pair| *pair == ("f3", "f7")));
}

#[test]
fn nuls_and_lone_returns() {
    let list = read(b"identifiant;mdp\nP-1\0\0;ab\0\0\n\0\0\nP-2;c\n", "");
    assert_eq!(list.pairs(), [("p-1", "ab"), ("p-2", "c")]);
    assert_eq!(list.census.count_of(Reason::TooFewColumns), 1);
    let mac = read(b"identifiant;mdp\rP-1;a\rP-2;b\r", "");
    assert_eq!(mac.pairs(), [("p-1", "a"), ("p-2", "b")]);
}

#[test]
fn a_first_row_that_looks_like_a_header_is_a_row_all_the_same() {
    let mut text = "P-1;la cigogne\n".to_owned();
    for number in 2..50 {
        text.push_str(&format!("P-{number};mdp{number}\n"));
    }
    text.push_str("P-1;autre\n");
    let list = read(&text, "identifier=1,password=2");
    assert_eq!(list.rows.len(), 50);
    assert_eq!(list.pairs()[0], ("p-1", "la cigogne"));
    assert!(try_read(&text, "").is_err(), "without a mapping it is not guessed");
}
