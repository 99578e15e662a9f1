//! What a leak is and how far it has come, in figures: the dry run before anything happens, the progress afterwards.

use serde::Serialize;

use super::{Identifiers, LeakError, Reading};
use crate::dump::BadRows;
use domain::leak::Leak;
use domain::leak::{Effect, LeakId, LeakState, Progress, Verdict};
use kernel::clock::Timestamp;
use kernel::ids::LabId;
use service::Core;
use store::StoreFault;
use store::account::accounts;
use store::leak::leak_accounts::{self, Count};
use store::leak::leaks;

/// Times in RFC 3339, UTC.
#[derive(Clone, Debug, Serialize)]
pub struct Overview {
    pub leak: LeakId,
    pub lab: LabId,
    pub state: LeakState,
    pub source: String,
    pub aware_at: String,
    pub began_at: String,
    pub requested_by: Option<String>,
    pub effective_at: Option<String>,
    /// From then on, passwords that were not changed are disabled.
    pub rotate_until: Option<String>,
    pub settled_at: Option<String>,
    pub verified_at: Option<String>,
    pub ended_at: Option<String>,
    /// None while the list is being read, and of a suspicion.
    pub reading: Option<Reading>,
    /// Different identifiers of the list, by whether they are somebody's here.
    pub identifiers: Option<Identifiers>,
    pub bad_rows: Vec<BadRows>,
    pub accounts: Accounts,
    /// Sessions that are open and would end, before it is applied.
    pub sessions: i64,
    pub warnings: Vec<Warning>,
}

/// Accounts of the list, by what is asked of them and by how far they are.
#[derive(Clone, Copy, Debug, Default, Serialize)]
pub struct Accounts {
    pub found: i64,
    /// Of the lab, whether listed or not.
    pub of_lab: i64,
    pub canaries: i64,
    pub to_rotate: i64,
    pub to_disable: i64,
    pub to_tell: i64,
    pub rotation_required: i64,
    pub disabled: i64,
    pub rotated: i64,
    pub re_enrolled: i64,
    pub confirmed: i64,
    pub listed_only: i64,
}

/// What a person should look at before saying yes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Warning {
    /// Not one identifier is known: another lab's list, or another column.
    NothingFound,
    /// Under a tenth of the identifiers are known.
    FewFound,
    /// More than two in a hundred are nobody's here.
    PartNotFound,
    /// Nearly every account of the lab: a list made up to lock everyone out looks like this.
    NearlyEverybody,
    /// More than one row in fifty could not be read.
    ManyBadRows,
    /// No column of passwords, or one of digests: no one would have to rotate.
    NoPasswords,
    /// The file itself is damaged: what follows the damage is missing.
    DamagedFile,
    /// Seeds of one-time codes stand in the list: those codes are worthless too.
    Seeds,
    /// Canaries stand in it: it was exported from this lab.
    Canaries,
}

impl Accounts {
    fn add(&mut self, count: &Count) {
        let accounts = count.accounts;
        self.found += accounts;
        *match count.effect {
            Effect::Rotate => &mut self.to_rotate,
            Effect::Disable => &mut self.to_disable,
            Effect::Tell => &mut self.to_tell,
        } += accounts;
        match count.progress {
            Progress::RotationRequired => self.rotation_required += accounts,
            Progress::Disabled => self.disabled += accounts,
            Progress::Rotated => self.rotated += accounts,
            Progress::ReEnrolled => self.re_enrolled += accounts,
            Progress::Listed | Progress::NothingToChange => {}
        }
        match count.verdict {
            Some(Verdict::Confirmed) => self.confirmed += accounts,
            Some(Verdict::ListedOnly) => self.listed_only += accounts,
            None => {}
        }
    }
}

pub async fn find(core: &Core, lab: &LabId) -> Result<Vec<Leak>, StoreFault> {
    let mut tx = core.db.begin_read().await?;
    let leaks = leaks::find(&mut tx, lab).await?;
    tx.commit().await?;
    Ok(leaks)
}

/// Which lab a leak belongs to.
///
/// # Errors
/// There is no such leak, or its lab is no longer in the configuration.
pub async fn lab_of(core: &Core, id: LeakId) -> Result<LabId, LeakError> {
    let mut tx = core.db.begin_read().await?;
    let lab = leaks::lookup_lab(&mut tx, id).await?.ok_or(LeakError::UnknownLeak)?;
    tx.commit().await?;
    core.config.lab(&lab).ok_or(LeakError::UnknownLab)?;
    Ok(lab)
}

/// None: this lab has no such leak.
pub async fn overview(core: &Core, lab: &LabId, id: LeakId) -> Result<Option<Overview>, StoreFault> {
    let mut tx = core.db.begin_read().await?;
    let Some(leak) = leaks::lookup(&mut tx, lab, id).await? else {
        return Ok(None);
    };
    let mut accounts = Accounts {
        canaries: leak_accounts::count_canaries(&mut tx, lab, id).await?,
        of_lab: accounts::count(&mut tx, lab).await?,
        ..Accounts::default()
    };
    for count in leak_accounts::count(&mut tx, lab, id).await? {
        accounts.add(&count);
    }
    let sessions = if leak.state.is_in_effect() {
        0
    } else {
        leak_accounts::count_sessions(&mut tx, lab, id, core.now()).await?
    };
    tx.commit().await?;
    let reading: Option<Reading> = if leak.census.is_empty() {
        None
    } else {
        Some(serde_json::from_str(&leak.census).map_err(|_| StoreFault::Unreadable("leaks.census"))?)
    };
    let text = |at: Option<Timestamp>| at.map(|at| at.to_string());
    Ok(Some(Overview {
        leak: leak.id,
        lab: lab.clone(),
        state: leak.state,
        source: leak.source,
        aware_at: leak.aware_at.to_string(),
        began_at: leak.began_at.to_string(),
        requested_by: leak.requested_by,
        effective_at: text(leak.effective_at),
        rotate_until: text(leak.effective_at.map(|at| at.plus(core.config.leak.rotation_within()))),
        settled_at: text(leak.settled_at),
        verified_at: text(leak.verified_at),
        ended_at: text(leak.ended_at),
        warnings: reading
            .as_ref()
            .map(|reading| warnings(reading, &accounts))
            .unwrap_or_default(),
        bad_rows: reading
            .as_ref()
            .map(|reading| reading.census.bad.clone())
            .unwrap_or_default(),
        identifiers: reading.as_ref().and_then(|reading| reading.identifiers.clone()),
        reading,
        accounts,
        sessions,
    }))
}

fn warnings(reading: &Reading, accounts: &Accounts) -> Vec<Warning> {
    let rows = i64::try_from(reading.census.rows).unwrap_or(i64::MAX);
    let bad = i64::try_from(reading.census.bad_rows()).unwrap_or(i64::MAX);
    let nothing = accounts.found == 0;
    let identifiers = reading.identifiers.as_ref();
    let few = identifiers.is_some_and(|all| all.found + all.folded < all.distinct / 10);
    let part = identifiers.is_some_and(Identifiers::are_many_unmatched);
    let all = [
        (Warning::NothingFound, nothing),
        (Warning::FewFound, !nothing && few),
        (Warning::PartNotFound, !nothing && !few && part),
        (
            Warning::NearlyEverybody,
            accounts.of_lab >= 100 && accounts.found > accounts.of_lab / 20 * 19,
        ),
        (Warning::ManyBadRows, bad > rows / 50),
        (Warning::NoPasswords, reading.census.with_password == 0),
        (Warning::DamagedFile, !reading.damage.is_empty()),
        (Warning::Seeds, !reading.understood.seed_columns.is_empty()),
        (Warning::Canaries, accounts.canaries > 0),
    ];
    all.into_iter()
        .filter(|(_, given)| *given)
        .map(|(warning, _)| warning)
        .collect()
}
