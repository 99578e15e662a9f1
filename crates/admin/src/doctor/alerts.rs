//! Do alerts reach anyone, and is one waiting?

use super::Check;
use config::Config;
use service::alerts::webhook_secret;
use store::telling::alerts;
use store::{StoreFault, Tx};

const NAME: &str = "alerts";

/// What is configured.
pub(super) fn examine(config: &Config) -> Vec<Check> {
    let mut checks = Vec::new();
    if config.alerts.webhook.is_some()
        && let Err(why) = webhook_secret(&config.alerts)
    {
        let remedy = "write whsec_ and 24 to 64 random bytes in base64 into it, readable by vestibule's user only";
        checks.push(Check::problem("[alerts] webhook_secret_file", why, remedy));
    }
    let mailed = |lab| config.mail.host.is_some() && config.alerts.recipient(lab).is_some();
    let unheard: Vec<&str> = match config.alerts.webhook {
        Some(_) => Vec::new(),
        None => {
            let labs = config.labs.iter().filter(|lab| !mailed(lab));
            labs.map(|lab| lab.id.as_str()).collect()
        }
    };
    checks.push(if unheard.is_empty() {
        Check::ok(NAME, "every laboratory's alerts are mailed or posted")
    } else {
        Check::warning(
            NAME,
            format!("alerts of {} go to the log and the desk only", unheard.join(", ")),
            "set [alerts] webhook, or [mail] host with [alerts] email or the lab's security_contact (mailto:)",
        )
    });
    checks
}

/// What is open.
pub(super) async fn open(config: &Config, tx: &mut Tx) -> Result<Check, StoreFault> {
    let (mut all, mut unowned) = (0, 0);
    for lab in &config.labs {
        let open = alerts::count_open(tx, &lab.id).await?;
        all += open.all;
        unowned += open.unowned;
    }
    let what = format!("{all} open, {unowned} of them without anyone dealing with them");
    Ok(match unowned {
        0 => Check::ok("open alerts", what),
        _ => Check::warning("open alerts", what, "look at /desk/alerts and deal with them"),
    })
}
