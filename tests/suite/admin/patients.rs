use std::time::Duration;

use vestibule::admin::patients::{GrantError, IssueError, grant, issue_lab_code};
use vestibule::crypto::human_code::{CodeKind, HumanCode};
use vestibule::domain::account::AccountState;
use vestibule::domain::identifier::Identifier;
use vestibule::service::act::Act;
use vestibule::store::account::{accounts, lab_codes, locked, records};

use super::stand::{PATIENTS, Stand, actor, events, import_file, lab, record};

const DAY: Duration = Duration::from_secs(86_400);

#[tokio::test]
async fn r18_a_lab_code_is_random_single_and_short_lived() {
    for stand in Stand::all().await {
        let core = stand.open().await;
        import_file(&core, &stand.write("patients.csv", PATIENTS)).await;
        let first = issue_lab_code(&core, &lab(), &record("771234"), &actor())
            .await
            .unwrap();
        let second = issue_lab_code(&core, &lab(), &record("771234"), &actor())
            .await
            .unwrap();
        assert_ne!(*first.code(), *second.code());
        assert_eq!(second.expires_at, stand.now().plus(DAY * 14));
        assert_eq!(second.person.given_name, "Odette");

        let mac = |code: &str| {
            HumanCode::parse(code)
                .unwrap()
                .mac(&core.keyring, &lab(), CodeKind::Lab)
        };
        let mut tx = core.db.begin().await.unwrap();
        let mut works = async |code: &str, at| lab_codes::try_code(&mut tx, &lab(), &mac(code), at).await.unwrap();
        assert!(
            works(&first.code(), stand.now()).await.is_none(),
            "a new code ends the earlier one"
        );
        assert!(works(&second.code(), second.expires_at).await.is_none());
        assert!(works(&second.code(), stand.now()).await.is_some());
        tx.commit().await.unwrap();
        assert_eq!(events(&core).await[1..3], ["lab-code-issued", "lab-code-issued"]);
    }
}

#[tokio::test]
async fn r36_no_code_without_a_record_of_ones_own() {
    for stand in Stand::all().await {
        let core = stand.open().await;
        import_file(&core, &stand.write("patients.csv", PATIENTS)).await;
        let issue = async |lab: &str, number: &str| {
            issue_lab_code(&core, &lab.parse().unwrap(), &record(number), &actor()).await
        };
        assert!(matches!(issue("port", "0771234").await, Err(IssueError::UnknownRecord)));
        assert!(matches!(
            issue("vallee", "771234").await,
            Err(IssueError::UnknownRecord)
        ));
        assert!(matches!(
            issue("elsewhere", "771234").await,
            Err(IssueError::UnknownLab)
        ));
        let mut tx = core.db.begin().await.unwrap();
        let index = core.record_index(&lab(), "771234");
        let owner = records::lookup_owner(&mut tx, &lab(), &index).await.unwrap().unwrap();
        let mut holder = locked::lock(&mut tx, &lab(), owner).await.unwrap().unwrap();
        holder.set_state(AccountState::Disabled, stand.now()).await.unwrap();
        tx.commit().await.unwrap();
        assert!(matches!(issue("port", "771234").await, Err(IssueError::Disabled)));
        assert!(!events(&core).await.contains(&"lab-code-issued".to_owned()));
    }
}

#[tokio::test]
async fn r35_a_guardian_reads_a_record_until_the_grant_ends() {
    for stand in Stand::all().await {
        let core = stand.open().await;
        import_file(&core, &stand.write("patients.csv", PATIENTS)).await;
        let to = |text: &str| Identifier::parse(text).unwrap();
        let ends_at = stand.now().plus(DAY);
        let give = async |number: &str, identifier: &str, ends_at| {
            grant(
                Act::of(&core, &lab(), &actor()),
                &record(number),
                &to(identifier),
                "results",
                ends_at,
            )
            .await
        };
        give("771234", "P-2048", ends_at).await.unwrap();
        let mut tx = core.db.begin_read().await.unwrap();
        let index = core.identifier_index(&lab(), &to("P-2048"));
        let holder = accounts::lookup_imported(&mut tx, &lab(), &index)
            .await
            .unwrap()
            .unwrap()
            .account;
        let mut readable = async |at| {
            records::find_readable(&mut tx, &core.sealer, &lab(), holder, at)
                .await
                .unwrap()
        };
        assert_eq!(readable(stand.now()).await.len(), 2);
        assert_eq!(readable(ends_at).await, ["771235"]);
        drop(tx);

        assert!(matches!(
            give("771234", "P-1024 77", ends_at).await,
            Err(GrantError::OwnRecord)
        ));
        assert!(matches!(
            give("771234", "P-0", ends_at).await,
            Err(GrantError::UnknownIdentifier)
        ));
        assert!(matches!(
            give("0", "P-2048", ends_at).await,
            Err(GrantError::UnknownRecord)
        ));
        assert!(matches!(
            give("771234", "P-2048", stand.now()).await,
            Err(GrantError::Ended)
        ));
        assert_eq!(
            events(&core)
                .await
                .iter()
                .filter(|kind| *kind == "record-granted")
                .count(),
            1
        );
    }
}
