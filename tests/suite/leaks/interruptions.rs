//! A campaign that is killed and started over ends as one that never was.

use std::io::Write;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use sqlx::Row;
use vestibule::crypto::blind_index::Indexer;
use vestibule::kernel::clock::Stopwatch;
use vestibule::kernel::entropy::{SystemEntropy, random};
use vestibule::kernel::ids::AccountId;
use vestibule::service::Core;
use vestibule::store::Db;
use vestibule::store::account::accounts::{self, NewAccount, Person};

use crate::admin::stand::{Stand, lab};

const ACCOUNTS: usize = 6_000;
const ROWS: usize = 30_000;
const KILLS: u32 = 10;

#[actix_web::test]
async fn killed_at_ten_random_moments_the_end_is_the_same() {
    let stand = Stand::sqlite();
    stand.write_config("[leak]\napproval = \"one-person\"\n");
    let core = stand.open().await;
    fill(&core).await;
    core.db.close().await;
    write_list(&stand.path("list.csv"));
    let database = stand.path("vestibule.db");
    let untouched = std::fs::read(&database).unwrap();

    let watch = Stopwatch::start();
    assert!(start(&stand).wait().unwrap().success());
    let whole = watch.elapsed();
    let expected = state(&stand).await;
    assert!(expected.len() > ROWS, "{}", expected.len());

    for file in ["vestibule.db-wal", "vestibule.db-shm"] {
        let _ = std::fs::remove_file(stand.path(file));
    }
    std::fs::write(&database, untouched).unwrap();
    for _ in 0..KILLS {
        let mut child = start(&stand);
        let [share] = random::<1>(&SystemEntropy);
        std::thread::sleep(whole.mul_f32(f32::from(share) / 255.0).max(Duration::from_millis(1)));
        child.kill().unwrap();
        child.wait().unwrap();
    }
    assert!(start(&stand).wait().unwrap().success());
    assert!(start(&stand).wait().unwrap().success(), "and once more, for nothing");
    assert_eq!(state(&stand).await, expected);
}

fn start(stand: &Stand) -> Child {
    Command::new(env!("CARGO_BIN_EXE_vestibule"))
        .current_dir(stand.folder.path())
        .env("VESTIBULE_CONFIG", "vestibule.toml")
        .args([
            "leak",
            "import",
            "list.csv",
            "--lab",
            "port",
            "--source",
            "s",
            "--apply",
            "--accept-unmatched",
            "27000",
            "--json",
        ])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

async fn fill(core: &Core) {
    let identifiers = Indexer::new(&core.keyring, &lab(), "identifier");
    let new: Vec<NewAccount> = (0..ACCOUNTS)
        .map(|number| NewAccount {
            id: AccountId::generate(&SystemEntropy),
            identifier: identifiers.index(&[&format!("p-{number}")]),
            person: Person {
                identifier: format!("P-{number}"),
                email: (number % 3 != 0).then(|| "a@example.org".to_owned()),
                birth_date: "1944-05-12".to_owned(),
                given_name: "A".to_owned(),
                family_name: "B".to_owned(),
                other_names: Vec::new(),
            },
            digest: identifiers.index(&[]),
        })
        .collect();
    let mut tx = core.db.begin().await.unwrap();
    for some in new.chunks(500) {
        accounts::insert_many(&mut tx, &core.sealer, &lab(), some, core.now())
            .await
            .unwrap();
    }
    tx.commit().await.unwrap();
    let Db::Sqlite { writer, .. } = &core.db else {
        panic!("SQLite was asked for");
    };
    // Nothing in a campaign opens a seed: any bytes will do.
    let enrol = "INSERT INTO authenticators (lab_id, account_id, seed, bound_at, consumed_step, tried_step, tried_times) \
         SELECT lab_id, account_id, identifier_index, 0, 0, 0, 0 FROM accounts WHERE identifier_index < x'a0'";
    let sign_in = "INSERT INTO sessions (lab_id, session_id, token_hash, account_id, means, device, authenticated_at, \
         last_used_at, expires_at) SELECT lab_id, account_id, identifier_index, account_id, 'enrolment', 'd', 0, 0, \
         9000000000000000 FROM accounts WHERE identifier_index < x'40'";
    for sql in [enrol, sign_in] {
        sqlx::query(sql).execute(writer).await.unwrap();
    }
}

fn write_list(path: &Path) {
    let mut file = std::io::BufWriter::new(std::fs::File::create(path).unwrap());
    writeln!(file, "identifiant;motdepasse").unwrap();
    for row in 0..ROWS {
        let password = if row % 5 == 0 {
            String::new()
        } else {
            format!("mdp {row}")
        };
        writeln!(file, "P-{};{password}", row * 2).unwrap();
    }
}

/// Everything that a campaign leaves but the times at which it did so.
async fn state(stand: &Stand) -> Vec<String> {
    let core = stand.open().await;
    let Db::Sqlite { writer, .. } = &core.db else {
        panic!("SQLite was asked for");
    };
    let mut all = Vec::new();
    let queries: [&'static str; 7] = [
        "SELECT hex(identifier_index) || hex(pair) FROM leak_entries ORDER BY 1",
        "SELECT hex(account_id) || effect || progress FROM leak_accounts ORDER BY 1",
        "SELECT leak_id || state || source || census FROM leaks ORDER BY 1",
        "SELECT step || actor FROM leak_steps ORDER BY 1",
        "SELECT kind || hex(recipient) || state || attempts FROM outbox ORDER BY 1",
        "SELECT kind || COALESCE(hex(account_id), '') || detail FROM audit_events ORDER BY 1",
        "SELECT hex(session_id) || (ended_at IS NULL) FROM sessions ORDER BY 1",
    ];
    for sql in queries {
        let rows = sqlx::query(sql).fetch_all(writer).await.unwrap();
        assert!(!rows.is_empty(), "{sql}");
        all.extend(rows.iter().map(|row| row.get::<String, _>(0)));
    }
    core.db.close().await;
    all
}
