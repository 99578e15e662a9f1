//! Leaks: one row an incident, and who did what to it.

use crate::columns::{moment, word};
use crate::db::on_both;
use crate::{StoreFault, Tx};
use crypto::blind_index::BlindIndex;
use domain::leak::Leak;
use domain::leak::{LeakId, LeakState};
use kernel::clock::Timestamp;
use kernel::ids::LabId;

type Columns = (
    i64,
    String,
    String,
    String,
    String,
    i64,
    i64,
    Option<String>,
    Option<i64>,
    Option<i64>,
    Option<i64>,
    Option<i64>,
    Option<i64>,
);

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT leak_id, state, source, mapping, census, aware_at, began_at, requested_by, effective_at, \
             settled_at, expired_at, verified_at, ended_at FROM leaks ",
            $rest
        )
    };
}

fn leak(row: Columns) -> Result<Leak, StoreFault> {
    let (
        number,
        state,
        source,
        mapping,
        census,
        aware,
        began,
        requested_by,
        effective,
        settled,
        expired,
        verified,
        end,
    ) = row;
    Ok(Leak {
        id: LeakId::from_number(number),
        state: word(&state, "leaks.state")?,
        source,
        mapping,
        census,
        aware_at: Timestamp::from_micros(aware),
        began_at: Timestamp::from_micros(began),
        requested_by,
        effective_at: moment(effective),
        settled_at: moment(settled),
        expired_at: moment(expired),
        verified_at: moment(verified),
        ended_at: moment(end),
    })
}

/// What is known of a leak before anything is read.
#[derive(Debug)]
pub struct NewLeak<'a> {
    pub state: LeakState,
    pub source: &'a str,
    pub mapping: &'a str,
    pub aware_at: Timestamp,
    pub began_at: Timestamp,
}

/// The next number of the installation.
pub async fn insert(tx: &mut Tx, lab: &LabId, new: &NewLeak<'_>) -> Result<LeakId, StoreFault> {
    const SQL: &str = "INSERT INTO leaks (lab_id, leak_id, state, source, mapping, census, aware_at, began_at) \
         SELECT $1, COALESCE(MAX(leak_id), 0) + 1, $2, $3, $4, '', $5, $6 FROM leaks RETURNING leak_id";
    tx.take_turns("leak numbers").await?;
    let number: i64 = on_both!(tx, connection => {
        sqlx::query_scalar(SQL)
            .bind(lab.as_str()).bind(new.state.as_str()).bind(new.source).bind(new.mapping)
            .bind(new.aware_at.micros()).bind(new.began_at.micros())
            .fetch_one(connection).await?
    });
    Ok(LeakId::from_number(number))
}

pub async fn lookup(tx: &mut Tx, lab: &LabId, id: LeakId) -> Result<Option<Leak>, StoreFault> {
    const SQL: &str = select!("WHERE lab_id = $1 AND leak_id = $2");
    let row: Option<Columns> = on_both!(tx, connection => {
        sqlx::query_as(SQL).bind(lab.as_str()).bind(id.number()).fetch_optional(connection).await?
    });
    row.map(leak).transpose()
}

/// Which lab a leak belongs to; for the command line, which names leaks by number alone.
pub async fn lookup_lab(tx: &mut Tx, id: LeakId) -> Result<Option<LabId>, StoreFault> {
    let lab: Option<String> = on_both!(tx, connection => {
        sqlx::query_scalar("SELECT lab_id FROM leaks WHERE leak_id = $1")
            .bind(id.number()).fetch_optional(connection).await?
    });
    lab.map(|lab| word(&lab, "leaks.lab_id")).transpose()
}

/// Of a lab, the newest first.
pub async fn find(tx: &mut Tx, lab: &LabId) -> Result<Vec<Leak>, StoreFault> {
    const SQL: &str = select!("WHERE lab_id = $1 ORDER BY leak_id DESC");
    let rows: Vec<Columns> = on_both!(tx, connection => {
        sqlx::query_as(SQL).bind(lab.as_str()).fetch_all(connection).await?
    });
    rows.into_iter().map(leak).collect()
}

pub async fn lookup_file(tx: &mut Tx, lab: &LabId, id: LeakId) -> Result<Option<Vec<u8>>, StoreFault> {
    let file: Option<Option<Vec<u8>>> = on_both!(tx, connection => {
        sqlx::query_scalar("SELECT file_index FROM leaks WHERE lab_id = $1 AND leak_id = $2")
            .bind(lab.as_str()).bind(id.number()).fetch_optional(connection).await?
    });
    Ok(file.flatten())
}

/// A leak of this very file, read in this very way, that was not undone.
pub async fn lookup_by_file(tx: &mut Tx, lab: &LabId, file: &BlindIndex) -> Result<Option<Leak>, StoreFault> {
    const SQL: &str =
        select!("WHERE lab_id = $1 AND file_index = $2 AND state <> 'undone' ORDER BY leak_id DESC LIMIT 1");
    let row: Option<Columns> = on_both!(tx, connection => {
        sqlx::query_as(SQL).bind(lab.as_str()).bind(file.as_bytes()).fetch_optional(connection).await?
    });
    row.map(leak).transpose()
}

/// The whole file was read; `census` is JSON.
pub async fn set_read(tx: &mut Tx, lab: &LabId, id: LeakId, file: &BlindIndex, census: &str) -> Result<(), StoreFault> {
    const SQL: &str = "UPDATE leaks SET file_index = $3, census = $4 WHERE lab_id = $1 AND leak_id = $2";
    on_both!(tx, connection => {
        sqlx::query(SQL)
            .bind(lab.as_str()).bind(id.number()).bind(file.as_bytes()).bind(census).execute(connection).await?;
    });
    Ok(())
}

pub async fn set_census(tx: &mut Tx, lab: &LabId, id: LeakId, census: &str) -> Result<(), StoreFault> {
    const SQL: &str = "UPDATE leaks SET census = $3 WHERE lab_id = $1 AND leak_id = $2";
    on_both!(tx, connection => {
        sqlx::query(SQL).bind(lab.as_str()).bind(id.number()).bind(census).execute(connection).await?;
    });
    Ok(())
}

/// Moves a leak from one state to another. False: it was not in the first.
pub async fn advance(
    tx: &mut Tx,
    lab: &LabId,
    id: LeakId,
    from: LeakState,
    to: LeakState,
    now: Timestamp,
) -> Result<bool, StoreFault> {
    const SQL: &str = "UPDATE leaks SET state = $4, \
         effective_at = CASE WHEN $4 = 'applied' THEN $5 ELSE effective_at END, \
         ended_at = CASE WHEN $4 = 'closed' OR $4 = 'undone' THEN $5 ELSE ended_at END \
         WHERE lab_id = $1 AND leak_id = $2 AND state = $3";
    let changed = on_both!(tx, connection => {
        sqlx::query(SQL)
            .bind(lab.as_str()).bind(id.number()).bind(from.as_str()).bind(to.as_str()).bind(now.micros())
            .execute(connection).await?.rows_affected()
    });
    Ok(changed == 1)
}

pub async fn set_requested_by(tx: &mut Tx, lab: &LabId, id: LeakId, who: &str) -> Result<(), StoreFault> {
    on_both!(tx, connection => {
        sqlx::query("UPDATE leaks SET requested_by = $3 WHERE lab_id = $1 AND leak_id = $2")
            .bind(lab.as_str()).bind(id.number()).bind(who).execute(connection).await?;
    });
    Ok(())
}

/// The progress of long work, so that it can continue from there after a kill.
#[derive(Clone, Copy, Debug)]
pub enum Cursor {
    Loaded,
    Matched,
    Settled,
}

impl Cursor {
    const fn select(self) -> &'static str {
        match self {
            Self::Loaded => "SELECT loaded_to FROM leaks WHERE lab_id = $1 AND leak_id = $2",
            Self::Matched => "SELECT matched_to FROM leaks WHERE lab_id = $1 AND leak_id = $2",
            Self::Settled => "SELECT settled_to FROM leaks WHERE lab_id = $1 AND leak_id = $2",
        }
    }

    const fn update(self) -> &'static str {
        match self {
            Self::Loaded => {
                "UPDATE leaks SET loaded_to = $4 WHERE lab_id = $1 AND leak_id = $2 AND COALESCE(loaded_to, $5) = $3"
            }
            Self::Matched => {
                "UPDATE leaks SET matched_to = $4 WHERE lab_id = $1 AND leak_id = $2 AND COALESCE(matched_to, $5) = $3"
            }
            Self::Settled => {
                "UPDATE leaks SET settled_to = $4 WHERE lab_id = $1 AND leak_id = $2 AND COALESCE(settled_to, $5) = $3"
            }
        }
    }
}

/// Empty at the beginning.
pub async fn lookup_cursor(tx: &mut Tx, lab: &LabId, id: LeakId, cursor: Cursor) -> Result<Vec<u8>, StoreFault> {
    let at: Option<Option<Vec<u8>>> = on_both!(tx, connection => {
        sqlx::query_scalar(cursor.select()).bind(lab.as_str()).bind(id.number()).fetch_optional(connection).await?
    });
    Ok(at.flatten().unwrap_or_default())
}

/// False: another process has come further; what this one did in the transaction is to be dropped.
pub async fn move_cursor(
    tx: &mut Tx,
    lab: &LabId,
    id: LeakId,
    cursor: Cursor,
    from: &[u8],
    to: &[u8],
) -> Result<bool, StoreFault> {
    let nothing: &[u8] = &[];
    let changed = on_both!(tx, connection => {
        sqlx::query(cursor.update())
            .bind(lab.as_str()).bind(id.number()).bind(from).bind(to).bind(nothing)
            .execute(connection).await?.rows_affected()
    });
    Ok(changed == 1)
}

/// Accounts were added: what is not in effect yet is compared with all of them again before it is.
pub async fn match_again(tx: &mut Tx, lab: &LabId) -> Result<(), StoreFault> {
    const SQL: &str = "UPDATE leaks SET matched_to = NULL \
         WHERE lab_id = $1 AND (state = 'drafted' OR state = 'awaiting-approval')";
    on_both!(tx, connection => {
        sqlx::query(SQL).bind(lab.as_str()).execute(connection).await?;
    });
    Ok(())
}

#[derive(Clone, Copy, Debug)]
pub enum Milestone {
    Settled,
    Expired,
    Verified,
}

/// False: it was passed before.
pub async fn pass(
    tx: &mut Tx,
    lab: &LabId,
    id: LeakId,
    milestone: Milestone,
    now: Timestamp,
) -> Result<bool, StoreFault> {
    let sql = match milestone {
        Milestone::Settled => {
            "UPDATE leaks SET settled_at = $3 WHERE lab_id = $1 AND leak_id = $2 AND settled_at IS NULL"
        }
        Milestone::Expired => {
            "UPDATE leaks SET expired_at = $3 WHERE lab_id = $1 AND leak_id = $2 AND expired_at IS NULL"
        }
        Milestone::Verified => {
            "UPDATE leaks SET verified_at = $3 WHERE lab_id = $1 AND leak_id = $2 AND verified_at IS NULL"
        }
    };
    let changed = on_both!(tx, connection => {
        sqlx::query(sql).bind(lab.as_str()).bind(id.number()).bind(now.micros()).execute(connection).await?.rows_affected()
    });
    Ok(changed == 1)
}

/// Where the second pass over the file was, as JSON.
pub async fn lookup_verified_to(tx: &mut Tx, lab: &LabId, id: LeakId) -> Result<Option<String>, StoreFault> {
    let to: Option<Option<String>> = on_both!(tx, connection => {
        sqlx::query_scalar("SELECT verified_to FROM leaks WHERE lab_id = $1 AND leak_id = $2")
            .bind(lab.as_str()).bind(id.number()).fetch_optional(connection).await?
    });
    Ok(to.flatten())
}

pub async fn set_verified_to(tx: &mut Tx, lab: &LabId, id: LeakId, to: Option<&str>) -> Result<(), StoreFault> {
    on_both!(tx, connection => {
        sqlx::query("UPDATE leaks SET verified_to = $3 WHERE lab_id = $1 AND leak_id = $2")
            .bind(lab.as_str()).bind(id.number()).bind(to).execute(connection).await?;
    });
    Ok(())
}

/// One line of the timeline.
#[derive(Clone, Debug)]
pub struct Step {
    pub at: Timestamp,
    pub step: String,
    pub actor: String,
}

pub async fn add_step(
    tx: &mut Tx,
    lab: &LabId,
    id: LeakId,
    step: &str,
    actor: &str,
    now: Timestamp,
) -> Result<(), StoreFault> {
    const SQL: &str = "INSERT INTO leak_steps (lab_id, leak_id, at, step, actor) VALUES ($1, $2, $3, $4, $5) \
         ON CONFLICT DO NOTHING";
    on_both!(tx, connection => {
        sqlx::query(SQL)
            .bind(lab.as_str()).bind(id.number()).bind(now.micros()).bind(step).bind(actor)
            .execute(connection).await?;
    });
    Ok(())
}

/// In their order.
pub async fn find_steps(tx: &mut Tx, lab: &LabId, id: LeakId) -> Result<Vec<Step>, StoreFault> {
    const SQL: &str = "SELECT at, step, actor FROM leak_steps WHERE lab_id = $1 AND leak_id = $2 ORDER BY at, step";
    let rows: Vec<(i64, String, String)> = on_both!(tx, connection => {
        sqlx::query_as(SQL).bind(lab.as_str()).bind(id.number()).fetch_all(connection).await?
    });
    let step = |(at, step, actor)| Step {
        at: Timestamp::from_micros(at),
        step,
        actor,
    };
    Ok(rows.into_iter().map(step).collect())
}

/// The lab's open suspicion, created if there is none. True if it is new.
pub async fn open_suspicion(
    tx: &mut Tx,
    lab: &LabId,
    source: &str,
    now: Timestamp,
) -> Result<(LeakId, bool), StoreFault> {
    const SQL: &str = "SELECT leak_id FROM leaks WHERE lab_id = $1 AND state = 'suspected' ORDER BY leak_id LIMIT 1";
    tx.take_turns("leak numbers").await?;
    let open: Option<i64> = on_both!(&mut *tx, connection => {
        sqlx::query_scalar(SQL).bind(lab.as_str()).fetch_optional(connection).await?
    });
    if let Some(number) = open {
        return Ok((LeakId::from_number(number), false));
    }
    let new = NewLeak {
        state: LeakState::Suspected,
        source,
        mapping: "",
        aware_at: now,
        began_at: now,
    };
    let id = insert(tx, lab, &new).await?;
    add_step(tx, lab, id, LeakState::Suspected.as_str(), "vestibule", now).await?;
    Ok((id, true))
}

/// Of leaks that have not ended: whose they are, and since when they are known.
pub async fn find_running(tx: &mut Tx) -> Result<Vec<(LabId, LeakId, Timestamp)>, StoreFault> {
    const SQL: &str = "SELECT lab_id, leak_id, aware_at FROM leaks WHERE ended_at IS NULL ORDER BY leak_id";
    let rows: Vec<(String, i64, i64)> = on_both!(tx, connection => sqlx::query_as(SQL).fetch_all(connection).await?);
    let running = |(lab, leak, aware): (String, i64, i64)| {
        let lab = word(&lab, "leaks.lab_id")?;
        Ok((lab, LeakId::from_number(leak), Timestamp::from_micros(aware)))
    };
    rows.into_iter().map(running).collect()
}
