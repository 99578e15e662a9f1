use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::sync::Arc;

use vestibule::admin::patients::{grant, issue_lab_code};
use vestibule::admin::{Problem, database, keyring_file, labs};
use vestibule::crypto::totp::{Seed, Step};
use vestibule::domain::identifier::Identifier;
use vestibule::kernel::entropy::SystemEntropy;
use vestibule::service::Core;
use vestibule::service::act::Act;
use vestibule::store::account::{authenticators, locked, records};

use super::stand::{PATIENTS, START, Stand, actor, events, import_file, lab, record};

async fn restore(stand: &Stand, file: &Path, force: bool) -> Result<database::Restoration, Problem> {
    let clock = Arc::clone(&stand.clock) as _;
    database::restore(stand.config(), file, force, &actor(), clock, Arc::new(SystemEntropy)).await
}

async fn waiting(core: &Core) -> i64 {
    labs::list(core).await.unwrap()[0].waiting
}

#[tokio::test]
async fn a_backup_is_one_private_file_and_brings_everything_back() {
    for stand in Stand::all().await {
        let core = stand.open().await;
        import_file(&core, &stand.write("p.csv", PATIENTS)).await;
        let file = stand.path("backup");
        database::backup(&core, &file, &actor()).await.unwrap();
        assert_eq!(std::fs::metadata(&file).unwrap().mode() & 0o777, 0o600);
        let again = database::backup(&core, &file, &actor()).await.unwrap_err();
        assert!(again.what.contains("exists"), "{again}");
        import_file(
            &core,
            &stand.write("p.csv", PATIENTS.replace("7712", "8812").replace("P-", "Q-")),
        )
        .await;
        assert_eq!(waiting(&core).await, 4);
        core.db.close().await;

        let refused = restore(&stand, &file, false).await.unwrap_err();
        assert!(refused.what.contains("holds 4 accounts"), "{refused}");
        let restored = restore(&stand, &file, true).await.unwrap();
        assert_eq!(restored.kept.is_some(), stand.url.is_none());
        let core = stand.open().await;
        assert_eq!(waiting(&core).await, 2);
        let trail = events(&core).await;
        assert_eq!(trail[..2], ["database-backed-up", "database-restored"], "{trail:?}");
        core.db.close().await;
        if let Some(kept) = restored.kept {
            assert!(kept.ends_with("vestibule.db.before-restore") && kept.exists());
            let refused = restore(&stand, &file, true).await.unwrap_err();
            assert!(refused.what.contains("kept from an earlier restore"), "{refused}");
        }
        let leftovers = std::fs::read_dir(stand.folder.path()).unwrap();
        let leftovers =
            leftovers.filter(|entry| entry.as_ref().unwrap().file_name().to_string_lossy().ends_with(".new"));
        assert_eq!(leftovers.count(), 0);
    }
}

#[tokio::test]
async fn nothing_is_replaced_by_a_wrong_file() {
    for stand in Stand::all().await {
        let core = stand.open().await;
        import_file(&core, &stand.write("p.csv", PATIENTS)).await;
        let file = stand.path("backup");
        database::backup(&core, &file, &actor()).await.unwrap();
        core.db.close().await;

        let mut damaged = std::fs::read(&file).unwrap();
        let middle = damaged.len() / 2;
        damaged.truncate(middle);
        let refused = restore(&stand, &stand.write("damaged", &damaged), true)
            .await
            .unwrap_err();
        assert!(!refused.remedy.is_empty(), "{refused}");
        assert!(
            restore(&stand, &stand.write("text", "no database"), true)
                .await
                .is_err()
        );
        assert!(
            restore(&stand, &stand.path("none"), true)
                .await
                .unwrap_err()
                .what
                .contains("does not exist")
        );

        let keyring = std::fs::read(stand.path("keyring")).unwrap();
        std::fs::remove_file(stand.path("keyring")).unwrap();
        keyring_file::create(&stand.path("keyring"), &SystemEntropy, START).unwrap();
        let refused = restore(&stand, &file, true).await.unwrap_err();
        assert!(refused.what.contains("not the one that the backup"), "{refused}");
        std::fs::write(stand.path("keyring"), keyring).unwrap();
        assert_eq!(waiting(&stand.open().await).await, 2, "all as it was");
        assert!(!stand.path("vestibule.db.before-restore").exists());
    }
}

#[tokio::test]
async fn a_database_in_use_is_not_replaced_under_its_users() {
    let stand = Stand::sqlite();
    let core = stand.open().await;
    let file = stand.path("backup");
    database::backup(&core, &file, &actor()).await.unwrap();
    let refused = restore(&stand, &file, true).await.unwrap_err();
    assert_eq!(refused.what, "the database is in use");
    core.db.close().await;
    restore(&stand, &file, false).await.unwrap();
}

#[tokio::test]
async fn a_damaged_database_gives_way_to_a_backup_and_is_kept() {
    let stand = Stand::sqlite();
    let core = stand.open().await;
    import_file(&core, &stand.write("p.csv", PATIENTS)).await;
    let file = stand.path("backup");
    database::backup(&core, &file, &actor()).await.unwrap();
    core.db.close().await;
    drop(core);
    stand.write("vestibule.db", "this was a database");
    let refused = restore(&stand, &file, false).await.unwrap_err();
    assert!(refused.remedy.contains("--force"), "{refused}");
    restore(&stand, &file, true).await.unwrap();
    assert_eq!(waiting(&stand.open().await).await, 2);
    assert!(stand.path("vestibule.db.before-restore").exists());
}

/// Canary values of every kind, looked for in every file that the database leaves.
#[tokio::test]
async fn r01_no_value_of_a_patient_stands_in_clear_anywhere() {
    const CANARIES: [&str; 7] = [
        "CANARY-IDENT",
        "canary-ident",
        "canary.mail",
        "Canarygiven",
        "Canaryfamily",
        "1931-07-29",
        "CANARYREC",
    ];
    for stand in Stand::all().await {
        let core = stand.open().await;
        let text =
            format!("{PATIENTS}CANARYREC,CANARY-IDENT,canary.mail@example.org,1931-07-29,Canarygiven,Canaryfamily\n");
        import_file(&core, &stand.write("p.csv", text)).await;
        issue_lab_code(&core, &lab(), &record("CANARYREC"), &actor())
            .await
            .unwrap();
        let to = Identifier::parse("P-2048").unwrap();
        let ends_at = START.plus(std::time::Duration::from_secs(60));
        let (here, who) = (lab(), actor());
        let act = Act::of(&core, &here, &who);
        grant(act, &record("CANARYREC"), &to, "results", ends_at).await.unwrap();
        let mut tx = core.db.begin().await.unwrap();
        let index = core.record_index(&lab(), "CANARYREC");
        let owner = records::lookup_owner(&mut tx, &lab(), &index).await.unwrap().unwrap();
        let holder = locked::lock(&mut tx, &lab(), owner).await.unwrap();
        let seed = Seed::from_bytes(b"CANARYSEEDCANARYSEED").unwrap();
        authenticators::bind(&mut holder.unwrap(), &core.sealer, &seed, Step::from_number(1), START)
            .await
            .unwrap();
        tx.commit().await.unwrap();
        let backup = stand.path("backup");
        database::backup(&core, &backup, &actor()).await.unwrap();

        let mut files = vec![backup.clone()];
        if stand.url.is_none() {
            files.extend(["vestibule.db", "vestibule.db-wal"].map(|name| stand.path(name)));
        } else {
            let plain = stand.path("dump.sql");
            let dumped = std::process::Command::new("pg_restore")
                .args(["--file", plain.to_str().unwrap(), backup.to_str().unwrap()])
                .status();
            assert!(dumped.unwrap().success());
            files.push(plain);
        }
        for file in files {
            let bytes = std::fs::read(&file).unwrap();
            assert!(bytes.len() > 1000, "{}", file.display());
            let hex = |text: &str| data_encoding::HEXLOWER.encode(text.as_bytes()).into_bytes();
            for canary in CANARIES.iter().chain(&["CANARYSEED"]) {
                for needle in [canary.as_bytes().to_vec(), hex(canary)] {
                    let found = bytes.windows(needle.len()).any(|window| window == needle);
                    assert!(!found, "{canary} in {}", file.display());
                }
            }
        }
    }
}
