//! What needs someone's attention. One cause is one open alert, no matter who raises it and how often.

use crate::columns::{id, moment, word};
use crate::db::on_both;
use crate::{StoreFault, Tx};
use crypto::seal::{Place, Sealer};
use domain::alert::{About, Alert, Cause, Kind};
use kernel::clock::Timestamp;
use kernel::ids::{AccountId, AlertId, LabId};

const NOTE: &str = "alerts.note";

/// Opens an alert, or counts once more the one that is open.
pub async fn raise(
    tx: &mut Tx,
    lab: &LabId,
    new: AlertId,
    cause: &Cause,
    figure: u64,
    now: Timestamp,
) -> Result<(), StoreFault> {
    const SQL: &str = "INSERT INTO alerts (lab_id, alert_id, kind, subject, figure, times, first_at, last_at) \
         VALUES ($1, $2, $3, $4, $5, 1, $6, $6) \
         ON CONFLICT (lab_id, kind, subject) WHERE closed_at IS NULL DO UPDATE SET times = alerts.times + 1, \
         figure = CASE WHEN excluded.figure > alerts.figure THEN excluded.figure ELSE alerts.figure END, \
         last_at = CASE WHEN excluded.last_at > alerts.last_at THEN excluded.last_at ELSE alerts.last_at END";
    let (kind, subject) = (cause.kind().as_str(), cause.subject());
    on_both!(tx, connection => {
        sqlx::query(SQL)
            .bind(lab.as_str()).bind(new.as_bytes().as_slice()).bind(kind).bind(subject)
            .bind(i64::try_from(figure).unwrap_or(i64::MAX)).bind(now.micros())
            .execute(connection).await?;
    });
    Ok(())
}

/// Whether there was ever an alert of this cause, open or closed.
pub async fn is_known(tx: &mut Tx, lab: &LabId, cause: &Cause) -> Result<bool, StoreFault> {
    const SQL: &str = "SELECT COUNT(*) FROM alerts WHERE lab_id = $1 AND kind = $2 AND subject = $3";
    let known: i64 = on_both!(tx, connection => {
        sqlx::query_scalar(SQL)
            .bind(lab.as_str()).bind(cause.kind().as_str()).bind(cause.subject()).fetch_one(connection).await?
    });
    Ok(known > 0)
}

/// Until this transaction ends, no other decides about this cause.
///
/// # Errors
/// The database does not answer in time.
pub async fn take_turns(tx: &mut Tx, lab: &LabId, kind: Kind, subject: &str) -> Result<(), StoreFault> {
    tx.take_turns(&format!("alert {lab} {} {subject}", kind.as_str())).await
}

type Columns = (
    String,
    Vec<u8>,
    String,
    String,
    i64,
    i64,
    i64,
    i64,
    Option<i64>,
    Option<i64>,
    Option<i64>,
    Option<String>,
    Option<i64>,
    Option<i64>,
    Option<Vec<u8>>,
);

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT lab_id, alert_id, kind, subject, figure, times, first_at, last_at, told_at, \
             (SELECT MAX(told_at) FROM alerts a WHERE a.lab_id = alerts.lab_id AND a.kind = alerts.kind \
             AND a.subject = alerts.subject), reminded_at, owner, owned_at, closed_at, note FROM alerts ",
            $rest
        )
    };
}

fn alert(sealer: &Sealer, row: Columns) -> Result<Alert, StoreFault> {
    let (lab, alert, kind, subject, figure, times, first, last, told, cause_told, reminded, owner, owned, closed, note) =
        row;
    let lab: LabId = word(&lab, "alerts.lab_id")?;
    let open = |sealed: Vec<u8>| {
        let (lab, column, row) = (&lab, NOTE, alert.as_slice());
        sealer.open_text(Place { lab, column, row }, &sealed)
    };
    Ok(Alert {
        note: note.map(open).transpose()?,
        id: id(&alert, "alerts.alert_id")?,
        kind: word(&kind, "alerts.kind")?,
        subject,
        figure: u64::try_from(figure).unwrap_or(0),
        times: u64::try_from(times).unwrap_or(0),
        first_at: Timestamp::from_micros(first),
        last_at: Timestamp::from_micros(last),
        told_at: moment(told),
        cause_told_at: moment(cause_told),
        reminded_at: moment(reminded),
        owner,
        owned_at: moment(owned),
        closed_at: moment(closed),
        lab,
    })
}

/// Every alert of the installation that is open or was never told of, the oldest first.
pub async fn find_untold(tx: &mut Tx, sealer: &Sealer) -> Result<Vec<Alert>, StoreFault> {
    const SQL: &str = select!("WHERE closed_at IS NULL OR told_at IS NULL ORDER BY first_at");
    let rows: Vec<Columns> = on_both!(tx, connection => sqlx::query_as(SQL).fetch_all(connection).await?);
    rows.into_iter().map(|row| alert(sealer, row)).collect()
}

/// A lab's alerts, the open ones first, then the newest; `limit` at most.
pub async fn find(tx: &mut Tx, sealer: &Sealer, lab: &LabId, limit: i64) -> Result<Vec<Alert>, StoreFault> {
    const SQL: &str = select!(
        "WHERE lab_id = $1 ORDER BY CASE WHEN closed_at IS NULL THEN 0 ELSE 1 END, last_at DESC, alert_id LIMIT $2"
    );
    let rows: Vec<Columns> = on_both!(tx, connection => {
        sqlx::query_as(SQL).bind(lab.as_str()).bind(limit).fetch_all(connection).await?
    });
    rows.into_iter().map(|row| alert(sealer, row)).collect()
}

pub async fn lookup(tx: &mut Tx, sealer: &Sealer, lab: &LabId, id: AlertId) -> Result<Option<Alert>, StoreFault> {
    const SQL: &str = select!("WHERE lab_id = $1 AND alert_id = $2");
    let row: Option<Columns> = on_both!(tx, connection => {
        sqlx::query_as(SQL).bind(lab.as_str()).bind(id.as_bytes().as_slice()).fetch_optional(connection).await?
    });
    row.map(|row| alert(sealer, row)).transpose()
}

/// Which lab an alert belongs to: another lab's is to be noticed.
pub async fn lookup_lab(tx: &mut Tx, id: AlertId) -> Result<Option<LabId>, StoreFault> {
    let lab: Option<String> = on_both!(tx, connection => {
        sqlx::query_scalar("SELECT lab_id FROM alerts WHERE alert_id = $1")
            .bind(id.as_bytes().as_slice()).fetch_optional(connection).await?
    });
    lab.map(|lab| word(&lab, "alerts.lab_id")).transpose()
}

/// How many are open, and how many of these no one has taken.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct OpenCounts {
    pub all: u64,
    pub unowned: u64,
}

pub async fn count_open(tx: &mut Tx, lab: &LabId) -> Result<OpenCounts, StoreFault> {
    const SQL: &str = "SELECT COUNT(*), COUNT(*) - COUNT(owner) FROM alerts WHERE lab_id = $1 AND closed_at IS NULL";
    let (all, unowned): (i64, i64) = on_both!(tx, connection => {
        sqlx::query_as(SQL).bind(lab.as_str()).fetch_one(connection).await?
    });
    let count = |count| u64::try_from(count).unwrap_or(0);
    Ok(OpenCounts {
        all: count(all),
        unowned: count(unowned),
    })
}

/// Records that this is being told now.
pub async fn note_told(tx: &mut Tx, alert: &Alert, about: About, now: Timestamp) -> Result<(), StoreFault> {
    const SQL: &str = "UPDATE alerts SET told_at = $3, reminded_at = CASE WHEN $4 = 1 THEN $3 ELSE reminded_at END \
         WHERE lab_id = $1 AND alert_id = $2";
    let is_reminder = i64::from(about == About::Reminder);
    on_both!(tx, connection => {
        sqlx::query(SQL)
            .bind(alert.lab.as_str()).bind(alert.id.as_bytes().as_slice()).bind(now.micros()).bind(is_reminder)
            .execute(connection).await?;
    });
    Ok(())
}

/// How many open alerts there are of each kind, in all labs together.
pub async fn count_kinds(tx: &mut Tx) -> Result<Vec<(Kind, u64)>, StoreFault> {
    const SQL: &str = "SELECT kind, COUNT(*) FROM alerts WHERE closed_at IS NULL GROUP BY kind";
    let rows: Vec<(String, i64)> = on_both!(tx, connection => sqlx::query_as(SQL).fetch_all(connection).await?);
    let counted = |(kind, count): (String, i64)| Ok((word(&kind, "alerts.kind")?, u64::try_from(count).unwrap_or(0)));
    rows.into_iter().map(counted).collect()
}

/// False if someone has it, or it is closed.
pub async fn take(tx: &mut Tx, lab: &LabId, id: AlertId, owner: &str, now: Timestamp) -> Result<bool, StoreFault> {
    const SQL: &str = "UPDATE alerts SET owner = $3, owned_at = $4 WHERE lab_id = $1 AND alert_id = $2 \
         AND owner IS NULL AND closed_at IS NULL";
    let changed = on_both!(tx, connection => {
        sqlx::query(SQL)
            .bind(lab.as_str()).bind(id.as_bytes().as_slice()).bind(owner).bind(now.micros())
            .execute(connection).await?.rows_affected()
    });
    Ok(changed == 1)
}

/// Who closes an alert, and what they found.
#[derive(Debug)]
pub struct Closing<'a> {
    pub by: &'a str,
    pub note: &'a str,
    pub at: Timestamp,
}

/// An alert that no one took gets the person who closes it as its owner. False if it is closed already.
pub async fn close(
    tx: &mut Tx,
    sealer: &Sealer,
    lab: &LabId,
    alert: AlertId,
    closing: &Closing<'_>,
) -> Result<bool, StoreFault> {
    const SQL: &str = "UPDATE alerts SET owner = COALESCE(owner, $3), owned_at = COALESCE(owned_at, $4), \
         closed_at = $4, note = $5 WHERE lab_id = $1 AND alert_id = $2 AND closed_at IS NULL";
    let row = alert.as_bytes().as_slice();
    let place = Place { lab, column: NOTE, row };
    let sealed = sealer.seal(place, closing.note.as_bytes())?;
    let changed = on_both!(tx, connection => {
        sqlx::query(SQL)
            .bind(lab.as_str()).bind(row).bind(closing.by).bind(closing.at.micros()).bind(sealed)
            .execute(connection).await?.rows_affected()
    });
    Ok(changed == 1)
}

/// What was to be done about it has been done.
pub async fn settle(
    tx: &mut Tx,
    lab: &LabId,
    kind: Kind,
    subject: &str,
    by: &str,
    now: Timestamp,
) -> Result<(), StoreFault> {
    const SQL: &str = "UPDATE alerts SET owner = COALESCE(owner, $4), owned_at = COALESCE(owned_at, $5), \
         closed_at = $5 WHERE lab_id = $1 AND kind = $2 AND subject = $3 AND closed_at IS NULL";
    on_both!(tx, connection => {
        sqlx::query(SQL)
            .bind(lab.as_str()).bind(kind.as_str()).bind(subject).bind(by).bind(now.micros())
            .execute(connection).await?;
    });
    Ok(())
}

/// Of an identifier that was tried, whose it is.
pub async fn lookup_target(tx: &mut Tx, lab: &LabId, identifier: &[u8]) -> Result<Option<AccountId>, StoreFault> {
    const SQL: &str = "SELECT account_id FROM accounts WHERE lab_id = $1 AND identifier_index = $2";
    let found: Option<Vec<u8>> = on_both!(tx, connection => {
        sqlx::query_scalar(SQL).bind(lab.as_str()).bind(identifier).fetch_optional(connection).await?
    });
    found.map(|account| id(&account, "accounts.account_id")).transpose()
}
