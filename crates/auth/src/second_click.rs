//! A form that uses something up, sent twice by one browser: the browser drops the answer to the first click, so the
//! second one gets it. Nothing is used up, opened or counted twice, whichever server is asked.

use std::time::Duration;

use kernel::clock::Stopwatch;
use kernel::ids::{LabId, SendingId};
use service::Core;
use store::StoreFault;
use store::sign_in::form_outcomes::{self, FormOutcome, SentForm};
use zeroize::Zeroizing;

/// For so long the second click gets the outcome of the first.
const KEPT: Duration = Duration::from_secs(10);
/// A server that went away meanwhile holds nobody up for longer.
const AWAITED: Duration = Duration::from_secs(30);
/// How long a second click waits for the first, as the clock on the wall says.
const PATIENCE: Duration = Duration::from_secs(15);
const FIRST_LOOK: Duration = Duration::from_millis(20);
const LAST_LOOK: Duration = Duration::from_millis(200);

/// The form is this request's to answer.
#[must_use = "the next click waits for the outcome"]
#[derive(Debug)]
pub struct Sending {
    lab: LabId,
    index: [u8; 32],
    id: SendingId,
}

/// Whose the form is to answer.
pub enum Turn {
    First(Sending),
    /// Another request works on it: [`awaited`] says what comes of it.
    Second,
    /// It was answered a moment ago.
    Answered(Zeroizing<Vec<u8>>),
}

/// What came of the first click.
pub enum FirstClick {
    Answered(Zeroizing<Vec<u8>>),
    /// It used up nothing: this one is looked at as if it were the first.
    Forgotten,
    /// It takes too long.
    Unknown,
}

// An answer may carry a session.
kernel::opaque!(Turn, FirstClick);

impl Sending {
    fn form(&self) -> SentForm<'_> {
        SentForm {
            lab: &self.lab,
            index: &self.index,
        }
    }
}

/// # Errors
/// Nothing was begun.
pub async fn take_turn(core: &Core, lab: &LabId, index: [u8; 32]) -> Result<Turn, StoreFault> {
    let sending = Sending {
        lab: lab.clone(),
        index,
        id: SendingId::generate(&*core.entropy),
    };
    let now = core.now();
    let mut tx = core.db.begin().await?;
    if form_outcomes::claim(&mut tx, sending.form(), sending.id, now, now.plus(AWAITED)).await? {
        tx.commit().await?;
        return Ok(Turn::First(sending));
    }
    Ok(
        match form_outcomes::lookup(&mut tx, &core.sealer, sending.form(), now).await? {
            Some(FormOutcome::Known(outcome)) => Turn::Answered(outcome),
            Some(FormOutcome::Awaited) | None => Turn::Second,
        },
    )
}

/// Waits until the first click is answered.
///
/// # Errors
/// Nothing is known of it.
pub async fn awaited(core: &Core, lab: &LabId, index: &[u8; 32]) -> Result<FirstClick, StoreFault> {
    let (waited, mut pause) = (Stopwatch::start(), FIRST_LOOK);
    while waited.elapsed() < PATIENCE {
        tokio::time::sleep(pause).await;
        pause = (pause * 2).min(LAST_LOOK);
        let mut tx = core.db.begin_read().await?;
        match form_outcomes::lookup(&mut tx, &core.sealer, SentForm { lab, index }, core.now()).await? {
            Some(FormOutcome::Awaited) => {}
            Some(FormOutcome::Known(outcome)) => return Ok(FirstClick::Answered(outcome)),
            None => return Ok(FirstClick::Forgotten),
        }
    }
    Ok(FirstClick::Unknown)
}

/// `outcome`: what the second click is to get; None where it may try for itself.
///
/// # Errors
/// The second click waits, and is then looked at for itself.
pub async fn settle(core: &Core, sending: Sending, outcome: Option<&[u8]>) -> Result<(), StoreFault> {
    let mut tx = core.db.begin().await?;
    match outcome {
        Some(outcome) => {
            let until = core.now().plus(KEPT);
            form_outcomes::store(&mut tx, &core.sealer, sending.form(), sending.id, outcome, until).await?;
        }
        None => form_outcomes::forget(&mut tx, sending.form(), sending.id).await?,
    }
    tx.commit().await
}
