//! Whether a whole lab is under a guessing attack right now.

use super::Check;
use config::Config;
use kernel::clock::Timestamp;
use service::siege;
use store::{Db, StoreFault};

const NAME: &str = "siege";

pub(super) async fn examine(config: &Config, db: &Db, now: Timestamp) -> Result<Vec<Check>, StoreFault> {
    if !config.siege.enabled {
        let what = "a lab's sign-ins are not watched as a whole";
        return Ok(vec![Check::warning(NAME, what, "set [siege] enabled = true")]);
    }
    let standing = siege::find_current(db, now).await?;
    if standing.is_empty() {
        return Ok(vec![Check::ok(NAME, "no lab is under a guessing attack")]);
    }
    let said = standing.into_iter().map(|(lab, standing)| {
        let (siege, recent) = (standing.siege, standing.recent);
        let what = format!(
            "lab {lab}: since {}; in the last ten minutes {} sign-ins failed, {} were turned away, {} succeeded; \
             more than {} was too many",
            siege.began, recent.failures, recent.turned_away, recent.successes, siege.limit
        );
        let remedy = "nothing to do: unknown browsers are asked for two codes in a row until it is over; see whether a list \
             of this lab circulates, and import it (vestibule leak import)";
        Check::warning(NAME, what, remedy)
    });
    Ok(said.collect())
}
