//! Messages about alerts, one for each alert and way. A row is taken by one conditional UPDATE; a failed one is due
//! again later.

use crate::columns::{id, word};
use crate::db::on_both;
use crate::{StoreFault, Tx};
use domain::alert::MessageStatus;
use domain::alert::{About, Alert, Channel, Delivery};
use kernel::clock::Timestamp;
use kernel::ids::{AlertId, LabId, MessageId};

/// A message on its way.
#[derive(Clone, Debug)]
pub struct Message {
    pub lab: LabId,
    pub alert: AlertId,
    pub channel: Channel,
    pub about: About,
    /// The same at every attempt.
    pub id: MessageId,
    /// Those that failed, or are under way.
    pub attempts: u32,
}

/// Replaces any earlier message about this alert on this channel.
pub async fn put(
    tx: &mut Tx,
    alert: &Alert,
    channel: Channel,
    about: About,
    message: MessageId,
    now: Timestamp,
) -> Result<(), StoreFault> {
    const SQL: &str = "INSERT INTO alert_deliveries (lab_id, alert_id, channel, about, message_id, state, attempts, due_at, \
         changed_at) VALUES ($1, $2, $3, $4, $5, 'due', 0, $6, $6) ON CONFLICT (lab_id, alert_id, channel) DO UPDATE SET \
         about = excluded.about, message_id = excluded.message_id, state = excluded.state, attempts = excluded.attempts, \
         due_at = excluded.due_at, changed_at = excluded.changed_at";
    on_both!(tx, connection => {
        sqlx::query(SQL)
            .bind(alert.lab.as_str()).bind(alert.id.as_bytes().as_slice()).bind(channel.as_str()).bind(about.as_str())
            .bind(message.as_bytes().as_slice()).bind(now.micros())
            .execute(connection).await?;
    });
    Ok(())
}

/// The messages that are due on one way, the oldest first.
pub async fn find_due(tx: &mut Tx, channel: Channel, now: Timestamp) -> Result<Vec<Message>, StoreFault> {
    const SQL: &str = "SELECT lab_id, alert_id, channel, about, message_id, attempts FROM alert_deliveries \
         WHERE state = 'due' AND due_at <= $1 AND channel = $2 ORDER BY due_at LIMIT 100";
    type Columns = (String, Vec<u8>, String, String, Vec<u8>, i64);
    let rows: Vec<Columns> = on_both!(tx, connection => {
        sqlx::query_as(SQL).bind(now.micros()).bind(channel.as_str()).fetch_all(connection).await?
    });
    let message = |(lab, alert, channel, about, message, attempts): Columns| {
        Ok(Message {
            lab: word(&lab, "alert_deliveries.lab_id")?,
            alert: id(&alert, "alert_deliveries.alert_id")?,
            channel: word(&channel, "alert_deliveries.channel")?,
            about: word(&about, "alert_deliveries.about")?,
            id: id(&message, "alert_deliveries.message_id")?,
            attempts: u32::try_from(attempts).unwrap_or(u32::MAX),
        })
    };
    rows.into_iter().map(message).collect()
}

/// Takes a message, to be sent now by this server alone. False: another server was faster.
pub async fn claim(tx: &mut Tx, message: &Message, now: Timestamp) -> Result<bool, StoreFault> {
    const SQL: &str = "UPDATE alert_deliveries SET state = 'sending', attempts = attempts + 1, changed_at = $5 \
         WHERE lab_id = $1 AND alert_id = $2 AND channel = $3 AND message_id = $4 AND state = 'due'";
    let changed = on_both!(tx, connection => {
        sqlx::query(SQL)
            .bind(message.lab.as_str()).bind(message.alert.as_bytes().as_slice()).bind(message.channel.as_str())
            .bind(message.id.as_bytes().as_slice()).bind(now.micros())
            .execute(connection).await?.rows_affected()
    });
    Ok(changed == 1)
}

/// Records how an attempt ended; `due_at` where it is to be repeated.
pub async fn record(
    tx: &mut Tx,
    message: &Message,
    state: Delivery,
    due_at: Timestamp,
    now: Timestamp,
) -> Result<(), StoreFault> {
    const SQL: &str = "UPDATE alert_deliveries SET state = $5, due_at = $6, changed_at = $7 \
         WHERE lab_id = $1 AND alert_id = $2 AND channel = $3 AND message_id = $4 AND state = 'sending'";
    on_both!(tx, connection => {
        sqlx::query(SQL)
            .bind(message.lab.as_str()).bind(message.alert.as_bytes().as_slice()).bind(message.channel.as_str())
            .bind(message.id.as_bytes().as_slice()).bind(state.as_str()).bind(due_at.micros()).bind(now.micros())
            .execute(connection).await?;
    });
    Ok(())
}

/// What was taken before `before` and never recorded is due again: an alert that comes twice is better than none.
pub async fn take_up_interrupted(tx: &mut Tx, before: Timestamp) -> Result<(), StoreFault> {
    const SQL: &str = "UPDATE alert_deliveries SET state = 'due' WHERE state = 'sending' AND changed_at <= $1";
    on_both!(tx, connection => {
        sqlx::query(SQL).bind(before.micros()).execute(connection).await?;
    });
    Ok(())
}

pub async fn find(tx: &mut Tx, lab: &LabId, alert: AlertId) -> Result<Vec<MessageStatus>, StoreFault> {
    const SQL: &str = "SELECT channel, about, state, changed_at FROM alert_deliveries \
         WHERE lab_id = $1 AND alert_id = $2 ORDER BY channel";
    let rows: Vec<(String, String, String, i64)> = on_both!(tx, connection => {
        sqlx::query_as(SQL).bind(lab.as_str()).bind(alert.as_bytes().as_slice()).fetch_all(connection).await?
    });
    let standing = |(channel, about, state, at): (String, String, String, i64)| {
        Ok(MessageStatus {
            channel: word(&channel, "alert_deliveries.channel")?,
            about: word(&about, "alert_deliveries.about")?,
            state: word(&state, "alert_deliveries.state")?,
            at: Timestamp::from_micros(at),
        })
    };
    rows.into_iter().map(standing).collect()
}

/// Whether [`take_up_interrupted`] has anything to do.
pub async fn has_interrupted(tx: &mut Tx, before: Timestamp) -> Result<bool, StoreFault> {
    const SQL: &str = "SELECT COUNT(*) FROM alert_deliveries WHERE state = 'sending' AND changed_at <= $1";
    let count: i64 = on_both!(tx, connection => {
        sqlx::query_scalar(SQL).bind(before.micros()).fetch_one(connection).await?
    });
    Ok(count > 0)
}
