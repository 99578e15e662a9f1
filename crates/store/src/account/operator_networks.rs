//! Networks in which operators were seen, as keyed digests.

use crate::db::on_both;
use crate::{StoreFault, Tx};
use crypto::blind_index::BlindIndex;
use kernel::clock::Timestamp;
use kernel::ids::{AccountId, LabId};

/// An operator is seen in a network.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Familiarity {
    Before,
    /// Never in this one, but in others.
    Newly,
    /// Never in any.
    First,
}

/// Remembers it.
pub async fn see(
    tx: &mut Tx,
    account: AccountId,
    network: &BlindIndex,
    now: Timestamp,
) -> Result<Familiarity, StoreFault> {
    const KNOWN: &str = "UPDATE operator_networks SET last_at = $4 \
         WHERE lab_id = $1 AND account_id = $2 AND network_index = $3";
    const COUNT: &str = "SELECT COUNT(*) FROM operator_networks WHERE lab_id = $1 AND account_id = $2";
    const NEW: &str = "INSERT INTO operator_networks (lab_id, account_id, network_index, first_at, last_at) \
         VALUES ($1, $2, $3, $4, $4) ON CONFLICT (lab_id, account_id, network_index) DO NOTHING";
    let (realm, account) = (LabId::operators(), account.as_bytes().as_slice());
    let known = on_both!(&mut *tx, connection => {
        sqlx::query(KNOWN)
            .bind(realm.as_str()).bind(account).bind(network.as_bytes()).bind(now.micros())
            .execute(connection).await?.rows_affected()
    });
    if known > 0 {
        return Ok(Familiarity::Before);
    }
    let others: i64 = on_both!(&mut *tx, connection => {
        sqlx::query_scalar(COUNT).bind(realm.as_str()).bind(account).fetch_one(connection).await?
    });
    on_both!(tx, connection => {
        sqlx::query(NEW)
            .bind(realm.as_str()).bind(account).bind(network.as_bytes()).bind(now.micros())
            .execute(connection).await?;
    });
    Ok(if others > 0 {
        Familiarity::Newly
    } else {
        Familiarity::First
    })
}
