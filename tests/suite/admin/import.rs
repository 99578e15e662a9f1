use vestibule::admin::patients::{Field, Reason};
use vestibule::domain::identifier::Identifier;
use vestibule::store::account::{accounts, records};

use super::stand::{PATIENTS, Stand, events, import_file, import_mapped, lab};

#[tokio::test]
async fn patients_come_in_once_however_often_they_are_imported() {
    for stand in Stand::all().await {
        let core = stand.open().await;
        let file = stand.write("patients.csv", PATIENTS);
        let (report, bad) = import_file(&core, &file).await;
        assert_eq!(
            (report.added, report.updated, report.unchanged, bad.len()),
            (2, 0, 0, 0)
        );
        let (report, _) = import_file(&core, &file).await;
        assert_eq!((report.added, report.updated, report.unchanged), (0, 0, 2));

        let mut tx = core.db.begin_read().await.unwrap();
        let index = core.identifier_index(&lab(), &Identifier::parse("p-102477").unwrap());
        let account = accounts::lookup_imported(&mut tx, &lab(), &index)
            .await
            .unwrap()
            .unwrap()
            .account;
        let person = accounts::lookup_person(&mut tx, &core.sealer, &lab(), account)
            .await
            .unwrap()
            .unwrap();
        assert_eq!(person.family_name, "Lemaître");
        assert_eq!(person.birth_date, "1944-05-12");
        let readable = records::find_readable(&mut tx, &core.sealer, &lab(), account, stand.now())
            .await
            .unwrap();
        assert_eq!(readable, ["771234"]);
    }
}

#[tokio::test]
async fn a_changed_line_updates_its_person_and_a_new_record_joins_its_own() {
    for stand in Stand::all().await {
        let core = stand.open().await;
        import_file(&core, &stand.write("patients.csv", PATIENTS)).await;
        let changed = PATIENTS.replace(",,1980", ",jean@example.org,1980") + "771236,p-2048,,1980-05-12,JEAN,Martin\n";
        let file = stand.write("patients.csv", &changed);
        let (report, bad) = import_file(&core, &file).await;
        assert_eq!(
            (report.added, report.updated, report.unchanged, bad.len()),
            (0, 2, 1, 0)
        );
        let (report, _) = import_file(&core, &file).await;
        assert_eq!((report.updated, report.unchanged), (0, 3));

        let mut tx = core.db.begin_read().await.unwrap();
        let owner = |number: &str| core.record_index(&lab(), number);
        let first = records::lookup_owner(&mut tx, &lab(), &owner("771235"))
            .await
            .unwrap()
            .unwrap();
        let second = records::lookup_owner(&mut tx, &lab(), &owner("771236"))
            .await
            .unwrap()
            .unwrap();
        assert_eq!(first, second);
        let person = accounts::lookup_person(&mut tx, &core.sealer, &lab(), first)
            .await
            .unwrap()
            .unwrap();
        assert_eq!(person.email.as_deref(), Some("jean@example.org"));
        assert_eq!(person.given_name, "Jean");
    }
}

/// Anyone who could move a record to another account by an import could read it.
#[tokio::test]
async fn no_line_takes_a_record_or_an_identifier_from_somebody_else() {
    for stand in Stand::all().await {
        let core = stand.open().await;
        import_file(&core, &stand.write("patients.csv", PATIENTS)).await;
        let lines = "record,identifier,birth_date,given_name,family_name\n\
            771234,P-9999,1970-01-01,Eve,Nouvelle\n\
            771234,P-2048,1980-05-12,Jean,Martin\n\
            880000,P-2048,1981-05-12,Jean,Martin\n\
            880001,P-3000,1990-01-01,Luc,Neuf\n";
        let (report, bad) = import_file(&core, &stand.write("more.csv", lines)).await;
        assert_eq!((report.added, report.refused), (1, 3));
        let told: Vec<_> = bad.iter().map(|bad| (bad.line, bad.field, bad.reason)).collect();
        assert_eq!(
            told,
            [
                (2, Some(Field::Record), Reason::RecordOfAnother),
                (3, Some(Field::Record), Reason::RecordOfAnother),
                (4, Some(Field::Identifier), Reason::IdentifierOfSeveral),
            ]
        );
    }
}

#[tokio::test]
async fn bad_lines_are_told_by_number_and_field_and_the_rest_comes_in() {
    let stand = Stand::sqlite();
    let core = stand.open().await;
    let mut text = String::from("record;identifier;comment;birth_date;given_name;family_name;email\r\n");
    for (record, rest) in [
        ("1", "P-1;\"says \"\"hello\"\"\nand more\";1944-05-12;A;B;"),
        ("2", "P-2;;31/02/1944;A;B;"),
        ("3", "P-3;;1944-05-12;A;B;nobody"),
        ("4", "P-4;\"unclosed;1944-05-12;A;B;"),
        ("5", "P-5;;1944-05-12;A;B"),
        ("6/7", "P-6;;1944-05-12;A;B;"),
        ("8", "184127645108946;;1944-05-12;A;B;"),
        ("9", "P-9;Nguy&#7877;n;1944-05-12;A;B;"),
        ("10", "P-10;;1944-05-12;A;B;a@example.org"),
    ] {
        text.push_str(&format!("{record};{rest}\r\n"));
    }
    let (report, bad) = import_file(&core, &stand.write("p.csv", &text)).await;
    assert_eq!((report.added, report.refused), (2, 7));
    assert_eq!(report.columns_dropped, 1);
    let told: Vec<_> = bad.iter().map(|bad| (bad.line, bad.field.map(Field::name))).collect();
    let expected = [
        (4, Some("birth_date")),
        (5, Some("email")),
        (6, None),
        (7, None),
        (8, Some("record")),
        (9, Some("identifier")),
        (10, Some("email")),
    ];
    assert_eq!(told, expected);
}

#[tokio::test]
async fn r03_unasked_columns_are_dropped_and_the_trail_says_that_nothing_was_kept() {
    for stand in Stand::all().await {
        let core = stand.open().await;
        let text = "diagnosis\tnir\trecord\tidentifier\tbirth_date\tgiven_name\tfamily_name\n\
            VIH positif\t184127645108946\t1\tP-1\t1944-05-12\tA\tB\n";
        let (report, _) = import_file(&core, &stand.write("p.tsv", text)).await;
        assert_eq!((report.added, report.columns_dropped), (1, 2));
        assert_eq!(
            events(&core).await,
            ["keyring-adopted", "patient-import-started", "patients-imported"]
        );
        let mut tx = core.db.begin_read().await.unwrap();
        let trail = vestibule::store::audit::find_newest(&mut tx, &lab(), 10).await.unwrap();
        let trail: Vec<_> = trail.iter().filter(|event| event.kind == "patients-imported").collect();
        assert_eq!(trail[0].actor, "machine:claire");
        assert!(trail[0].detail.contains("\"columns_dropped\":2"), "{}", trail[0].detail);
        assert!(trail[0].detail.contains("\"input_kept\":false"), "{}", trail[0].detail);
        let left: Vec<_> = std::fs::read_dir(stand.folder.path())
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .filter(|name| !name.starts_with("vestibule.") && name != "keyring" && name != "p.tsv")
            .collect();
        assert!(left.is_empty(), "r02: {left:?}");
    }
}

#[tokio::test]
async fn other_headers_no_header_and_windows_letters() {
    let stand = Stand::sqlite();
    let core = stand.open().await;
    let by_name = "record=Dossier,identifier=Num,birth_date=N\u{e9} le,given_name=4,family_name=5"
        .parse()
        .unwrap();
    let text = "\u{feff}Dossier,Num,Né le,x,y\n1,P-1,1944-05-12,Zoé,Lemaître\n";
    let (report, _) = import_mapped(&core, &stand.write("a.csv", text), &by_name)
        .await
        .unwrap();
    assert_eq!(report.added, 1);
    let by_number = "record=1,identifier=2,birth_date=3,given_name=4,family_name=5"
        .parse()
        .unwrap();
    let file = stand.write("b.csv", b"2;P-2;25/05/1944;Zo\xe9;Lema\xeetre\n");
    let (report, _) = import_mapped(&core, &file, &by_number).await.unwrap();
    assert_eq!(report.added, 1);
    let mut tx = core.db.begin_read().await.unwrap();
    let owner = records::lookup_owner(&mut tx, &lab(), &core.record_index(&lab(), "2"))
        .await
        .unwrap();
    let person = accounts::lookup_person(&mut tx, &core.sealer, &lab(), owner.unwrap())
        .await
        .unwrap();
    assert_eq!(person.unwrap().family_name, "Lemaître");
}

#[tokio::test]
async fn a_file_that_cannot_be_read_is_named_with_a_remedy() {
    let stand = Stand::sqlite();
    let core = stand.open().await;
    for (contents, expected) in [
        (b"".as_slice(), "empty"),
        (b"PK\x03\x04", "workbook"),
        (b"a,b\n1,2\n", "no column is headed 'record'"),
        (b"record,\"unclosed\n", "first line"),
    ] {
        let file = stand.write("x.csv", contents);
        let problem = import_mapped(&core, &file, &Default::default()).await.unwrap_err();
        assert!(problem.what.contains(expected), "{problem}");
        assert!(problem.place.starts_with(file.to_str().unwrap()), "{problem}");
    }
}
