//! What a client's signature may be shown for once: the `jti` of a proof or an assertion.

use aws_lc_rs::digest::{Context, SHA256};

use kernel::clock::Timestamp;
use kernel::ids::LabId;
use store::oauth::used_ids;
use store::{StoreFault, Tx};

/// Longer ones are as good as none.
const LONGEST_ID: usize = 512;

/// An id, until the token that carries it is over anyway.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SingleUse {
    kind: &'static str,
    digest: [u8; 32],
    expires_at: Timestamp,
}

impl SingleUse {
    /// None: there is no id, or none that is worth keeping.
    pub(super) fn of(kind: &'static str, issuer: &str, id: Option<&str>, expires_at: Timestamp) -> Option<Self> {
        let id = id.filter(|id| (1..=LONGEST_ID).contains(&id.len()))?;
        let mut context = Context::new(&SHA256);
        for part in [issuer, id] {
            context.update(&(part.len() as u64).to_be_bytes());
            context.update(part.as_bytes());
        }
        Some(Self {
            kind,
            digest: context.finish().as_ref().try_into().ok()?,
            expires_at,
        })
    }

    /// Uses it up, once the transaction is committed. False: another request was faster.
    pub async fn take(&self, tx: &mut Tx, lab: &LabId) -> Result<bool, StoreFault> {
        used_ids::insert(tx, lab, self.kind, &self.digest, self.expires_at).await
    }
}
