//! By which provider a session came: its ID token is what the sign-out there asks for.

use crate::columns::word;
use crate::db::on_both;
use crate::{StoreFault, Tx};
use crypto::seal::{Place, Sealer};
use kernel::ids::{LabId, ProviderId, SessionId};

const COLUMN: &str = "upstream_sessions.id_token";

/// What was found.
pub struct ProviderSession {
    pub provider: ProviderId,
    pub id_token: String,
}

/// The token names a patient.
impl std::fmt::Debug for ProviderSession {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "ProviderSession({}, ..)", self.provider)
    }
}

fn place<'a>(lab: &'a LabId, row: &'a SessionId) -> Place<'a> {
    Place {
        lab,
        column: COLUMN,
        row: row.as_bytes(),
    }
}

pub async fn insert(
    tx: &mut Tx,
    sealer: &Sealer,
    lab: &LabId,
    session: SessionId,
    provider: &ProviderId,
    id_token: &str,
) -> Result<(), StoreFault> {
    const SQL: &str =
        "INSERT INTO upstream_sessions (lab_id, session_id, upstream_id, id_token) VALUES ($1, $2, $3, $4)";
    let sealed = sealer.seal(place(lab, &session), id_token.as_bytes())?;
    on_both!(tx, connection => {
        sqlx::query(SQL)
            .bind(lab.as_str()).bind(session.as_bytes().as_slice()).bind(provider.as_str()).bind(sealed)
            .execute(connection).await?;
    });
    Ok(())
}

pub async fn lookup(
    tx: &mut Tx,
    sealer: &Sealer,
    lab: &LabId,
    session: SessionId,
) -> Result<Option<ProviderSession>, StoreFault> {
    const SQL: &str = "SELECT upstream_id, id_token FROM upstream_sessions WHERE lab_id = $1 AND session_id = $2";
    let row: Option<(String, Vec<u8>)> = on_both!(tx, connection => {
        sqlx::query_as(SQL)
            .bind(lab.as_str()).bind(session.as_bytes().as_slice()).fetch_optional(connection).await?
    });
    row.map(|(provider, sealed)| {
        Ok(ProviderSession {
            provider: word(&provider, "upstream_sessions.upstream_id")?,
            id_token: sealer.open_text(place(lab, &session), &sealed)?,
        })
    })
    .transpose()
}
