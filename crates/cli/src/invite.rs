//! `vestibule patient invite`

use std::path::Path;

use crate::listing::Listing;
use crate::{Done, Invocation, open, problem, unknown_lab, unwell};
use admin::patients::{self, Invitation, InviteError};
use config::Problems;
use domain::operator::Role;
use domain::record::RecordNumber;
use kernel::ids::LabId;

pub(super) async fn make(
    invocation: &Invocation,
    lab: &LabId,
    record: Option<&RecordNumber>,
    out: Option<&Path>,
) -> Result<Done, Problems> {
    let listing = Listing::begin(out)?;
    let core = open(invocation).await?;
    let actor = invocation.actor(&core, Role::Desk, &[lab]).await?;
    let portal = core.config.lab(lab).ok_or_else(|| unknown_lab(lab))?.portal_origin();
    let made = patients::invite(&core, lab, record, &actor).await;
    core.db.close().await;
    let made = made.map_err(|error| match error {
        InviteError::Store(fault) => unwell(&fault),
        InviteError::UnknownLab => unknown_lab(lab),
        InviteError::UnknownRecord => problem(
            "--record",
            error.to_string(),
            "check the number, exactly as the LIS writes it, and import the patient first",
        ),
        InviteError::NotInvited => problem(
            "--record",
            error.to_string(),
            "hand over a lab code: vestibule patient code",
        ),
    })?;
    let row = |Invitation {
                   token,
                   person,
                   expires_at,
               }: Invitation| {
        [
            person.identifier,
            person.email.unwrap_or_default(),
            format!("{portal}/invite?token={}", token.expose()),
            expires_at.to_string(),
        ]
    };
    let rows: Vec<_> = made.into_iter().map(row).collect();
    listing.end("invitations", ["identifier", "email", "link", "expires_at"], &rows)
}
