//! One person, one account: what an import joins, what it does not, and how it is put right.

use vestibule::admin::patients::{Act, CorrectionError, IssueError, Reason, correct, find_conflicts, issue_lab_code};
use vestibule::domain::identifier::Identifier;
use vestibule::service::Core;
use vestibule::store::account::{accounts, records};

use super::stand::{PATIENTS, Stand, actor, events, import_file, lab, record};

const HEADER: &str = "record;identifier;email;birth_date;given_name;family_name\n";

async fn import(stand: &Stand, core: &Core, lines: &str) -> Vec<(u64, Option<&'static str>, Reason)> {
    let (_, bad) = import_file(core, &stand.write("p.csv", format!("{HEADER}{lines}"))).await;
    bad.iter()
        .map(|bad| (bad.line, bad.field.map(|field| field.name()), bad.reason))
        .collect()
}

/// What the account with this identifier reads.
async fn reads(stand: &Stand, core: &Core, identifier: &str) -> Vec<String> {
    let mut tx = core.db.begin_read().await.unwrap();
    let index = core.identifier_index(&lab(), &Identifier::parse(identifier).unwrap());
    let account = accounts::lookup_imported(&mut tx, &lab(), &index).await.unwrap();
    let Some(found) = account else { return Vec::new() };
    let mut read = records::find_readable(&mut tx, &core.sealer, &lab(), found.account, stand.now())
        .await
        .unwrap();
    read.sort();
    read
}

async fn names(core: &Core, identifier: &str) -> (String, String) {
    let mut tx = core.db.begin_read().await.unwrap();
    let index = core.identifier_index(&lab(), &Identifier::parse(identifier).unwrap());
    let found = accounts::lookup_imported(&mut tx, &lab(), &index)
        .await
        .unwrap()
        .unwrap();
    let person = accounts::lookup_person(&mut tx, &core.sealer, &lab(), found.account)
        .await
        .unwrap();
    let person = person.unwrap();
    (person.given_name, person.birth_date)
}

async fn conflicts(core: &Core) -> Vec<(String, &'static str)> {
    let open = find_conflicts(core, &lab()).await.unwrap();
    open.into_iter().map(|open| (open.record, open.kind.as_str())).collect()
}

async fn decide(core: &Core, number: &str, act: Act) -> Result<(), CorrectionError> {
    correct(core, &lab(), &record(number), &act, "the LIS said so", &actor()).await
}

#[tokio::test]
async fn two_people_never_share_an_account() {
    for stand in Stand::all().await {
        let core = stand.open().await;
        let twins = "T1;t@mail.example;t@mail.example;1990-04-13;Lea;Martin\n\
            T2;t@mail.example;t@mail.example;1990-04-13;Tom;Martin\n\
            N1;n-1;;2024-01-01;;Petit\nN2;n-1;;2024-01-01;;Petit\n";
        let told = import(&stand, &core, twins).await;
        let several = |line| (line, Some("identifier"), Reason::IdentifierOfSeveral);
        assert_eq!(told, [several(3), several(5)]);
        assert_eq!(reads(&stand, &core, "t@mail.example").await, ["T1"]);
        assert_eq!(reads(&stand, &core, "n-1").await, ["N1"]);
        assert_eq!(import(&stand, &core, twins).await.len(), 2, "and never the next night");
        assert_eq!(reads(&stand, &core, "t@mail.example").await, ["T1"]);
        assert_eq!(names(&core, "t@mail.example").await.0, "Lea");
        let tomorrow = "T2;t@mail.example;;1990-04-13;Tom;Martin\n";
        let told = import(&stand, &core, tomorrow).await;
        assert_eq!(told, [(2, Some("identifier"), Reason::IdentifierOfAnother)]);
    }
}

#[tokio::test]
async fn one_person_in_two_spellings_has_one_account_and_keeps_their_name() {
    for stand in Stand::all().await {
        let core = stand.open().await;
        let lines = "S1;s-1;;1959-12-24;Hélène Marie;Le-Goff\nS2;S-1;a@b.example;1959-12-24;MARIE HELENE;LE GOFF\n";
        for _ in 0..2 {
            assert_eq!(import(&stand, &core, lines).await, []);
            assert_eq!(reads(&stand, &core, "s-1").await, ["S1", "S2"]);
            assert_eq!(names(&core, "s-1").await.0, "Hélène Marie");
        }
        let (report, _) = import_file(&core, &stand.path("p.csv")).await;
        assert_eq!(
            (report.updated, report.unchanged),
            (0, 2),
            "two spellings do not take turns"
        );
        let other = "record;identifier;birth_date;given_name;family_name;birth_name;used_name\n\
            B1;b-1;1980-01-31;Anne;Roy;;\nB2;b-1;1980-01-31;Anne;Petit;Petit;Roy\nB3;b-1;1980-01-31;Anne;Petit;;\n";
        let (report, bad) = import_file(&core, &stand.write("b.csv", other)).await;
        assert_eq!((report.added, report.updated), (1, 1), "the used name agrees");
        assert_eq!(
            bad.len(),
            1,
            "and a name that the account does not have proves nothing: {bad:?}"
        );
    }
}

#[tokio::test]
async fn a_record_that_the_lis_parted_is_read_by_nobody_until_it_is_decided() {
    for stand in Stand::all().await {
        let core = stand.open().await;
        let merle = "P1;pa-1;;1950-04-23;Paul;Merle\n";
        import(&stand, &core, &format!("{merle}P2;pa-1;;1950-04-23;Paul;Merle\n")).await;
        assert_eq!(reads(&stand, &core, "pa-1").await, ["P1", "P2"]);
        let after = format!("{merle}P2;pa-2;;1957-08-19;Pol;Merlet\n");
        let told = import(&stand, &core, &after).await;
        assert_eq!(told, [(3, Some("record"), Reason::RecordOfAnother)]);
        assert_eq!(reads(&stand, &core, "pa-1").await, ["P1"]);
        assert_eq!(conflicts(&core).await, [("P2".to_owned(), "other-identifier")]);
        let code = issue_lab_code(&core, &lab(), &record("P2"), &actor()).await;
        assert!(matches!(code, Err(IssueError::Disputed)));

        assert!(matches!(
            correct(&core, &lab(), &record("P2"), &Act::Detach, " ", &actor()).await,
            Err(CorrectionError::NoReason)
        ));
        decide(&core, "P2", Act::Detach).await.unwrap();
        assert_eq!(conflicts(&core).await, []);
        assert_eq!(import(&stand, &core, &after).await, []);
        assert_eq!(reads(&stand, &core, "pa-1").await, ["P1"]);
        assert_eq!(reads(&stand, &core, "pa-2").await, ["P2"]);
        assert_eq!(names(&core, "pa-2").await.1, "1957-08-19");
        let trail = events(&core).await;
        for kind in ["record-disputed", "record-corrected"] {
            assert!(trail.iter().any(|event| event == kind), "{trail:?}");
        }
    }
}

#[tokio::test]
async fn names_change_when_somebody_has_said_that_it_is_the_same_person() {
    for stand in Stand::all().await {
        let core = stand.open().await;
        import(&stand, &core, "M1;m-1;;1980-01-31;Anne;Roy\n").await;
        let married = "M1;m-1;;1980-01-31;Anna;Petit\n";
        let told = import(&stand, &core, married).await;
        assert_eq!(told, [(2, Some("record"), Reason::OtherPerson)]);
        assert_eq!(names(&core, "m-1").await.0, "Anne");
        assert!(reads(&stand, &core, "m-1").await.is_empty());
        decide(&core, "M1", Act::Keep).await.unwrap();
        assert_eq!(reads(&stand, &core, "m-1").await, ["M1"]);
        assert_eq!(import(&stand, &core, married).await, []);
        assert_eq!(names(&core, "m-1").await.0, "Anna");
        assert!(matches!(
            decide(&core, "M1", Act::Keep).await,
            Err(CorrectionError::NothingOpen)
        ));
        let other = "M1;m-1;;1980-01-31;Zoé;Petit\n";
        assert_eq!(
            import(&stand, &core, other).await.len(),
            1,
            "one decision is about one line"
        );
    }
}

#[tokio::test]
async fn a_merge_and_its_undoing_end_with_the_right_readers() {
    for stand in Stand::all().await {
        let core = stand.open().await;
        let lines = "A1;a-1;;1980-01-31;Anne;Roy\nB1;b-1;;1980-01-31;Anne;Roy\nB2;b-1;;1980-01-31;Anne;Roy\n\
            C1;c-1;;1990-01-31;Luc;Roy\n";
        import(&stand, &core, lines).await;
        let to = || record("A1");
        assert!(matches!(
            decide(&core, "B1", Act::Split).await,
            Err(CorrectionError::NotMerged)
        ));
        assert!(matches!(
            decide(&core, "B1", Act::Merge(record("B2"))).await,
            Err(CorrectionError::SameAccount)
        ));
        decide(&core, "B1", Act::Merge(to())).await.unwrap();
        assert_eq!(reads(&stand, &core, "a-1").await, ["A1", "B1", "B2"]);
        assert!(reads(&stand, &core, "b-1").await.is_empty());
        assert_eq!(import(&stand, &core, lines).await, [], "the LIS may lag behind");
        decide(&core, "B2", Act::Split).await.unwrap();
        assert_eq!(reads(&stand, &core, "a-1").await, ["A1"]);
        assert_eq!(reads(&stand, &core, "b-1").await, ["B1", "B2"]);
        assert_eq!(import(&stand, &core, lines).await, []);
        assert!(issue_lab_code(&core, &lab(), &record("B1"), &actor()).await.is_ok());

        decide(&core, "B2", Act::Move(to())).await.unwrap();
        assert_eq!(reads(&stand, &core, "a-1").await, ["A1", "B2"]);
        assert_eq!(reads(&stand, &core, "b-1").await, ["B1"]);
        assert_eq!(reads(&stand, &core, "c-1").await, ["C1"]);
        assert!(matches!(
            decide(&core, "X", Act::Detach).await,
            Err(CorrectionError::UnknownRecord)
        ));
    }
}

/// Joined by a version that looked at the birth date alone.
#[tokio::test]
async fn a_join_from_before_the_rule_stops_reading_when_an_import_shows_that_it_is_wrong() {
    for stand in Stand::all().await {
        let core = stand.open().await;
        import_file(&core, &stand.write("patients.csv", PATIENTS)).await;
        let mut tx = core.db.begin().await.unwrap();
        let index = core.record_index(&lab(), "771234");
        let owner = records::lookup_owner(&mut tx, &lab(), &index).await.unwrap().unwrap();
        for number in ["771234", "771299"] {
            let index = core.record_index(&lab(), number);
            records::detach(&mut tx, &lab(), &index).await.unwrap();
            let own = records::Relation::Own;
            let new = records::NewRecord {
                index: &index,
                record: number,
                relation: &own,
                at: stand.now(),
            };
            records::attach(&mut tx, &core.sealer, &lab(), owner, &new)
                .await
                .unwrap();
        }
        tx.commit().await.unwrap();
        assert_eq!(reads(&stand, &core, "p-102477").await, ["771234", "771299"]);
        let sister = "771299,P-102477,odette@example.org,1944-05-12,Ursule,Lemaître\n";
        let (_, bad) = import_file(&core, &stand.write("p.csv", format!("{PATIENTS}{sister}"))).await;
        assert_eq!(bad.len(), 1);
        assert!(
            reads(&stand, &core, "p-102477").await.is_empty(),
            "whose account it is, nobody knows"
        );
        assert_eq!(conflicts(&core).await.len(), 2);
    }
}
