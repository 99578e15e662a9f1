//! Recovery codes that a session made and that its holder has not said to have kept yet.

use crate::db::on_both;
use crate::{StoreFault, Tx};
use crypto::seal::{Place, Sealer};
use kernel::ids::{LabId, SessionId};
use zeroize::Zeroizing;

const COLUMN: &str = "shown_recovery_codes.codes";

fn place<'a>(lab: &'a LabId, session: &'a SessionId) -> Place<'a> {
    Place {
        lab,
        column: COLUMN,
        row: session.as_bytes(),
    }
}

/// Instead of those that the session made before.
pub async fn store(
    tx: &mut Tx,
    sealer: &Sealer,
    lab: &LabId,
    session: SessionId,
    codes: &[Zeroizing<String>],
) -> Result<(), StoreFault> {
    const SQL: &str = "INSERT INTO shown_recovery_codes (lab_id, session_id, codes) VALUES ($1, $2, $3) \
         ON CONFLICT (lab_id, session_id) DO UPDATE SET codes = excluded.codes";
    let mut lines = Zeroizing::new(String::new());
    for code in codes {
        lines.push_str(code);
        lines.push('\n');
    }
    let sealed = sealer.seal(place(lab, &session), lines.as_bytes())?;
    on_both!(tx, connection => {
        sqlx::query(SQL)
            .bind(lab.as_str()).bind(session.as_bytes().as_slice()).bind(sealed).execute(connection).await?;
    });
    Ok(())
}

/// None: it made none, or its holder has kept them.
///
/// # Errors
/// The database does not answer, or the sealed codes do not open.
pub async fn lookup(
    tx: &mut Tx,
    sealer: &Sealer,
    lab: &LabId,
    session: SessionId,
) -> Result<Option<Vec<Zeroizing<String>>>, StoreFault> {
    const SQL: &str = "SELECT codes FROM shown_recovery_codes WHERE lab_id = $1 AND session_id = $2";
    let sealed: Option<Vec<u8>> = on_both!(tx, connection => {
        sqlx::query_scalar(SQL)
            .bind(lab.as_str()).bind(session.as_bytes().as_slice()).fetch_optional(connection).await?
    });
    let Some(sealed) = sealed else {
        return Ok(None);
    };
    let lines = Zeroizing::new(sealer.open_text(place(lab, &session), &sealed)?);
    Ok(Some(
        lines.lines().map(|line| Zeroizing::new(line.to_owned())).collect(),
    ))
}

pub async fn delete(tx: &mut Tx, lab: &LabId, session: SessionId) -> Result<(), StoreFault> {
    const SQL: &str = "DELETE FROM shown_recovery_codes WHERE lab_id = $1 AND session_id = $2";
    on_both!(tx, connection => {
        sqlx::query(SQL).bind(lab.as_str()).bind(session.as_bytes().as_slice()).execute(connection).await?;
    });
    Ok(())
}
