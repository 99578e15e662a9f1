//! The sheet that a patient takes home with a lab code.

use crate::admin::patients::IssuedLabCode;
use crate::config::Lab;

/// Where the patient begins.
pub(super) fn address(lab: &Lab) -> String {
    format!("{}/activate", lab.portal_origin())
}

pub(super) fn text(lab: &Lab, issued: &IssuedLabCode) -> String {
    let person = &issued.person;
    let phone = lab
        .phone
        .as_deref()
        .map_or_else(String::new, |phone| format!("\n{}: {phone}", lab.name));
    format!(
        "{}\n\n{} {}\n\n    {}\n\n{}\n{}{phone}",
        lab.name,
        person.given_name,
        person.family_name,
        *issued.code(),
        address(lab),
        issued.expires_at,
    )
}
