//! what an attack looks like from inside, who hears of it, and who takes care of it.

mod desk;
mod raised;
mod told;

use std::time::Duration;

use vestibule::domain::alert::{Alert, Kind};
use vestibule::kernel::ids::LabId;
use vestibule::service::Core;
use vestibule::store::telling::alerts;

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

/// The alert that the running server raises by itself. A minute of patience, since nothing else would end the wait.
pub async fn raised(core: &Core, lab: &LabId, kind: Kind) -> Alert {
    for _ in 0..600 {
        if let Some(alert) = of_kind(core, lab, kind).await.pop() {
            return alert;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    panic!("no alert {kind:?}; there are {:?}", all(core, lab).await);
}
