//! Keys that labs sign with, sealed.

use data_encoding::BASE64URL_NOPAD;

use crate::columns::word;
use crate::db::on_both;
use crate::{StoreFault, Tx};
use crypto::jose::{Algorithm, SigningKey};
use crypto::seal::{Place, Sealer};
use domain::signing_key::Slot;
use kernel::clock::Timestamp;
use kernel::ids::LabId;

const PRIVATE_KEY: &str = "signing_keys.private_key";

/// A key as it is stored, not parsed yet: that takes milliseconds for RSA.
#[derive(Debug)]
pub struct KeyRow {
    pub line: Line,
    kid: Vec<u8>,
    sealed: Vec<u8>,
}

/// A key's place, without the key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    pub lab: LabId,
    pub algorithm: Algorithm,
    pub slot: Slot,
    pub kid: String,
}

impl KeyRow {
    /// # Errors
    /// It cannot be opened, or is not the key that it claims to be.
    pub fn open(&self, sealer: &Sealer) -> Result<SigningKey, StoreFault> {
        let pkcs8 = sealer.open(place(&self.line.lab, &self.kid), &self.sealed)?;
        let key = SigningKey::from_pkcs8(self.line.algorithm, &pkcs8).ok();
        key.filter(|key| key.kid() == self.line.kid)
            .ok_or(StoreFault::Unreadable(PRIVATE_KEY))
    }
}

fn place<'a>(lab: &'a LabId, kid: &'a [u8]) -> Place<'a> {
    Place {
        lab,
        column: PRIVATE_KEY,
        row: kid,
    }
}

/// False: the slot is taken; another server was faster.
pub async fn insert(
    tx: &mut Tx,
    sealer: &Sealer,
    lab: &LabId,
    slot: Slot,
    key: &SigningKey,
    now: Timestamp,
) -> Result<bool, StoreFault> {
    const SQL: &str = "INSERT INTO signing_keys \
         (lab_id, kid, algorithm, slot, private_key, published_at, active_from) \
         VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING";
    let unreadable = || StoreFault::Unreadable(PRIVATE_KEY);
    let kid = BASE64URL_NOPAD.decode(key.kid().as_bytes()).map_err(|_| unreadable())?;
    let pkcs8 = key.to_pkcs8().map_err(|_| unreadable())?;
    let sealed = sealer.seal(place(lab, &kid), &pkcs8)?;
    let inserted = on_both!(tx, connection => {
        sqlx::query(SQL)
            .bind(lab.as_str()).bind(kid).bind(key.algorithm().as_str()).bind(i64::from(slot.number))
            .bind(sealed).bind(now.micros()).bind(slot.active_from.micros())
            .execute(connection).await?.rows_affected()
    });
    Ok(inserted == 1)
}

/// A lab's keys, by algorithm and in their order.
pub async fn find(tx: &mut Tx, lab: &LabId) -> Result<Vec<KeyRow>, StoreFault> {
    const SQL: &str = "SELECT lab_id, kid, algorithm, slot, active_from, private_key FROM signing_keys \
         WHERE lab_id = $1 ORDER BY algorithm, slot";
    type Columns = (String, Vec<u8>, String, i64, i64, Vec<u8>);
    let rows: Vec<Columns> = on_both!(tx, connection => {
        sqlx::query_as(SQL).bind(lab.as_str()).fetch_all(connection).await?
    });
    rows.into_iter()
        .map(|(lab, kid, algorithm, number, active_from, sealed)| {
            let line = line((lab, kid.clone(), algorithm, number, active_from))?;
            Ok(KeyRow { line, kid, sealed })
        })
        .collect()
}

/// The places of every lab's keys, by lab and algorithm and in their order.
pub async fn find_lines(tx: &mut Tx) -> Result<Vec<Line>, StoreFault> {
    const SQL: &str = "SELECT lab_id, kid, algorithm, slot, active_from FROM signing_keys \
         ORDER BY lab_id, algorithm, slot";
    let rows: Vec<(String, Vec<u8>, String, i64, i64)> = on_both!(tx, connection => {
        sqlx::query_as(SQL).fetch_all(connection).await?
    });
    rows.into_iter().map(line).collect()
}

pub async fn delete(tx: &mut Tx, line: &Line) -> Result<(), StoreFault> {
    const SQL: &str = "DELETE FROM signing_keys WHERE lab_id = $1 AND algorithm = $2 AND slot = $3";
    on_both!(tx, connection => {
        sqlx::query(SQL)
            .bind(line.lab.as_str()).bind(line.algorithm.as_str()).bind(i64::from(line.slot.number))
            .execute(connection).await?;
    });
    Ok(())
}

fn line((lab, kid, algorithm, number, active_from): (String, Vec<u8>, String, i64, i64)) -> Result<Line, StoreFault> {
    Ok(Line {
        lab: word(&lab, "signing_keys.lab_id")?,
        algorithm: word(&algorithm, "signing_keys.algorithm")?,
        slot: Slot {
            number: u32::try_from(number).map_err(|_| StoreFault::Unreadable("signing_keys.slot"))?,
            active_from: Timestamp::from_micros(active_from),
        },
        kid: BASE64URL_NOPAD.encode(&kid),
    })
}
