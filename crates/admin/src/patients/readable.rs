//! What a patient may read now, for those who look at the gate's rules.

use domain::identifier::Identifier;
use domain::record::RecordNumber;
use kernel::ids::LabId;
use service::Core;
use store::StoreFault;
use store::account::{accounts, records};

/// The records that the person of that identifier may read; `None` if there is nobody.
///
/// # Errors
/// The database does not answer.
pub async fn find_readable(
    core: &Core,
    lab: &LabId,
    identifier: &Identifier,
) -> Result<Option<Vec<RecordNumber>>, StoreFault> {
    let mut tx = core.db.begin_read().await?;
    let person = accounts::lookup_imported(&mut tx, lab, &core.identifier_index(lab, identifier)).await?;
    let readable = match person {
        None => None,
        Some(person) => Some(records::find_readable(&mut tx, &core.sealer, lab, person.account, core.now()).await?),
    };
    tx.commit().await?;
    let parsed = |records: Vec<String>| {
        records
            .iter()
            .filter_map(|record| RecordNumber::parse(record).ok())
            .collect()
    };
    Ok(readable.map(parsed))
}
