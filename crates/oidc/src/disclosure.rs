//! What a client is told about a person: no more than was requested, allowed, and is known.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use crypto::pairwise::{pairwise_session, pairwise_subject};
use domain::authorization::Claim;
use domain::client::Policy;
use kernel::ids::{AccountId, ClientId, LabId, SessionId};
use service::{Core, Fault};
use store::account::{accounts, records};
use store::{StoreFault, Tx};

/// The person's name towards this client.
pub fn subject(core: &Core, lab: &LabId, policy: &Policy, account: AccountId) -> String {
    pairwise_subject(&core.keyring, lab, &policy.sector(), account)
}

/// The session's name towards this client.
pub fn sid(core: &Core, lab: &LabId, client: &ClientId, session: SessionId) -> String {
    pairwise_session(&core.keyring, lab, client, session)
}

/// The claims as they go out. What the lab does not hold is left out.
pub async fn claims(
    core: &Core,
    tx: &mut Tx,
    lab: &LabId,
    account: AccountId,
    wanted: &BTreeSet<Claim>,
) -> Result<Map<String, Value>, Fault> {
    let mut told = Map::new();
    if wanted.is_empty() {
        return Ok(told);
    }
    let person = accounts::lookup_person(tx, &core.sealer, lab, account).await?;
    let person = person.ok_or(Fault::Broken("a grant without an account"))?;
    let mut tell = |claim: Claim, value: Value| {
        if wanted.contains(&claim) {
            told.insert(claim.as_str().to_owned(), value);
        }
    };
    tell(
        Claim::Name,
        json!(format!("{} {}", person.given_name, person.family_name)),
    );
    tell(Claim::GivenName, json!(person.given_name));
    tell(Claim::FamilyName, json!(person.family_name));
    tell(Claim::Birthdate, json!(person.birth_date));
    if let Some(email) = person.email {
        tell(Claim::Email, json!(email));
        // The lab entered it; we have not seen a mail arrive there.
        tell(Claim::EmailVerified, json!(false));
    }
    if wanted.contains(&Claim::Records) && has_one_site(core, lab) {
        tell(Claim::Records, json!(readable(core, tx, lab, account).await?));
    }
    Ok(told)
}

/// Record numbers do not say which site they belong to: with several sites, none is told the others'.
fn has_one_site(core: &Core, lab: &LabId) -> bool {
    core.config.sites.iter().filter(|site| site.lab == *lab).count() == 1
}

async fn readable(core: &Core, tx: &mut Tx, lab: &LabId, account: AccountId) -> Result<Vec<String>, StoreFault> {
    records::find_readable(tx, &core.sealer, lab, account, core.now()).await
}
