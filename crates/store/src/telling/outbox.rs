//! The outbox: what is to be told, each thing once. A row is taken by one conditional UPDATE and leaves no second time.

use std::time::Duration;

use crate::columns::{id, index, moment, word};
use crate::db::on_both;
use crate::{StoreFault, Tx};
use crypto::blind_index::BlindIndex;
use domain::leak::{Effect, LeakId, LeakState, Progress};
use domain::outbox::{Kind, State};
use kernel::clock::Timestamp;
use kernel::ids::{AccountId, LabId, NoticeId};

const HOUR: Duration = Duration::from_secs(3600);

/// Which telling of whom.
#[derive(Clone, Debug)]
pub struct Telling {
    pub lab: LabId,
    pub leak: LeakId,
    pub kind: Kind,
    pub recipient: BlindIndex,
}

/// A message that this worker has taken, to be sent now by no other.
#[derive(Debug)]
pub struct ClaimedMessage {
    pub telling: Telling,
    pub notice: NoticeId,
    /// This one included.
    pub attempts: u32,
}

/// What a mail says follows from these.
#[derive(Debug)]
pub struct Subject {
    pub account: AccountId,
    pub leak: LeakState,
    pub effective_at: Option<Timestamp>,
    pub effect: Effect,
    pub progress: Progress,
}

type Key = (String, i64, String, Vec<u8>);

fn telling((lab, leak, kind, recipient): Key) -> Result<Telling, StoreFault> {
    Ok(Telling {
        lab: word(&lab, "outbox.lab_id")?,
        leak: LeakId::from_number(leak),
        kind: word(&kind, "outbox.kind")?,
        recipient: index(&recipient, "outbox.recipient")?,
    })
}

/// Whether a mail may leave now: one is due, the server is not left alone, and fewer than `per_hour` left within the
/// hour.
pub async fn is_ready(tx: &mut Tx, per_hour: u32, now: Timestamp) -> Result<bool, StoreFault> {
    const SQL: &str = "SELECT COUNT(*) FROM mail_server WHERE quiet_until <= $1 \
         AND (SELECT COUNT(*) FROM outbox WHERE claimed_at > $2) < $3";
    let free: i64 = on_both!(&mut *tx, connection => {
        sqlx::query_scalar(SQL)
            .bind(now.micros()).bind(now.minus(HOUR).micros()).bind(i64::from(per_hour)).fetch_one(connection).await?
    });
    Ok(free == 1 && lookup_due(tx, now).await?.is_some())
}

async fn lookup_due(tx: &mut Tx, now: Timestamp) -> Result<Option<Key>, StoreFault> {
    const SQL: &str = "SELECT lab_id, leak_id, kind, recipient FROM outbox WHERE state = 'due' AND due_at <= $1 \
         AND kind IN ('leak-rotate', 'leak-disabled', 'leak-listed') ORDER BY due_at LIMIT 1";
    Ok(on_both!(tx, connection => {
        sqlx::query_as(SQL).bind(now.micros()).fetch_optional(connection).await?
    }))
}

/// Takes the mail that is due longest. None: see [`is_ready`].
pub async fn claim(
    tx: &mut Tx,
    notice: NoticeId,
    per_hour: u32,
    now: Timestamp,
) -> Result<Option<ClaimedMessage>, StoreFault> {
    // Others who want to claim wait here until this claim is committed and counts.
    const LOCK: &str = "UPDATE mail_server SET quiet_until = quiet_until";
    const TAKE: &str = "UPDATE outbox SET state = 'sending', attempts = attempts + 1, claimed_at = $5, changed_at = $5, \
         notice_id = $6 WHERE lab_id = $1 AND leak_id = $2 AND kind = $3 AND recipient = $4 AND state = 'due' \
         RETURNING attempts";
    on_both!(&mut *tx, connection => {
        sqlx::query(LOCK).execute(connection).await?;
    });
    if !is_ready(tx, per_hour, now).await? {
        return Ok(None);
    }
    let Some(key) = lookup_due(tx, now).await? else {
        return Ok(None);
    };
    let attempts: Option<i64> = on_both!(tx, connection => {
        sqlx::query_scalar(TAKE)
            .bind(key.0.as_str()).bind(key.1).bind(key.2.as_str()).bind(key.3.as_slice())
            .bind(now.micros()).bind(notice.as_bytes().as_slice())
            .fetch_optional(connection).await?
    });
    let claimed = |attempts| {
        Ok(ClaimedMessage {
            telling: telling(key)?,
            notice,
            attempts: u32::try_from(attempts).unwrap_or(u32::MAX),
        })
    };
    attempts.map(claimed).transpose()
}

/// None: the account is gone.
pub async fn lookup_subject(tx: &mut Tx, telling: &Telling) -> Result<Option<Subject>, StoreFault> {
    const SQL: &str = "SELECT a.account_id, l.state, l.effective_at, f.effect, f.progress FROM accounts a \
         JOIN leaks l ON l.lab_id = a.lab_id AND l.leak_id = $2 JOIN leak_accounts f \
         ON f.lab_id = a.lab_id AND f.leak_id = l.leak_id AND f.identifier_index = a.identifier_index \
         WHERE a.lab_id = $1 AND a.identifier_index = $3";
    type Columns = (Vec<u8>, String, Option<i64>, String, String);
    let row: Option<Columns> = on_both!(tx, connection => {
        sqlx::query_as(SQL)
            .bind(telling.lab.as_str()).bind(telling.leak.number()).bind(telling.recipient.as_bytes())
            .fetch_optional(connection).await?
    });
    let subject = |(account, leak, effective_at, effect, progress): Columns| {
        Ok(Subject {
            account: id(&account, "accounts.account_id")?,
            leak: word(&leak, "leaks.state")?,
            effective_at: moment(effective_at),
            effect: word(&effect, "leak_accounts.effect")?,
            progress: word(&progress, "leak_accounts.progress")?,
        })
    };
    row.map(subject).transpose()
}

/// Records how an attempt ended; `due_at` if it is to be repeated. False if a later result was recorded meanwhile.
pub async fn record(
    tx: &mut Tx,
    claimed: &ClaimedMessage,
    state: State,
    answer: &str,
    due_at: Timestamp,
    now: Timestamp,
) -> Result<bool, StoreFault> {
    const SQL: &str = "UPDATE outbox SET state = $2, answer = $3, due_at = $4, changed_at = $5 \
         WHERE notice_id = $1 AND state IN ('sending', 'uncertain')";
    let changed = on_both!(tx, connection => {
        sqlx::query(SQL)
            .bind(claimed.notice.as_bytes().as_slice()).bind(state.as_str()).bind(answer).bind(due_at.micros())
            .bind(now.micros()).execute(connection).await?.rows_affected()
    });
    Ok(changed == 1)
}

/// A mail came back. None: no such mail, or it is known.
pub async fn record_bounce(
    tx: &mut Tx,
    notice: NoticeId,
    answer: &str,
    now: Timestamp,
) -> Result<Option<Telling>, StoreFault> {
    const SQL: &str = "UPDATE outbox SET state = 'bounced', answer = $2, changed_at = $3 WHERE notice_id = $1 \
         AND state IN ('sent', 'sending', 'uncertain') RETURNING lab_id, leak_id, kind, recipient";
    let key: Option<Key> = on_both!(tx, connection => {
        sqlx::query_as(SQL)
            .bind(notice.as_bytes().as_slice()).bind(answer).bind(now.micros()).fetch_optional(connection).await?
    });
    key.map(telling).transpose()
}

/// What was taken before `before` and never recorded is uncertain: its sender was interrupted.
pub async fn settle_interrupted(tx: &mut Tx, before: Timestamp, now: Timestamp) -> Result<Vec<Telling>, StoreFault> {
    const SQL: &str = "UPDATE outbox SET state = 'uncertain', changed_at = $2 WHERE state = 'sending' \
         AND claimed_at <= $1 RETURNING lab_id, leak_id, kind, recipient";
    let keys: Vec<Key> = on_both!(tx, connection => {
        sqlx::query_as(SQL).bind(before.micros()).bind(now.micros()).fetch_all(connection).await?
    });
    keys.into_iter().map(telling).collect()
}

/// Counts one more failure of the mail server; returns how many there are in a row.
pub async fn count_failure(tx: &mut Tx, answer: &str) -> Result<u32, StoreFault> {
    const SQL: &str = "UPDATE mail_server SET failures = failures + 1, answer = $1 RETURNING failures";
    let failures: i64 = on_both!(tx, connection => {
        sqlx::query_scalar(SQL).bind(answer).fetch_one(connection).await?
    });
    Ok(u32::try_from(failures).unwrap_or(u32::MAX))
}

pub async fn keep_quiet(tx: &mut Tx, until: Timestamp) -> Result<(), StoreFault> {
    const SQL: &str = "UPDATE mail_server SET quiet_until = $1";
    on_both!(tx, connection => {
        sqlx::query(SQL).bind(until.micros()).execute(connection).await?;
    });
    Ok(())
}

pub async fn forget_failures(tx: &mut Tx) -> Result<(), StoreFault> {
    const SQL: &str = "UPDATE mail_server SET failures = 0, quiet_until = 0, answer = NULL WHERE failures > 0";
    on_both!(tx, connection => {
        sqlx::query(SQL).execute(connection).await?;
    });
    Ok(())
}

/// Failures of the mail server in a row, and what the last of them was.
pub async fn lookup_server(tx: &mut Tx) -> Result<(u32, Option<String>), StoreFault> {
    const SQL: &str = "SELECT failures, answer FROM mail_server";
    let (failures, answer): (i64, Option<String>) = on_both!(tx, connection => {
        sqlx::query_as(SQL).fetch_one(connection).await?
    });
    Ok((u32::try_from(failures).unwrap_or(u32::MAX), answer))
}

/// Gives up every mail that is due; returns the leaks concerned, and how many for each.
pub async fn give_up_due(tx: &mut Tx, now: Timestamp) -> Result<Vec<(LabId, LeakId, u64)>, StoreFault> {
    const COUNT: &str = "SELECT lab_id, leak_id, COUNT(*) FROM outbox WHERE state = 'due' AND due_at <= $1 \
         GROUP BY lab_id, leak_id";
    const SQL: &str = "UPDATE outbox SET state = 'given-up', changed_at = $1 WHERE state = 'due' AND due_at <= $1";
    let counts: Vec<(String, i64, i64)> = on_both!(&mut *tx, connection => {
        sqlx::query_as(COUNT).bind(now.micros()).fetch_all(connection).await?
    });
    on_both!(tx, connection => {
        sqlx::query(SQL).bind(now.micros()).execute(connection).await?;
    });
    let given_up = |(lab, leak, count): (String, i64, i64)| {
        let count = u64::try_from(count).unwrap_or(0);
        Ok((word(&lab, "outbox.lab_id")?, LeakId::from_number(leak), count))
    };
    counts.into_iter().map(given_up).collect()
}

/// Nothing more leaves for a leak that was undone. Returns how many tellings that spared.
pub async fn cancel(tx: &mut Tx, lab: &LabId, leak: LeakId, now: Timestamp) -> Result<u64, StoreFault> {
    const SQL: &str = "UPDATE outbox SET state = 'cancelled', changed_at = $3 WHERE lab_id = $1 AND leak_id = $2 \
         AND state = 'due'";
    Ok(on_both!(tx, connection => {
        sqlx::query(SQL)
            .bind(lab.as_str()).bind(leak.number()).bind(now.micros()).execute(connection).await?.rows_affected()
    }))
}

/// How many tellings of a leak stand where.
pub async fn count(tx: &mut Tx, lab: &LabId, leak: LeakId) -> Result<Vec<(Kind, State, u64)>, StoreFault> {
    const SQL: &str = "SELECT kind, state, COUNT(*) FROM outbox WHERE lab_id = $1 AND leak_id = $2 \
         AND kind IN ('leak-rotate', 'leak-disabled', 'leak-listed', 'letter') GROUP BY kind, state ORDER BY kind, state";
    let rows: Vec<(String, String, i64)> = on_both!(tx, connection => {
        sqlx::query_as(SQL).bind(lab.as_str()).bind(leak.number()).fetch_all(connection).await?
    });
    let counted = |(kind, state, count): (String, String, i64)| {
        let count = u64::try_from(count).unwrap_or(0);
        Ok((word(&kind, "outbox.kind")?, word(&state, "outbox.state")?, count))
    };
    rows.into_iter().map(counted).collect()
}

/// What has reached people.
#[derive(Clone, Copy, Debug)]
pub struct Reach {
    /// Each person once, by mail or by letter.
    pub people: u64,
    pub first_mail: Option<Timestamp>,
    pub last_mail: Option<Timestamp>,
}

pub async fn lookup_reached(tx: &mut Tx, lab: &LabId, leak: LeakId) -> Result<Reach, StoreFault> {
    const SQL: &str = "SELECT COUNT(DISTINCT recipient), MIN(CASE WHEN state = 'sent' THEN changed_at END), \
         MAX(CASE WHEN state = 'sent' THEN changed_at END) FROM outbox WHERE lab_id = $1 AND leak_id = $2 \
         AND state IN ('sent', 'written') AND kind IN ('leak-rotate', 'leak-disabled', 'leak-listed', 'letter')";
    let (people, first, last): (i64, Option<i64>, Option<i64>) = on_both!(tx, connection => {
        sqlx::query_as(SQL).bind(lab.as_str()).bind(leak.number()).fetch_one(connection).await?
    });
    Ok(Reach {
        people: u64::try_from(people).unwrap_or(0),
        first_mail: moment(first),
        last_mail: moment(last),
    })
}
