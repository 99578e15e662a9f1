//! A lab code: what begins an enrolment, of a patient or of an operator.

use std::time::Duration;

use zeroize::Zeroizing;

use crypto::human_code::{CodeKind, HumanCode};
use domain::audit::Event;
use kernel::clock::Timestamp;
use kernel::ids::AccountId;
use service::act::Act;
use store::account::accounts::Person;
use store::account::lab_codes;
use store::{StoreFault, Tx};

/// Shown once, to be handed over on paper; only its MAC is stored.
#[derive(Debug)]
pub struct IssuedLabCode {
    code: HumanCode,
    pub expires_at: Timestamp,
    pub person: Person,
}

impl IssuedLabCode {
    /// In groups of four, as printed.
    pub fn code(&self) -> Zeroizing<String> {
        self.code.grouped()
    }
}

/// Ends the account's earlier codes. `actor` is who checked the identity.
pub(super) async fn issue(
    act: Act<'_>,
    tx: &mut Tx,
    account: AccountId,
    person: Person,
    days: u32,
) -> Result<IssuedLabCode, StoreFault> {
    let Act { core, lab, actor } = act;
    let now = core.now();
    let expires_at = now.plus(Duration::from_secs(u64::from(days) * 86_400));
    let code = HumanCode::generate(&*core.entropy);
    let mac = code.mac(&core.keyring, lab, CodeKind::Lab);
    lab_codes::issue(
        tx,
        lab,
        account,
        &lab_codes::NewLabCode {
            mac: &mac,
            issued_by: &actor.label(),
            issued_at: now,
            expires_at,
        },
    )
    .await?;
    let event = Event::LabCodeIssued {
        expires_at: expires_at.to_string(),
    };
    act.record(tx, Some(account), event).await?;
    Ok(IssuedLabCode {
        code,
        expires_at,
        person,
    })
}
