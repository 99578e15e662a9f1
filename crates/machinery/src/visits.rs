//! Who is behind a site's cookie, remembered for a second: a page with forty pictures asks the database once, and a
//! sign-out elsewhere is seen within two seconds. In this process it is seen at once.

use std::sync::Arc;
use std::time::Duration;

use moka::sync::Cache;

use crate::reading::Reading;
use crypto::token::HashedToken;
use domain::record::RecordNumber;
use domain::session::Session;
use kernel::ids::{AccountId, LabId, SessionId, SiteId};

const REMEMBERED_FOR: Duration = Duration::from_secs(1);
const MOST: u64 = 100_000;

/// A session at a site, with what its holder may read there.
#[derive(Clone, Debug)]
pub struct Visit {
    pub session: Session,
    pub records: Arc<[RecordNumber]>,
    /// Its holder's name at that site alone.
    pub subject: Arc<str>,
    /// Where what they read is counted.
    pub reading: Arc<Reading>,
}

type Key = (LabId, SiteId, HashedToken);

#[derive(Clone, Debug)]
pub struct Visits(Cache<Key, Arc<Visit>>);

impl Default for Visits {
    fn default() -> Self {
        let cache = Cache::builder().max_capacity(MOST).time_to_live(REMEMBERED_FOR);
        Self(cache.support_invalidation_closures().build())
    }
}

impl Visits {
    pub fn recall(&self, lab: &LabId, site: &SiteId, token: HashedToken) -> Option<Arc<Visit>> {
        self.0.get(&(lab.clone(), site.clone(), token))
    }

    pub fn remember(&self, lab: &LabId, site: &SiteId, token: HashedToken, visit: Arc<Visit>) {
        self.0.insert((lab.clone(), site.clone(), token), visit);
    }

    pub fn forget_session(&self, session: SessionId) {
        self.forget(move |visit| visit.session.id == session);
    }

    pub fn forget_account(&self, account: AccountId) {
        self.forget(move |visit| visit.session.account == account);
    }

    pub fn forget_all(&self) {
        self.0.invalidate_all();
    }

    fn forget(&self, ended: impl Fn(&Visit) -> bool + Send + Sync + 'static) {
        // Refused only where the cache was built without support for it, which `default` gives.
        let registered = self.0.invalidate_entries_if(move |_, visit| ended(visit));
        if registered.is_err() {
            self.0.invalidate_all();
        }
    }
}
