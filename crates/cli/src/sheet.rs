//! The sheet that a patient or an operator takes home with a lab code.

use crate::problem;
use admin::lab_code::IssuedLabCode;
use config::{Lab, Problems};
use i18n::{LabCodeSheet, Language, Texts, Zone, lab_code_sheet};

/// Where the patient begins.
pub(super) fn patient_address(lab: &Lab) -> String {
    format!("{}/activate", lab.portal_origin())
}

/// Where an operator begins: at any lab they have a role in.
pub(super) fn operator_address(lab: &Lab) -> String {
    format!("{}/desk/activate", lab.portal_origin())
}

/// # Errors
/// The lab's time zone or the texts cannot be read.
pub(super) fn of_patient(lab: &Lab, issued: &IssuedLabCode, language: Language) -> Result<String, Problems> {
    text(lab, issued, language, &patient_address(lab), None)
}

/// # Errors
/// The lab's time zone or the texts cannot be read.
pub(super) fn of_operator(lab: &Lab, issued: &IssuedLabCode, language: Language) -> Result<String, Problems> {
    text(
        lab,
        issued,
        language,
        &operator_address(lab),
        Some(&issued.person.identifier),
    )
}

fn text(
    lab: &Lab,
    issued: &IssuedLabCode,
    language: Language,
    address: &str,
    operator: Option<&str>,
) -> Result<String, Problems> {
    let texts = Texts::load().map_err(|error| problem("texts", error.to_string(), "install vestibule again"))?;
    let zone = Zone::named(&lab.time_zone).map_err(|error| {
        let place = format!("[[lab]] {}: time_zone", lab.id);
        problem(place, error.to_string(), "write an IANA name such as Europe/Paris")
    })?;
    let person = &issued.person;
    let holder = format!("{} {}", person.given_name, person.family_name);
    let code = issued.code();
    let sheet = LabCodeSheet {
        lab: &lab.name,
        operator,
        holder: Some(holder.trim()),
        code: &code,
        valid_until: issued.expires_at,
        address,
        phone: lab.phone.as_deref(),
    };
    let text = lab_code_sheet(&texts, language, &zone, &sheet);
    Ok(text.trim_end().to_owned())
}
