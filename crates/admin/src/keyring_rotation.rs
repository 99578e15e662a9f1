//! A rotation that the audit trail knows of.

use crate::database::record_for_every_lab;
use crate::installation::Place;
use crate::{Problem, explain, keyring_file};
use crypto::keyring::KeyId;
use domain::audit::{Actor, Event};
use service::Core;

/// Adds a key to the keyring's file and records who did it. Servers use it from their next start on, and seal older
/// values again with it.
///
/// # Errors
/// The file cannot be replaced, or the database does not answer; if only the second fails, the problem says so.
pub async fn rotate(core: &Core, actor: &Actor) -> Result<KeyId, Problem> {
    let place = Place::of(&core.config)?;
    let key = keyring_file::rotate(&core.config.keyring.file, &*core.entropy, core.now())?;
    let event = Event::KeyringRotated { key: key.to_string() };
    record_for_every_lab(core, actor, event).await.map_err(|fault| {
        let problem = explain(&fault, &place.shown);
        Problem {
            what: format!(
                "the keyring was rotated to key {key}, but the audit trail does not say so: {}",
                problem.what
            ),
            ..problem
        }
    })?;
    Ok(key)
}
