//! What happened when, and who did it.

use serde::Serialize;

use super::Pen;
use domain::leak::Leak;
use domain::leak::LeakState;
use kernel::clock::Timestamp;
use service::outbox::TellingFigures;
use store::leak::leaks::Step;

#[derive(Clone, Debug, Serialize)]
pub struct Entry {
    pub at: String,
    pub when: String,
    pub what: String,
    pub who: String,
}

pub(super) fn of(pen: &Pen<'_>, leak: &Leak, steps: &[Step], told: &TellingFigures) -> Vec<Entry> {
    let marks = [
        (Some(leak.aware_at), "step-aware"),
        (leak.settled_at, "step-settled"),
        (leak.expired_at, "step-expired"),
        (told.first_mail, "step-first-mail"),
        (
            told.last_mail.filter(|last| Some(*last) != told.first_mail),
            "step-last-mail",
        ),
    ];
    let marks = marks
        .into_iter()
        .filter_map(|(at, key)| Some((at?, pen.say(key), String::new())));
    let steps = steps.iter().map(|step| {
        let what = name(&step.step).map_or_else(|| step.step.clone(), |key| pen.say(key));
        (step.at, what, step.actor.clone())
    });
    let mut all: Vec<(Timestamp, String, String)> = marks.chain(steps).collect();
    all.sort_by_key(|(at, ..)| *at);
    let entry = |(at, what, who): (Timestamp, String, String)| Entry {
        at: at.to_string(),
        when: pen.moment(at),
        what,
        who,
    };
    all.into_iter().map(entry).collect()
}

/// A step is a state that the leak entered, or the kind of an event beside it.
fn name(step: &str) -> Option<&'static str> {
    Some(match step {
        "letters-written" => "step-letters",
        "mail-given-up" => "step-mail-given-up",
        "verified" => "step-verified",
        state => match state.parse::<LeakState>().ok()? {
            LeakState::Reading => "step-reading",
            LeakState::Drafted => "step-drafted",
            LeakState::Awaiting => "step-awaiting",
            LeakState::Applied => "step-applied",
            LeakState::Closed => "step-closed",
            LeakState::Undone => "step-undone",
            LeakState::Suspected => "step-suspected",
        },
    })
}
