//! Accounts in bulk. What nothing opens is random; identifiers are found by their real index.

use sqlx::AssertSqlSafe;
use vestibule::crypto::blind_index::Indexer;
use vestibule::domain::identifier::Identifier;
use vestibule::kernel::clock::Stopwatch;
use vestibule::kernel::entropy::{SystemEntropy, random};
use vestibule::store::Db;

use super::{LAB, place};

const TOGETHER: u64 = 5_000;
/// Coprime to every number of accounts that is used: identifiers in another order than accounts.
const STRIDE: u64 = 2_654_435_761;

pub async fn fill(accounts: u64) {
    let watch = Stopwatch::start();
    let core = place::open().await;
    let indexer = Indexer::new(&core.keyring, &LAB.parse().unwrap(), "identifier");
    let mut written = 0;
    sqlite_only(
        &core.db,
        "PRAGMA synchronous = OFF; PRAGMA cache_size = -1000000; DROP INDEX accounts_identifier",
    )
    .await;
    while written < accounts {
        let upto = (written + TOGETHER).min(accounts);
        let (mut ids, mut indexes) = (Vec::new(), Vec::new());
        for number in written..upto {
            let mut id: [u8; 16] = random(&SystemEntropy);
            // Ids in order fill the table fast; identifiers are in none.
            id[..8].copy_from_slice(&(u64::MAX / accounts * number).to_be_bytes());
            let identifier = format!("P-{:06}", number * STRIDE % accounts + 1);
            let identifier = Identifier::parse(&identifier).unwrap();
            ids.push(id.to_vec());
            indexes.push(indexer.index(&[identifier.as_str()]).to_bytes().to_vec());
        }
        insert(&core.db, ids, indexes).await;
        written = upto;
    }
    sqlite_only(
        &core.db,
        "CREATE UNIQUE INDEX accounts_identifier ON accounts (lab_id, identifier_index)",
    )
    .await;
    for sql in rest(matches!(core.db, Db::Sqlite { .. })) {
        both(&core.db, sql).await;
    }
    sqlite_only(&core.db, "PRAGMA wal_checkpoint(TRUNCATE)").await;
    postgres_only(&core.db, "VACUUM ANALYZE").await;
    postgres_only(&core.db, "CHECKPOINT").await;
    core.db.close().await;
    println!("filled in {:.0} s", watch.elapsed().as_secs_f64());
}

/// Sealed values as long as those of an ordinary name, date and address.
async fn insert(db: &Db, ids: Vec<Vec<u8>>, indexes: Vec<Vec<u8>>) {
    const COLUMNS: &str = "INSERT INTO accounts (lab_id, account_id, identifier_index, identifier, email, birth_date, \
        given_name, family_name, state, import_digest, created_at, updated_at)";
    match db {
        Db::Sqlite { writer, .. } => {
            let values = vec!["(?, ?)"; ids.len()].join(", ");
            let sql = format!(
                "{COLUMNS} SELECT '{LAB}', column1, column2, randomblob(44), \
                 CASE WHEN substr(column1, 15, 1) < x'cd' THEN randomblob(56) END, randomblob(46), randomblob(43), \
                 randomblob(44), 'active', randomblob(32), 1, 1 FROM (VALUES {values})"
            );
            let mut query = sqlx::query(AssertSqlSafe(sql));
            for (id, index) in ids.into_iter().zip(indexes) {
                query = query.bind(id).bind(index);
            }
            query.execute(writer).await.unwrap();
        }
        Db::Postgres(pool) => {
            let sql = format!(
                "{COLUMNS} SELECT '{LAB}', id, index, substr(sha256(id) || sha256(index), 1, 44), \
                 CASE WHEN get_byte(id, 14) < 205 THEN substr(sha512(id), 1, 56) END, substr(sha512(index), 1, 46), \
                 substr(sha512(id), 9, 43), substr(sha512(index), 9, 44), 'active', sha256(index), 1, 1 \
                 FROM UNNEST($1, $2) AS row (id, index)"
            );
            sqlx::query(AssertSqlSafe(sql))
                .bind(ids)
                .bind(indexes)
                .execute(pool)
                .await
                .unwrap();
        }
    }
}

/// Seventy of a hundred have enrolled, fifteen are signed in. Sessions are not in the order of accounts.
fn rest(sqlite: bool) -> [String; 3] {
    let (enrolled, signed_in, random) = if sqlite {
        (
            "substr(account_id, 16, 1) < x'b3'",
            "substr(account_id, 16, 1) < x'26'",
            ["randomblob(56)", "randomblob(16)", "randomblob(32)"],
        )
    } else {
        let random = [
            "substr(sha512(account_id), 1, 56)",
            "substr(sha512(account_id), 1, 16)",
            "sha256(account_id)",
        ];
        (
            "get_byte(account_id, 15) < 179",
            "get_byte(account_id, 15) < 38",
            random,
        )
    };
    let [seed, session, token] = random;
    let hash = "$argon2id$v=19$m=65536,t=3,p=4,keyid=MDEyMzQ1Njc$c29tZXNhbHRzb21lc2FsdA$\
        RdescudvJCsgt3ub+b4dVRWTRmE2vSNFbOrAcfm4tXw";
    [
        format!("INSERT INTO passwords SELECT lab_id, account_id, '{hash}', 1 FROM accounts WHERE {enrolled}"),
        format!(
            "INSERT INTO authenticators SELECT lab_id, account_id, {seed}, 1, 0, 0, 0 FROM accounts WHERE {enrolled}"
        ),
        format!(
            "INSERT INTO sessions SELECT lab_id, {session}, {token}, account_id, 'password-totp', 'Firefox', 1, 1, \
             9000000000000000, NULL FROM accounts WHERE {signed_in} ORDER BY identifier_index"
        ),
    ]
}

async fn both(db: &Db, sql: String) {
    sqlite_only(db, &sql).await;
    postgres_only(db, &sql).await;
}

async fn sqlite_only(db: &Db, sql: &str) {
    if let Db::Sqlite { writer, .. } = db {
        let sql = AssertSqlSafe(sql.to_owned());
        sqlx::raw_sql(sql).execute(writer).await.unwrap();
    }
}

async fn postgres_only(db: &Db, sql: &str) {
    if let Db::Postgres(pool) = db {
        let sql = AssertSqlSafe(sql.to_owned());
        sqlx::raw_sql(sql).execute(pool).await.unwrap();
    }
}
