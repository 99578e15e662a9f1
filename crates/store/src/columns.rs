//! From stored columns back to domain types; a value this version does not know is a fault, never a guess.

use crate::StoreFault;
use crypto::blind_index::BlindIndex;
use kernel::clock::Timestamp;

pub(super) fn id<T>(bytes: &[u8], what: &'static str) -> Result<T, StoreFault>
where
    T: for<'a> TryFrom<&'a [u8]>,
{
    T::try_from(bytes).map_err(|_| StoreFault::Unreadable(what))
}

pub(super) fn index(bytes: &[u8], what: &'static str) -> Result<BlindIndex, StoreFault> {
    let bytes: [u8; 32] = bytes.try_into().map_err(|_| StoreFault::Unreadable(what))?;
    Ok(BlindIndex::from_bytes(bytes))
}

pub(super) fn word<T: std::str::FromStr>(text: &str, what: &'static str) -> Result<T, StoreFault> {
    text.parse().map_err(|_| StoreFault::Unreadable(what))
}

pub(super) fn moment(micros: Option<i64>) -> Option<Timestamp> {
    micros.map(Timestamp::from_micros)
}
