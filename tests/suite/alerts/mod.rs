//! what an attack looks like from inside, who hears of it, and who takes care of it.

mod desk;
mod raised;
mod told;

use vestibule::domain::alert::{Alert, Kind};
use vestibule::kernel::ids::LabId;
use vestibule::service::Core;
use vestibule::store::telling::alerts;

use crate::support::wait::eventually;

pub async fn all(core: &Core, lab: &LabId) -> Vec<Alert> {
    let mut tx = core.db.begin_read().await.unwrap();
    let found = alerts::find(&mut tx, &core.sealer, lab, 100).await.unwrap();
    tx.commit().await.unwrap();
    found
}

pub async fn of_kind(core: &Core, lab: &LabId, kind: Kind) -> Vec<Alert> {
    let mut found = all(core, lab).await;
    found.retain(|alert| alert.kind == kind);
    found
}

/// The alert that the running server raises by itself.
pub async fn raised(core: &Core, lab: &LabId, kind: Kind) -> Alert {
    raised_times(core, lab, kind, 1).await.remove(0)
}

/// The same, once there are so many.
pub async fn raised_times(core: &Core, lab: &LabId, kind: Kind, times: usize) -> Vec<Alert> {
    eventually(&format!("{times} alerts {kind:?}"), async || {
        let found = of_kind(core, lab, kind).await;
        (found.len() >= times).then_some(found)
    })
    .await
}
