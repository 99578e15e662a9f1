//! The accounts found on a list. Stretches are by identifier index, in whose order both tables lie.

use crate::columns::{id, word};
use crate::db::on_both;
use crate::{StoreFault, Tx};
use crypto::password_hash::HashedPassword;
use domain::leak::{Effect, LeakId, Listing, Progress, Verdict};
use domain::outbox::Kind;
use kernel::clock::Timestamp;
use kernel::ids::{AccountId, LabId};

/// A stretch of a leak: identifier indexes after `after`, up to and with `to`.
#[derive(Clone, Copy, Debug)]
pub struct Stretch<'a> {
    pub lab: &'a LabId,
    pub leak: LeakId,
    pub after: &'a [u8],
    pub to: &'a [u8],
}

/// Greater than every index.
pub const END: [u8; 33] = [0xff; 33];

/// Finds the accounts of a stretch of entries that was not matched before. Canaries are not patients.
pub async fn match_stretch(tx: &mut Tx, stretch: Stretch<'_>, now: Timestamp) -> Result<u64, StoreFault> {
    // CROSS JOIN has SQLite begin with the list, which may be short; PostgreSQL is told the bounds of both tables,
    // since it does not conclude the one from the other.
    const SQL: &str = "INSERT INTO leak_accounts (lab_id, leak_id, identifier_index, account_id, effect, progress, \
         changed_at) SELECT a.lab_id, $2, a.identifier_index, a.account_id, \
         CASE WHEN e.longest = 0 THEN $5 WHEN t.account_id IS NULL THEN $6 ELSE $7 END, $8, $9 \
         FROM (SELECT identifier_index, MAX(LENGTH(pair)) AS longest FROM leak_entries \
         WHERE lab_id = $1 AND leak_id = $2 AND identifier_index > $3 AND identifier_index <= $4 \
         GROUP BY identifier_index) e CROSS JOIN accounts a \
         LEFT JOIN authenticators t ON t.lab_id = a.lab_id AND t.account_id = a.account_id \
         WHERE a.lab_id = $1 AND a.identifier_index = e.identifier_index \
         AND a.identifier_index > $3 AND a.identifier_index <= $4 \
         AND NOT EXISTS (SELECT 1 FROM canaries c WHERE c.lab_id = a.lab_id AND c.account_id = a.account_id) \
         ON CONFLICT DO NOTHING";
    Ok(on_both!(tx, connection => {
        sqlx::query(SQL)
            .bind(stretch.lab.as_str()).bind(stretch.leak.number()).bind(stretch.after).bind(stretch.to)
            .bind(Effect::Tell.as_str()).bind(Effect::Disable.as_str()).bind(Effect::Rotate.as_str())
            .bind(Progress::Listed.as_str()).bind(now.micros())
            .execute(connection).await?.rows_affected()
    }))
}

/// Sessions of everyone on a list whose password may be the one in it. From the sessions to the list: fewer are signed
/// in than listed.
macro_rules! sessions {
    ($begin:literal, $also:literal) => {
        concat!(
            $begin,
            " WHERE lab_id = $1 AND ended_at IS NULL",
            $also,
            " AND EXISTS (SELECT 1 FROM accounts a JOIN leaks l ON l.lab_id = a.lab_id \
             JOIN leak_accounts x ON x.lab_id = l.lab_id AND x.leak_id = l.leak_id \
             AND x.identifier_index = a.identifier_index \
             WHERE a.lab_id = sessions.lab_id AND a.account_id = sessions.account_id AND l.leak_id = $2 \
             AND x.effect <> 'tell' AND NOT EXISTS (SELECT 1 FROM passwords p \
             WHERE p.lab_id = a.lab_id AND p.account_id = a.account_id AND p.set_at > l.began_at))"
        )
    };
}

pub async fn end_sessions(tx: &mut Tx, lab: &LabId, leak: LeakId, now: Timestamp) -> Result<u64, StoreFault> {
    const SQL: &str = sessions!("UPDATE sessions SET ended_at = $3", "");
    Ok(on_both!(tx, connection => {
        sqlx::query(SQL)
            .bind(lab.as_str()).bind(leak.number()).bind(now.micros()).execute(connection).await?.rows_affected()
    }))
}

/// How many sessions [`end_sessions`] would end.
pub async fn count_sessions(tx: &mut Tx, lab: &LabId, leak: LeakId, now: Timestamp) -> Result<i64, StoreFault> {
    const SQL: &str = sessions!("SELECT COUNT(*) FROM sessions", " AND expires_at > $3");
    Ok(on_both!(tx, connection => {
        sqlx::query_scalar(SQL)
            .bind(lab.as_str()).bind(leak.number()).bind(now.micros()).fetch_one(connection).await?
    }))
}

/// The lists in effect that name an account, and since when it has its password.
pub async fn find_listings(
    tx: &mut Tx,
    lab: &LabId,
    account: AccountId,
) -> Result<(Vec<Listing>, Option<Timestamp>), StoreFault> {
    const LISTINGS: &str = "SELECT x.leak_id, x.effect, l.began_at, l.effective_at FROM accounts a \
         JOIN leaks l ON l.lab_id = a.lab_id AND (l.state = 'applied' OR l.state = 'closed') \
         JOIN leak_accounts x ON x.lab_id = l.lab_id AND x.leak_id = l.leak_id \
         AND x.identifier_index = a.identifier_index \
         WHERE a.lab_id = $1 AND a.account_id = $2 AND l.effective_at IS NOT NULL";
    const SET_AT: &str = "SELECT set_at FROM passwords WHERE lab_id = $1 AND account_id = $2";
    let rows: Vec<(i64, String, i64, i64)> = on_both!(&mut *tx, connection => {
        sqlx::query_as(LISTINGS)
            .bind(lab.as_str()).bind(account.as_bytes().as_slice()).fetch_all(connection).await?
    });
    let set_at: Option<i64> = on_both!(tx, connection => {
        sqlx::query_scalar(SET_AT)
            .bind(lab.as_str()).bind(account.as_bytes().as_slice()).fetch_optional(connection).await?
    });
    let listing = |(leak, effect, began_at, effective_at): (i64, String, i64, i64)| {
        Ok::<_, StoreFault>(Listing {
            leak: LeakId::from_number(leak),
            effect: word(&effect, "leak_accounts.effect")?,
            began_at: Timestamp::from_micros(began_at),
            effective_at: Timestamp::from_micros(effective_at),
        })
    };
    let listings = rows.into_iter().map(listing).collect::<Result<_, _>>()?;
    Ok((listings, crate::columns::moment(set_at)))
}

/// An account set a new password: every leak that was not undone counts it.
pub async fn note_new_password(
    tx: &mut Tx,
    lab: &LabId,
    account: AccountId,
    by_enrolment: bool,
    now: Timestamp,
) -> Result<(), StoreFault> {
    const FIND: &str = "SELECT x.leak_id, x.identifier_index, x.progress FROM accounts a \
         JOIN leaks l ON l.lab_id = a.lab_id AND l.state <> 'undone' \
         JOIN leak_accounts x ON x.lab_id = l.lab_id AND x.leak_id = l.leak_id \
         AND x.identifier_index = a.identifier_index \
         WHERE a.lab_id = $1 AND a.account_id = $2 AND x.effect <> 'tell'";
    const UPDATE: &str = "UPDATE leak_accounts SET progress = $4, changed_at = $5 \
         WHERE lab_id = $1 AND leak_id = $2 AND identifier_index = $3";
    let rows: Vec<(i64, Vec<u8>, String)> = on_both!(&mut *tx, connection => {
        sqlx::query_as(FIND).bind(lab.as_str()).bind(account.as_bytes().as_slice()).fetch_all(connection).await?
    });
    for (leak, index, progress) in rows {
        let progress: Progress = word(&progress, "leak_accounts.progress")?;
        let next = progress.with_new_password(by_enrolment);
        on_both!(&mut *tx, connection => {
            sqlx::query(UPDATE)
                .bind(lab.as_str()).bind(leak).bind(index).bind(next.as_str()).bind(now.micros())
                .execute(connection).await?;
        });
    }
    Ok(())
}

/// An account of a stretch, for its line in the trail.
#[derive(Debug)]
pub struct AccountRow {
    pub index: Vec<u8>,
    pub account: AccountId,
    pub effect: Effect,
    pub progress: Progress,
}

/// The next accounts after an index, in order.
pub async fn find_next(
    tx: &mut Tx,
    lab: &LabId,
    leak: LeakId,
    after: &[u8],
    most: i64,
) -> Result<Vec<AccountRow>, StoreFault> {
    const SQL: &str = "SELECT identifier_index, account_id, effect, progress FROM leak_accounts \
         WHERE lab_id = $1 AND leak_id = $2 AND identifier_index > $3 ORDER BY identifier_index LIMIT $4";
    let rows: Vec<(Vec<u8>, Vec<u8>, String, String)> = on_both!(tx, connection => {
        sqlx::query_as(SQL)
            .bind(lab.as_str()).bind(leak.number()).bind(after).bind(most).fetch_all(connection).await?
    });
    let found = |(index, account, effect, progress): (Vec<u8>, Vec<u8>, String, String)| {
        Ok(AccountRow {
            account: id(&account, "leak_accounts.account_id")?,
            effect: word(&effect, "leak_accounts.effect")?,
            progress: word(&progress, "leak_accounts.progress")?,
            index,
        })
    };
    rows.into_iter().map(found).collect()
}

/// The leak came into effect for the accounts of a stretch. A password set after `began_at` cannot be on the list.
pub async fn settle(tx: &mut Tx, stretch: Stretch<'_>, began_at: Timestamp, now: Timestamp) -> Result<(), StoreFault> {
    // Few passwords are newer: found once, not looked up account by account.
    const SQL: &str = "UPDATE leak_accounts SET changed_at = $7, progress = CASE WHEN account_id IN (\
         SELECT account_id FROM passwords WHERE lab_id = $1 AND set_at > $6) THEN CASE effect WHEN $8 THEN $9 WHEN $10 THEN $11 ELSE $12 END \
         ELSE CASE effect WHEN $8 THEN $13 WHEN $10 THEN $14 ELSE $15 END END \
         WHERE lab_id = $1 AND leak_id = $2 AND identifier_index > $3 AND identifier_index <= $4 AND progress = $5";
    let (rotate, disable, tell) = (Effect::Rotate, Effect::Disable, Effect::Tell);
    let settled = |effect, newer| Progress::settled(effect, newer).as_str();
    on_both!(tx, connection => {
        sqlx::query(SQL)
            .bind(stretch.lab.as_str()).bind(stretch.leak.number()).bind(stretch.after).bind(stretch.to)
            .bind(Progress::Listed.as_str()).bind(began_at.micros()).bind(now.micros())
            .bind(rotate.as_str()).bind(settled(rotate, true))
            .bind(disable.as_str()).bind(settled(disable, true)).bind(settled(tell, true))
            .bind(settled(rotate, false)).bind(settled(disable, false)).bind(settled(tell, false))
            .execute(connection).await?;
    });
    Ok(())
}

/// Messages for the accounts of a stretch that have an e-mail address, those with a new password included: the old one
/// may be in use elsewhere. Each once, however often this is called.
pub async fn fill_outbox(tx: &mut Tx, stretch: Stretch<'_>, now: Timestamp) -> Result<u64, StoreFault> {
    const SQL: &str = "INSERT INTO outbox (lab_id, leak_id, kind, recipient, state, attempts, due_at, changed_at) \
         SELECT x.lab_id, x.leak_id, CASE x.effect WHEN $6 THEN $7 WHEN $8 THEN $9 ELSE $10 END, x.identifier_index, \
         'due', 0, $5, $5 FROM leak_accounts x \
         JOIN accounts a ON a.lab_id = x.lab_id AND a.account_id = x.account_id \
         WHERE x.lab_id = $1 AND x.leak_id = $2 AND x.identifier_index > $3 AND x.identifier_index <= $4 \
         AND a.email IS NOT NULL ON CONFLICT DO NOTHING";
    let (rotate, disable) = (Effect::Rotate, Effect::Disable);
    let kind = |effect| Kind::mail_of(effect).as_str();
    Ok(on_both!(tx, connection => {
        sqlx::query(SQL)
            .bind(stretch.lab.as_str()).bind(stretch.leak.number()).bind(stretch.after).bind(stretch.to)
            .bind(now.micros()).bind(rotate.as_str()).bind(kind(rotate)).bind(disable.as_str()).bind(kind(disable))
            .bind(kind(Effect::Tell))
            .execute(connection).await?.rows_affected()
    }))
}

/// The time to rotate is over for the accounts of a stretch.
pub async fn expire(tx: &mut Tx, stretch: Stretch<'_>, now: Timestamp) -> Result<u64, StoreFault> {
    const SQL: &str = "UPDATE leak_accounts SET progress = $6, changed_at = $7 \
         WHERE lab_id = $1 AND leak_id = $2 AND identifier_index > $3 AND identifier_index <= $4 AND progress = $5";
    let from = Progress::RotationRequired;
    Ok(on_both!(tx, connection => {
        sqlx::query(SQL)
            .bind(stretch.lab.as_str()).bind(stretch.leak.number()).bind(stretch.after).bind(stretch.to)
            .bind(from.as_str()).bind(from.expired().as_str()).bind(now.micros())
            .execute(connection).await?.rows_affected()
    }))
}

/// An account whose password may be the one in the list.
#[derive(Debug)]
pub struct ToVerify {
    pub index: Vec<u8>,
    pub hash: HashedPassword,
}

/// Those of these identifiers whose password is not newer than the list and not confirmed yet.
pub async fn find_to_verify(
    tx: &mut Tx,
    lab: &LabId,
    leak: LeakId,
    identifiers: &[&[u8]],
) -> Result<Vec<ToVerify>, StoreFault> {
    if identifiers.is_empty() {
        return Ok(Vec::new());
    }
    let rows: Vec<(Vec<u8>, String)> = on_both!(tx, connection => {
        let mut query = sqlx::QueryBuilder::new(
            "SELECT x.identifier_index, p.hash FROM leak_accounts x \
             JOIN leaks l ON l.lab_id = x.lab_id AND l.leak_id = x.leak_id \
             JOIN passwords p ON p.lab_id = x.lab_id AND p.account_id = x.account_id \
             WHERE p.set_at <= l.began_at AND (x.verdict IS NULL OR x.verdict <> 'confirmed') AND x.lab_id = ",
        );
        query.push_bind(lab.as_str().to_owned()).push(" AND x.leak_id = ").push_bind(leak.number());
        query.push(" AND x.identifier_index IN (");
        let mut list = query.separated(", ");
        for identifier in identifiers {
            list.push_bind(identifier.to_vec());
        }
        query.push(")");
        query.build_query_as().fetch_all(connection).await?
    });
    let account = |(index, hash)| {
        let hash = HashedPassword::restore(hash).map_err(|_| StoreFault::Unreadable("passwords.hash"))?;
        Ok(ToVerify { index, hash })
    };
    rows.into_iter().map(account).collect()
}

/// A confirmation stays, whatever another row of the same identifier says.
pub async fn set_verdict(
    tx: &mut Tx,
    lab: &LabId,
    leak: LeakId,
    index: &[u8],
    verdict: Verdict,
) -> Result<(), StoreFault> {
    const SQL: &str = "UPDATE leak_accounts SET verdict = $4 \
         WHERE lab_id = $1 AND leak_id = $2 AND identifier_index = $3 AND (verdict IS NULL OR verdict <> $5)";
    on_both!(tx, connection => {
        sqlx::query(SQL)
            .bind(lab.as_str()).bind(leak.number()).bind(index).bind(verdict.as_str())
            .bind(Verdict::Confirmed.as_str()).execute(connection).await?;
    });
    Ok(())
}

/// Accounts that share effect, progress and verdict.
#[derive(Clone, Copy, Debug)]
pub struct Count {
    pub effect: Effect,
    pub progress: Progress,
    pub verdict: Option<Verdict>,
    pub accounts: i64,
}

pub async fn count(tx: &mut Tx, lab: &LabId, leak: LeakId) -> Result<Vec<Count>, StoreFault> {
    const SQL: &str = "SELECT effect, progress, verdict, COUNT(*) FROM leak_accounts \
         WHERE lab_id = $1 AND leak_id = $2 GROUP BY effect, progress, verdict ORDER BY effect, progress, verdict";
    let rows: Vec<(String, String, Option<String>, i64)> = on_both!(tx, connection => {
        sqlx::query_as(SQL).bind(lab.as_str()).bind(leak.number()).fetch_all(connection).await?
    });
    let count = |(effect, progress, verdict, accounts): (String, String, Option<String>, i64)| {
        let verdict = verdict.map(|verdict| word(&verdict, "leak_accounts.verdict"));
        Ok(Count {
            effect: word(&effect, "leak_accounts.effect")?,
            progress: word(&progress, "leak_accounts.progress")?,
            verdict: verdict.transpose()?,
            accounts,
        })
    };
    rows.into_iter().map(count).collect()
}

/// Canaries that stand on a list: it comes from an export of this lab.
pub async fn count_canaries(tx: &mut Tx, lab: &LabId, leak: LeakId) -> Result<i64, StoreFault> {
    const SQL: &str = "SELECT COUNT(*) FROM canaries c \
         JOIN accounts a ON a.lab_id = c.lab_id AND a.account_id = c.account_id WHERE c.lab_id = $1 AND EXISTS (\
         SELECT 1 FROM leak_entries e WHERE e.lab_id = a.lab_id AND e.leak_id = $2 \
         AND e.identifier_index = a.identifier_index)";
    Ok(on_both!(tx, connection => {
        sqlx::query_scalar(SQL).bind(lab.as_str()).bind(leak.number()).fetch_one(connection).await?
    }))
}
