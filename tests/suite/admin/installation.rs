use std::os::unix::fs::{MetadataExt, PermissionsExt};

use vestibule::admin::{keyring_file, labs};
use vestibule::kernel::entropy::SystemEntropy;

use super::stand::{PATIENTS, START, Stand, events, import_file};

#[tokio::test]
async fn a_database_is_bound_to_its_first_keyring_for_good() {
    for stand in Stand::all().await {
        drop(stand.open().await);
        let core = stand.open().await;
        assert_eq!(events(&core).await, ["keyring-adopted"]);
        let kept = std::fs::read(stand.path("keyring")).unwrap();
        std::fs::remove_file(stand.path("keyring")).unwrap();
        keyring_file::create(&stand.path("keyring"), &SystemEntropy, START).unwrap();
        let refused = stand.try_open().await.unwrap_err();
        assert!(refused.what.contains("not the one"), "{refused}");
        std::fs::write(stand.path("keyring"), kept).unwrap();
        assert_eq!(events(&stand.open().await).await, ["keyring-adopted"]);
    }
}

#[tokio::test]
async fn an_older_copy_of_the_keyring_is_refused_once_a_newer_one_was_used() {
    for stand in Stand::all().await {
        drop(stand.open().await);
        let older = std::fs::read(stand.path("keyring")).unwrap();
        keyring_file::rotate(&stand.path("keyring"), &SystemEntropy, START).unwrap();
        assert_eq!(events(&stand.open().await).await, ["key-in-use", "keyring-adopted"]);
        std::fs::write(stand.path("keyring"), older).unwrap();
        let refused = stand.try_open().await.unwrap_err();
        assert!(refused.what.contains("older copy"), "{refused}");
    }
}

#[tokio::test]
async fn r01_an_open_keyring_or_an_absent_one_stops_the_start() {
    let stand = Stand::sqlite();
    std::fs::set_permissions(stand.path("keyring"), std::fs::Permissions::from_mode(0o644)).unwrap();
    let refused = stand.try_open().await.unwrap_err();
    assert!(refused.remedy.starts_with("run: chmod 600"), "{refused}");
    std::fs::remove_file(stand.path("keyring")).unwrap();
    let refused = stand.try_open().await.unwrap_err();
    assert!(refused.remedy.contains("vestibule keyring new"), "{refused}");
    assert!(
        !stand.path("vestibule.db").exists(),
        "nothing is made before the keyring is there"
    );
}

#[tokio::test]
async fn an_sqlite_database_is_made_for_its_owner_alone() {
    let stand = Stand::sqlite();
    let core = stand.open().await;
    import_file(&core, &stand.write("p.csv", PATIENTS)).await;
    for name in ["vestibule.db", "vestibule.db-wal", "vestibule.db-shm"] {
        let mode = std::fs::metadata(stand.path(name)).unwrap().mode() & 0o777;
        assert_eq!(mode, 0o600, "{name}");
    }
}

#[tokio::test]
async fn a_locked_database_is_named() {
    let stand = Stand::sqlite();
    drop(stand.open().await);
    let options = sqlx::sqlite::SqliteConnectOptions::new().filename(stand.path("vestibule.db"));
    let mut other = <sqlx::SqliteConnection as sqlx::Connection>::connect_with(&options)
        .await
        .unwrap();
    sqlx::query("BEGIN IMMEDIATE").execute(&mut other).await.unwrap();
    let core = stand.open().await;
    let file = stand.write("p.csv", PATIENTS);
    let problem = super::stand::import_mapped(&core, &file, &Default::default())
        .await
        .unwrap_err();
    assert!(problem.what.contains("locked"), "{problem}");
    sqlx::query("ROLLBACK").execute(&mut other).await.unwrap();
    let (report, _) = import_file(&core, &file).await;
    assert_eq!(report.added, 2, "nothing was lost");
}

#[tokio::test]
async fn a_database_that_cannot_be_had_is_named_without_its_password() {
    let mut stand = Stand::sqlite();
    let url_file = stand.write("url", "postgres://vestibule:s3cret@127.0.0.1:9/none");
    stand.write_config("");
    let text = std::fs::read_to_string(stand.path("vestibule.toml")).unwrap();
    let text = text.replace(
        "url = \"sqlite:vestibule.db\"",
        &format!("url_file = \"{}\"", url_file.display()),
    );
    stand.write("vestibule.toml", text);
    let problem = stand.try_open().await.unwrap_err();
    assert!(problem.what.contains("nothing answers"), "{problem}");
    assert!(!format!("{problem:?}").contains("s3cret"), "{problem:?}");

    stand.url = Some("sqlite:no/such/folder/v.db".to_owned());
    stand.write_config("");
    let problem = stand.try_open().await.unwrap_err();
    assert!(problem.remedy.contains("make the folder"), "{problem}");

    stand.url = Some("sqlite:keyring".to_owned());
    stand.write_config("");
    let problem = stand.try_open().await.unwrap_err();
    assert!(problem.what.contains("not an SQLite database"), "{problem}");
}

#[tokio::test]
async fn labs_are_listed_with_their_accounts() {
    for stand in Stand::all().await {
        let core = stand.open().await;
        import_file(&core, &stand.write("p.csv", PATIENTS)).await;
        let labs = labs::list(&core).await.unwrap();
        let counts: Vec<_> = labs
            .iter()
            .map(|lab| (lab.id.as_str(), lab.waiting, lab.active))
            .collect();
        assert_eq!(counts, [("port", 2, 0), ("vallee", 0, 0)]);
    }
}
