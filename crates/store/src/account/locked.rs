//! The evidence that an account's row is this transaction's own until it ends: without it, no session is opened and no means
//! changes. Whatever ends a means ends here what rests on it.

use crate::account::lab_codes;
use crate::columns::{id, word};
use crate::db::on_both;
use crate::{StoreFault, Tx};
use domain::account::{Account, AccountState};
use domain::ending::{Change, Extent, Generation, Resting};
use kernel::clock::Timestamp;
use kernel::ids::{AccountId, LabId};

/// What an account has of it; with a key, only what came from that.
macro_rules! of {
    ($begin:literal) => {
        of!($begin, "")
    };
    ($begin:literal, $end:literal) => {
        concat!(
            $begin,
            " WHERE lab_id = $1 AND account_id = $2 AND ($3 IS NULL OR key_id = $3)",
            $end
        )
    };
}

/// An account that no other transaction changes meanwhile, and that no campaign comes upon. Rows of the attempts are locked
/// after it, never before.
#[derive(Debug)]
pub struct LockedAccount<'t> {
    tx: &'t mut Tx,
    lab: LabId,
    account: Account,
}

/// Waits for its turn. None: the lab has no such account.
///
/// # Errors
/// The database does not answer in time.
pub async fn lock<'t>(
    tx: &'t mut Tx,
    lab: &LabId,
    account: AccountId,
) -> Result<Option<LockedAccount<'t>>, StoreFault> {
    tx.keep_campaigns_out(lab).await?;
    let row = tx.lock_account_row(lab.as_str(), account.as_bytes()).await?;
    let Some((account, state, generation)) = row else {
        return Ok(None);
    };
    let account = Account {
        id: id(&account, "accounts.account_id")?,
        state: word(&state, "accounts.state")?,
        generation: Generation::from_number(generation),
    };
    let lab = lab.clone();
    Ok(Some(LockedAccount { tx, lab, account }))
}

impl LockedAccount<'_> {
    pub fn tx(&mut self) -> &mut Tx {
        self.tx
    }

    pub fn lab(&self) -> &LabId {
        &self.lab
    }

    pub fn id(&self) -> AccountId {
        self.account.id
    }

    pub fn state(&self) -> AccountState {
        self.account.state
    }

    pub fn is_active(&self) -> bool {
        self.account.state == AccountState::Active
    }

    pub fn generation(&self) -> Generation {
        self.account.generation
    }

    /// Whether what was shown to it in that generation counts still.
    pub fn stands(&self, since: Generation) -> bool {
        self.is_active() && self.account.generation == since
    }

    /// # Errors
    /// Nothing of the transaction may be kept then.
    pub async fn set_state(&mut self, state: AccountState, now: Timestamp) -> Result<(), StoreFault> {
        const SQL: &str = "UPDATE accounts SET state = $3, updated_at = $4 WHERE lab_id = $1 AND account_id = $2";
        if state != AccountState::Active {
            self.end(Change::Stopped, now).await?;
        }
        let (lab, account) = (self.lab.as_str(), self.account.id);
        on_both!(&mut *self.tx, connection => {
            sqlx::query(SQL)
                .bind(lab).bind(account.as_bytes().as_slice()).bind(state.as_str()).bind(now.micros())
                .execute(connection).await?;
        });
        self.account.state = state;
        Ok(())
    }

    /// Ends everything that rests on what this change ends, and returns how many sessions that were.
    ///
    /// # Errors
    /// Nothing of the transaction may be kept then.
    pub async fn end(&mut self, change: Change, now: Timestamp) -> Result<u64, StoreFault> {
        const GENERATION: &str = "UPDATE accounts SET generation = $3 WHERE lab_id = $1 AND account_id = $2";
        let extent = change.extent();
        let next = extent.after(self.account.generation);
        if next != self.account.generation {
            let (lab, account) = (self.lab.as_str(), self.account.id);
            on_both!(&mut *self.tx, connection => {
                sqlx::query(GENERATION)
                    .bind(lab).bind(account.as_bytes().as_slice()).bind(next.number()).execute(connection).await?;
            });
            self.account.generation = next;
        }
        let mut sessions = 0;
        for resting in Resting::ALL {
            let ended = self.end_resting(resting, extent, now).await?;
            if resting == Resting::Session {
                sessions = ended;
            }
        }
        Ok(sessions)
    }

    async fn end_resting(&mut self, resting: Resting, extent: Extent, now: Timestamp) -> Result<u64, StoreFault> {
        // What is deleted needs no moment.
        let (sql, moment) = match resting {
            Resting::Pending if extent == Extent::Everything => (of!("DELETE FROM pending"), None),
            Resting::Pending => (of!("DELETE FROM pending", " AND generation IS NOT NULL"), None),
            Resting::Session => (
                of!("UPDATE sessions SET ended_at = $4", " AND ended_at IS NULL"),
                Some(now),
            ),
            Resting::Ticket => (
                of!(
                    "DELETE FROM tickets WHERE lab_id = $1 AND session_id IN (SELECT session_id FROM sessions",
                    ")"
                ),
                None,
            ),
            Resting::Device => (of!("DELETE FROM devices"), None),
            Resting::Grant => (
                of!("UPDATE oauth_grants SET ended_at = $4", " AND ended_at IS NULL"),
                Some(now),
            ),
            Resting::LabCode if extent == Extent::Everything => {
                return lab_codes::end_all(self.tx, &self.lab, self.account.id, now).await;
            }
            Resting::LabCode => return Ok(0),
        };
        let key = match extent {
            Extent::Key(key) => Some(key.as_bytes().to_vec()),
            Extent::Everything | Extent::Means => None,
        };
        let (lab, account) = (self.lab.as_str(), self.account.id);
        Ok(on_both!(&mut *self.tx, connection => {
            let mut query = sqlx::query(sql).bind(lab).bind(account.as_bytes().as_slice()).bind(key);
            if let Some(moment) = moment {
                query = query.bind(moment.micros());
            }
            query.execute(connection).await?.rows_affected()
        }))
    }
}
