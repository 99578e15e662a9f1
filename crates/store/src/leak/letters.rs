//! Letters about a leak: who still needs one, and which are written.

use crate::columns::{id, word};
use crate::db::on_both;
use crate::{StoreFault, Tx};
use domain::account::AccountState;
use domain::leak::{Effect, LeakId, Progress};
use kernel::clock::Timestamp;
use kernel::ids::{AccountId, LabId, NoticeId};

/// The people to write letters to.
#[derive(Clone, Copy, Debug, Default)]
pub struct Wish {
    /// Including those who were told by mail.
    pub everyone: bool,
    /// Those whose letter is written already.
    pub again: bool,
}

#[derive(Debug)]
pub struct Addressee {
    pub index: Vec<u8>,
    pub account: AccountId,
    pub state: AccountState,
    pub effect: Effect,
    pub progress: Progress,
}

/// The next people after an index who need a letter: without an address, or whose mail did not arrive.
pub async fn find_next(
    tx: &mut Tx,
    lab: &LabId,
    leak: LeakId,
    wish: Wish,
    after: &[u8],
    most: i64,
) -> Result<Vec<Addressee>, StoreFault> {
    const SQL: &str = "SELECT x.identifier_index, x.account_id, a.state, x.effect, x.progress FROM leak_accounts x \
         JOIN accounts a ON a.lab_id = x.lab_id AND a.account_id = x.account_id \
         WHERE x.lab_id = $1 AND x.leak_id = $2 AND x.identifier_index > $3 \
         AND ($5 = 1 OR a.email IS NULL OR EXISTS (SELECT 1 FROM outbox m WHERE m.lab_id = x.lab_id \
         AND m.leak_id = x.leak_id AND m.kind IN ('leak-rotate', 'leak-disabled', 'leak-listed') \
         AND m.recipient = x.identifier_index AND m.state IN ('uncertain', 'bounced', 'given-up'))) \
         AND ($6 = 1 OR NOT EXISTS (SELECT 1 FROM outbox m WHERE m.lab_id = x.lab_id AND m.leak_id = x.leak_id \
         AND m.kind = 'letter' AND m.recipient = x.identifier_index AND m.state = 'written')) \
         ORDER BY x.identifier_index LIMIT $4";
    type Columns = (Vec<u8>, Vec<u8>, String, String, String);
    let rows: Vec<Columns> = on_both!(tx, connection => {
        sqlx::query_as(SQL)
            .bind(lab.as_str()).bind(leak.number()).bind(after).bind(most)
            .bind(i64::from(wish.everyone)).bind(i64::from(wish.again))
            .fetch_all(connection).await?
    });
    let addressee = |(index, account, state, effect, progress): Columns| {
        Ok(Addressee {
            index,
            account: id(&account, "leak_accounts.account_id")?,
            state: word(&state, "accounts.state")?,
            effect: word(&effect, "leak_accounts.effect")?,
            progress: word(&progress, "leak_accounts.progress")?,
        })
    };
    rows.into_iter().map(addressee).collect()
}

/// These people's letters are being written, by this run.
pub async fn begin(
    tx: &mut Tx,
    lab: &LabId,
    leak: LeakId,
    run: NoticeId,
    people: &[Addressee],
    now: Timestamp,
) -> Result<(), StoreFault> {
    const SQL: &str = "INSERT INTO outbox (lab_id, leak_id, kind, recipient, state, attempts, due_at, changed_at, \
         notice_id) ";
    const OR_UPDATE: &str = " ON CONFLICT (lab_id, leak_id, kind, recipient) DO UPDATE SET state = excluded.state, \
         attempts = outbox.attempts + 1, changed_at = excluded.changed_at, notice_id = excluded.notice_id";
    if people.is_empty() {
        return Ok(());
    }
    on_both!(tx, connection => {
        let mut query = sqlx::QueryBuilder::new(SQL);
        query.push_values(people, |mut row, addressee| {
            row.push_bind(lab.as_str().to_owned()).push_bind(leak.number()).push_bind("letter")
                .push_bind(addressee.index.clone()).push_bind("writing").push_bind(1_i64).push_bind(now.micros())
                .push_bind(now.micros()).push_bind(run.as_bytes().to_vec());
        });
        query.push(OR_UPDATE);
        query.build().execute(connection).await?;
    });
    Ok(())
}

/// The run's files are complete. Returns how many letters are in them and in no later run's.
pub async fn finish(tx: &mut Tx, run: NoticeId, now: Timestamp) -> Result<u64, StoreFault> {
    const SQL: &str = "UPDATE outbox SET state = 'written', changed_at = $2 WHERE notice_id = $1 AND state = 'writing'";
    Ok(on_both!(tx, connection => {
        sqlx::query(SQL)
            .bind(run.as_bytes().as_slice()).bind(now.micros()).execute(connection).await?.rows_affected()
    }))
}
