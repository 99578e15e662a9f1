//! Whether records wait for somebody to say whose they are: until then nobody reads them.

use super::Check;
use config::Config;
use store::account::conflicts;
use store::{StoreFault, Tx};

pub(super) async fn examine(config: &Config, tx: &mut Tx) -> Result<Vec<Check>, StoreFault> {
    let mut checks = Vec::new();
    for lab in &config.labs {
        let open = conflicts::count_open(tx, &lab.id).await?;
        let name = format!("records of {}", lab.id);
        checks.push(match open {
            0 => Check::ok(name, "none waits for a decision"),
            open => Check::warning(
                name,
                format!("{open} wait for a decision: an import contradicts what is stored of them"),
                format!("run: vestibule patient conflicts --lab {}", lab.id),
            ),
        });
    }
    Ok(checks)
}
