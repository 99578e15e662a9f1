//! Takes what is due to be told and tells it, each way in its turn. What fails is repeated, longer apart each time;
//! what was interrupted is sent again, since an alert that comes twice is better than none.

use std::time::Duration;

use super::telling::{Outcome, Telling};
use super::{mail, webhook};
use crate::Core;
use domain::alert::reminder::retry_after;
use domain::alert::{About, Channel, Delivery};
use i18n::Texts;
use store::StoreFault;
use store::telling::alert_deliveries::{self, Message};
use store::telling::alerts;

/// No attempt lasts longer.
const LONGEST: Duration = Duration::from_secs(600);

/// # Errors
/// The database does not answer. A receiver that does not take a message is not an error: it is due again.
pub async fn deliver_due(core: &Core, texts: &Texts) -> Result<(), StoreFault> {
    for channel in Channel::ALL {
        let mut tx = core.db.begin_read().await?;
        let due = alert_deliveries::find_due(&mut tx, *channel, core.now()).await?;
        tx.commit().await?;
        for message in &due {
            if matches!(deliver(core, texts, message).await?, Some(Outcome::Unreachable(_))) {
                break;
            }
        }
    }
    let mut tx = core.db.begin_read().await?;
    let interrupted = alert_deliveries::has_interrupted(&mut tx, core.now().minus(LONGEST)).await?;
    tx.commit().await?;
    if interrupted {
        let mut tx = core.db.begin().await?;
        alert_deliveries::take_up_interrupted(&mut tx, core.now().minus(LONGEST)).await?;
        tx.commit().await?;
    }
    Ok(())
}

/// None: another server has taken it.
async fn deliver(core: &Core, texts: &Texts, message: &Message) -> Result<Option<Outcome>, StoreFault> {
    let mut tx = core.db.begin().await?;
    let claimed = alert_deliveries::claim(&mut tx, message, core.now()).await?;
    let alert = alerts::lookup(&mut tx, &core.sealer, &message.lab, message.alert).await?;
    tx.commit().await?;
    let Some(alert) = alert.filter(|_| claimed) else {
        return Ok(None);
    };
    let telling = Telling { message, alert: &alert };
    let outcome = match message.channel {
        Channel::Log => log(&telling),
        Channel::Mail => mail::send(core, texts, &telling).await,
        Channel::Webhook => webhook::post(core, &telling).await,
    };
    let now = core.now();
    let (state, due_at) = match &outcome {
        Outcome::Delivered => (Delivery::Sent, now),
        Outcome::Failed(why) | Outcome::Unreachable(why) => {
            let wait = retry_after(message.attempts.saturating_add(1));
            let (channel, id) = (message.channel.as_str(), message.id);
            tracing::warn!(lab = %message.lab, channel, %id, why, again = wait.is_some(), "an alert was not delivered");
            wait.map_or((Delivery::GivenUp, now), |wait| (Delivery::Due, now.plus(wait)))
        }
    };
    let mut tx = core.db.begin().await?;
    alert_deliveries::record(&mut tx, message, state, due_at, now).await?;
    tx.commit().await?;
    Ok(Some(outcome))
}

fn log(telling: &Telling<'_>) -> Outcome {
    let (alert, about) = (telling.alert, telling.message.about);
    tracing::warn!(
        target: "vestibule::alert", lab = %alert.lab, cause = alert.kind.as_str(), subject = alert.subject,
        about = about.as_str(), figure = alert.figure, times = alert.times, alert = %alert.id,
        "{}", match about {
            About::Raised => "alert",
            About::Again => "an alert continues and no one is dealing with it",
            About::Reminder => "an alert is still open",
        }
    );
    Outcome::Delivered
}
