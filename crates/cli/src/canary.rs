//! `vestibule patient canary`

use secrecy::ExposeSecret as _;
use std::path::Path;

use crate::listing::Listing;
use crate::{Done, Invocation, open, problem, unknown_lab, unwell};
use admin::patients::{self, Canary, CanaryError};
use config::Problems;
use domain::operator::Role;
use kernel::ids::LabId;

pub(super) async fn make(
    invocation: &Invocation,
    lab: &LabId,
    count: u16,
    out: Option<&Path>,
) -> Result<Done, Problems> {
    let listing = Listing::begin(out)?;
    let core = open(invocation).await?;
    let actor = invocation.actor(&core, Role::Security, &[lab]).await?;
    let made = patients::make_canaries(&core, lab, usize::from(count), &actor).await;
    core.db.close().await;
    let made = made.map_err(|error| match error {
        CanaryError::Store(fault) => unwell(&fault),
        CanaryError::UnknownLab => unknown_lab(lab),
        CanaryError::NoPatients => problem(format!("--lab {lab}"), error.to_string(), "import its patients first"),
        CanaryError::NoRoom => problem("--count", error.to_string(), "ask for fewer"),
    })?;
    let row = |Canary { person, password }: Canary| {
        [
            person.identifier,
            password.expose_secret().to_owned(),
            person.birth_date,
            person.given_name,
            person.family_name,
        ]
    };
    let rows: Vec<_> = made.into_iter().map(row).collect();
    let columns = ["identifier", "password", "birth_date", "given_name", "family_name"];
    listing.end("canaries", columns, &rows)
}
