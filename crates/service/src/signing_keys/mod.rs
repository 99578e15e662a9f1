//! The keys with which each lab signs what it says to its clients.
//!
//! A lab has none until one of its OIDC endpoints is first called: most labs have no clients, and RSA keys are
//! slow to make. From then on they are in memory; [`turn()`] keeps them like those of the other servers, announces
//! successors in time and forgets what is over. Nothing here is asked of the database while a request waits.

mod known;
mod read;
mod rings;
mod turn;

use std::sync::Arc;

use self::known::KnownKeys;
pub use self::known::PublishedKeys;
use self::read::{apart, read};
pub use self::rings::SigningKeys;
pub use self::turn::turn;
use crate::{Core, Fault, audit};
use crypto::jose::{Algorithm, JoseFault, SigningKey};
use domain::audit::{Actor, Event};
use domain::signing_key::Slot;
use kernel::ids::LabId;
use store::oauth::signing_keys;

/// The key that signs now. For [`Algorithm::OURS`]; no lab has a key of its own for another.
///
/// # Errors
/// The lab was never asked before, and the database does not answer or no key can be made.
pub async fn current(core: &Core, lab: &LabId, algorithm: Algorithm) -> Result<Arc<SigningKey>, Fault> {
    let known = known(core, lab).await?;
    known
        .current(algorithm, core.now())
        .ok_or(Fault::Broken("a lab has no key of this algorithm"))
}

/// The public halves of the keys that sign, did or will.
///
/// # Errors
/// As [`current`].
pub async fn published(core: &Core, lab: &LabId) -> Result<Arc<PublishedKeys>, Fault> {
    Ok(Arc::clone(&known(core, lab).await?.published))
}

async fn known(core: &Core, lab: &LabId) -> Result<Arc<KnownKeys>, Fault> {
    let ring = core.signing_keys.ring(lab)?;
    if let Some(known) = ring.known.load_full() {
        return Ok(known);
    }
    let _turn = ring.turn.lock().await;
    if let Some(known) = ring.known.load_full() {
        return Ok(known);
    }
    let mut known = read(core, lab).await?;
    let mut missing = Algorithm::OURS.to_vec();
    missing.retain(|algorithm| !known.has(*algorithm));
    if !missing.is_empty() {
        make(core, lab, missing, Slot::first(core.now())).await?;
        // Another server may have been faster.
        known = read(core, lab).await?;
    }
    let known = Arc::new(known);
    ring.known.store(Some(Arc::clone(&known)));
    Ok(known)
}

/// Makes a key of each algorithm, unless the slot is taken by then.
async fn make(core: &Core, lab: &LabId, algorithms: Vec<Algorithm>, slot: Slot) -> Result<(), Fault> {
    let generated = move || algorithms.into_iter().map(SigningKey::generate).collect();
    let keys: Result<Vec<SigningKey>, JoseFault> = apart(generated).await?;
    let (keys, now) = (keys?, core.now());
    let mut tx = core.db.begin().await?;
    for key in &keys {
        if signing_keys::insert(&mut tx, &core.sealer, lab, slot, key, now).await? {
            let event = Event::SigningKeyMade {
                algorithm: key.algorithm(),
                key: key.kid().to_owned(),
                signs_from: slot.active_from.to_string(),
            };
            audit::record(core, &mut tx, lab, &Actor::Vestibule, None, event).await?;
        }
    }
    tx.commit().await?;
    Ok(())
}
