//! Under which name a lab's provider speaks.

use kernel::ids::LabId;
use service::{Core, Fault};

/// The lab's portal is the issuer.
///
/// # Errors
/// The lab is not in the configuration.
pub fn lab_issuer(core: &Core, lab: &LabId) -> Result<String, Fault> {
    let lab = core
        .config
        .lab(lab)
        .ok_or(Fault::Broken("a lab that is not in the configuration"))?;
    Ok(lab.portal_origin())
}
