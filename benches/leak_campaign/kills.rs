//! `vestibule leak import --apply` ended by SIGKILL again and again: what is in the database when it came to its end
//! is what an undisturbed run leaves.

use std::path::Path;
use std::process::{Child, Stdio};
use std::time::Duration;

use futures_util::TryStreamExt as _;
use sqlx::Row as _;
use vestibule::kernel::clock::Stopwatch;
use vestibule::kernel::entropy::{SystemEntropy, random};
use vestibule::store::Db;

use super::LAB;
use super::place::{self, Place};

const KILLS: usize = 10;

/// Every row that a campaign leaves, without numbers and times: these are a run's own.
const FINAL: [&str; 6] = [
    "SELECT state, source, mapping, census, file_index, loaded_to, settled_to FROM leaks WHERE file_index IS NOT NULL",
    "SELECT identifier_index, pair FROM leak_entries ORDER BY identifier_index, pair",
    "SELECT identifier_index, account_id, effect, progress, verdict FROM leak_accounts ORDER BY identifier_index",
    "SELECT kind, account_id FROM audit_events ORDER BY kind, account_id",
    "SELECT kind, recipient, state FROM outbox ORDER BY kind, recipient",
    "SELECT session_id FROM sessions WHERE ended_at IS NOT NULL ORDER BY session_id",
];

/// What the next command finds.
const PHASE: &str = "SELECT CASE WHEN file_index IS NULL THEN 'reading' WHEN settled_at IS NOT NULL THEN 'done' \
    WHEN settled_to IS NOT NULL THEN 'settling' WHEN effective_at IS NOT NULL THEN 'applied' \
    WHEN state = 'drafted' THEN 'drafted' WHEN matched_to IS NOT NULL THEN 'matching' \
    WHEN loaded_to IS NOT NULL THEN 'loading' ELSE 'read' END, COALESCE(settled_to, matched_to, loaded_to) \
    FROM leaks ORDER BY file_index IS NULL, leak_id LIMIT 1";
const LEFT_OVER: &str = "SELECT COUNT(*) FROM leaks WHERE file_index IS NULL";

pub async fn run(place: &Place, list: &Path) {
    let copy = place.copy("undisturbed").await;
    let watch = Stopwatch::start();
    assert!(import(&copy, list).wait().unwrap().success());
    let lasts = watch.elapsed();
    let expected = copy.step("digest", list);
    copy.remove().await;
    println!("undisturbed: {:.1} s", lasts.as_secs_f64());
    let (mut kills, mut ends) = (0, 0);
    // What was done before a kill stays done: a copy that came to its end is compared, and a new one begun.
    while kills < KILLS {
        let copy = place.copy("killed").await;
        while kills < KILLS && kill_once(&copy, list, lasts) {
            kills += 1;
        }
        assert!(import(&copy, list).wait().unwrap().success());
        assert_eq!(copy.step("digest", list), expected, "another final state");
        ends += 1;
        println!("  to the end, as undisturbed: {}", copy.step("look", list).trim());
        copy.remove().await;
    }
    println!("{kills} kills, {ends} ends, all the same");
}

/// False: it was done before.
fn kill_once(copy: &Place, list: &Path, lasts: Duration) -> bool {
    let share = f64::from(u16::from_be_bytes(random(&SystemEntropy))) / f64::from(u16::MAX);
    let moment = lasts.mul_f64(share);
    let mut child = import(copy, list);
    std::thread::sleep(moment);
    child.kill().unwrap();
    child.wait().unwrap();
    let phase = copy.step("look", list);
    if phase.starts_with("done") {
        return false;
    }
    println!("  killed after {:.2} s: {}", moment.as_secs_f64(), phase.trim());
    true
}

fn import(copy: &Place, list: &Path) -> Child {
    let mut command = copy.command(env!("CARGO_BIN_EXE_vestibule"));
    command
        .args(["leak", "import", "--lab", LAB, "--source", "bench", "--apply", "--json"])
        .arg(list);
    command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

/// Both databases hand out any column's bytes.
macro_rules! digest_of {
    ($pool:expr, $sql:expr) => {{
        let (mut hasher, mut count) = (blake3::Hasher::new(), 0);
        let mut rows = sqlx::query($sql).fetch($pool);
        while let Some(row) = rows.try_next().await.unwrap() {
            for column in 0..row.len() {
                let value: Option<Vec<u8>> = row.try_get_unchecked(column).unwrap();
                hasher.update(
                    &value
                        .as_ref()
                        .map_or(u64::MAX, |value| value.len() as u64)
                        .to_be_bytes(),
                );
                hasher.update(&value.unwrap_or_default());
            }
            count += 1;
        }
        println!("{count} {}", hasher.finalize());
    }};
}

pub async fn print_digests() {
    let core = place::open().await;
    for sql in FINAL {
        match &core.db {
            Db::Sqlite { writer, .. } => digest_of!(writer, sql),
            Db::Postgres(pool) => digest_of!(pool, sql),
        }
    }
    core.db.close().await;
}

pub async fn print_phase() {
    let core = place::open().await;
    type Phase = (String, Option<Vec<u8>>);
    let (phase, left_over): (Option<Phase>, i64) = match &core.db {
        Db::Sqlite { writer, .. } => (
            sqlx::query_as(PHASE).fetch_optional(writer).await.unwrap(),
            sqlx::query_scalar(LEFT_OVER).fetch_one(writer).await.unwrap(),
        ),
        Db::Postgres(pool) => (
            sqlx::query_as(PHASE).fetch_optional(pool).await.unwrap(),
            sqlx::query_scalar(LEFT_OVER).fetch_one(pool).await.unwrap(),
        ),
    };
    let (phase, at) = phase.unwrap_or_else(|| ("nothing yet".to_owned(), None));
    let share = at
        .and_then(|at| at.first().copied())
        .map_or(0.0, |head| f64::from(head) / 2.56);
    println!("{phase}, {share:.0} % of it; {left_over} numbers without a list");
    core.db.close().await;
}
