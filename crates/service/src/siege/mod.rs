//! Which labs are under siege: counted in process at every attempt, recorded together with what other servers counted,
//! and judged by `domain/siege.rs`.

mod counts;

use std::collections::HashMap;

pub(crate) use self::counts::Ending;
pub use self::counts::Sieges;
use crate::{Core, audit};
use domain::audit::{Actor, Event};
use domain::siege::{Baseline, Counts, RECENT, REMEMBERED, Siege, Slot, State, WINDOW, within};
use kernel::clock::Timestamp;
use kernel::ids::LabId;
use store::sign_in::sieges;
use store::{Db, StoreFault};

/// The siege in force when the last server stopped is still in force.
pub async fn recall(core: &Core) -> Result<(), StoreFault> {
    let mut tx = core.db.begin_read().await?;
    for (lab, siege) in sieges::find_current(&mut tx).await? {
        if let Some(mut of_lab) = core.sieges.lab(&lab) {
            of_lab.state = State::Siege(siege);
        }
    }
    Ok(())
}

/// Records what was counted here, reads what all servers counted, and decides for every lab.
///
/// # Errors
/// The database does not answer; what was counted is kept for the next turn.
pub async fn turn(core: &Core) -> Result<(), StoreFault> {
    let _turn = core.sieges.turns.lock().await;
    write(core).await?;
    let now = core.now();
    let mut tx = core.db.begin_read().await?;
    let slots = sieges::find_recent(&mut tx, now.minus(RECENT)).await?;
    let current: HashMap<LabId, Siege> = sieges::find_current(&mut tx).await?.into_iter().collect();
    drop(tx);
    for lab in core.sieges.labs.keys() {
        let recent: Vec<Slot> = slots
            .iter()
            .filter(|(of, _)| of == lab)
            .map(|(_, slot)| *slot)
            .collect();
        let state = current.get(lab).map_or(State::Calm, |siege| State::Siege(*siege));
        let baseline = baseline(core, lab, now).await?;
        let next = state.next(&recent, baseline, &core.sieges.rules, now);
        pass(core, lab, state, next, now).await?;
        if let Some(mut of_lab) = core.sieges.lab(lab) {
            of_lab.state = next;
            of_lab.recent = recent;
            of_lab.limit = core.sieges.rules.limit(baseline);
        }
        core.metrics.siege_is(lab, next != State::Calm);
    }
    Ok(())
}

async fn write(core: &Core) -> Result<(), StoreFault> {
    let unwritten: Vec<(&LabId, Vec<Slot>)> = core
        .sieges
        .labs
        .keys()
        .filter_map(|lab| Some((lab, core.sieges.lab(lab)?.unwritten.clone())))
        .filter(|(_, slots)| !slots.is_empty())
        .collect();
    if unwritten.is_empty() {
        return Ok(());
    }
    let mut tx = core.db.begin().await?;
    for (lab, slots) in &unwritten {
        for slot in slots {
            sieges::add(&mut tx, lab, slot).await?;
        }
    }
    tx.commit().await?;
    for (lab, written) in unwritten {
        if let Some(mut of_lab) = core.sieges.lab(lab) {
            // The last one may have grown meanwhile.
            for (slot, written) in of_lab.unwritten.iter_mut().zip(&written) {
                slot.counts = slot.counts.without(written.counts);
            }
            of_lab.unwritten.retain(|slot| slot.counts != Counts::default());
            of_lab.recent.extend(written);
        }
    }
    Ok(())
}

/// What is usual changes slowly, and two weeks are many rows.
async fn baseline(core: &Core, lab: &LabId, now: Timestamp) -> Result<Baseline, StoreFault> {
    if let Some(of_lab) = core.sieges.lab(lab)
        && of_lab.baseline_of.is_some_and(|at| now.since(at) < WINDOW)
    {
        return Ok(of_lab.baseline);
    }
    let since = now.minus(REMEMBERED);
    let mut tx = core.db.begin_read().await?;
    let spans = sieges::find_spans(&mut tx, lab, since).await?;
    let earlier = sieges::find_earlier(&mut tx, lab, since).await?;
    let baseline = Baseline::of(&spans, &earlier, now);
    if let Some(mut of_lab) = core.sieges.lab(lab) {
        (of_lab.baseline, of_lab.baseline_of) = (baseline, Some(now));
    }
    Ok(baseline)
}

/// One server records that a siege began or ended; the alert follows from that.
async fn pass(core: &Core, lab: &LabId, from: State, to: State, now: Timestamp) -> Result<(), StoreFault> {
    let (siege, ends) = match (from, to) {
        (State::Calm, State::Siege(siege)) => (siege, false),
        (State::Siege(siege), State::Calm) => (siege, true),
        _ => return Ok(()),
    };
    let mut tx = core.db.begin().await?;
    let is_first = match ends {
        true => sieges::end(&mut tx, lab, &siege, now).await?,
        false => sieges::begin(&mut tx, lab, &siege).await?,
    };
    if is_first {
        let event = if ends { ended(&siege) } else { began(&siege) };
        audit::record(core, &mut tx, lab, &Actor::Vestibule, None, event).await?;
    }
    tx.commit().await
}

fn began(siege: &Siege) -> Event {
    Event::SiegeBegan {
        limit: siege.limit,
        failures: siege.seen.failures,
        turned_away: siege.seen.turned_away,
        successes: siege.seen.successes,
    }
}

fn ended(siege: &Siege) -> Event {
    Event::SiegeEnded {
        began_at: siege.began.to_string(),
    }
}

/// What the desk and `doctor` say about a current siege.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CurrentSiege {
    pub siege: Siege,
    /// Of the last ten minutes.
    pub recent: Counts,
}

pub async fn find_current(db: &Db, now: Timestamp) -> Result<Vec<(LabId, CurrentSiege)>, StoreFault> {
    let mut tx = db.begin_read().await?;
    let slots = sieges::find_recent(&mut tx, now.minus(WINDOW)).await?;
    let current = sieges::find_current(&mut tx).await?.into_iter().map(|(lab, siege)| {
        let of_lab: Vec<Slot> = slots
            .iter()
            .filter(|(of, _)| *of == lab)
            .map(|(_, slot)| *slot)
            .collect();
        let recent = within(&of_lab, WINDOW, now);
        (lab, CurrentSiege { siege, recent })
    });
    Ok(current.collect())
}
