//! Long work leaves room for others: SQLite has one writer, and patients sign in meanwhile.

use std::time::Duration;

use kernel::clock::Stopwatch;
use store::Db;

/// Of the time a transaction was held, so much is left to others afterwards.
const SHARE: f32 = 0.25;
const SHORTEST: Duration = Duration::from_millis(5);

pub async fn after(db: &Db, held: Stopwatch) {
    if matches!(db, Db::Sqlite { .. }) {
        tokio::time::sleep(held.elapsed().mul_f32(SHARE).max(SHORTEST)).await;
    }
}
