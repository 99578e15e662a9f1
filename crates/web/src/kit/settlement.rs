//! What an attempt came to, for the door that made it.

use crate::kit::context::Context;
use crate::kit::rebuff::Rebuff;
use service::attempts::{Ended, Outcome};

#[derive(Debug)]
pub enum Settlement<S> {
    Passed(S),
    /// What it was about ended meanwhile.
    Over,
    Rebuffed(Rebuff),
}

/// A refusal waits for the floor here, so that its moment tells nothing.
pub async fn settle<S>(context: &Context<'_>, ended: Ended<S>) -> Settlement<S> {
    Settlement::Rebuffed(match ended.outcome() {
        Outcome::Passed(with) => return Settlement::Passed(with),
        Outcome::Over => return Settlement::Over,
        Outcome::Refused => {
            context.wait_for_floor().await;
            Rebuff::Refused
        }
        Outcome::TurnedAway => Rebuff::TwoCodes,
        Outcome::Wait(wait) => Rebuff::wait(wait),
        Outcome::Busy(wait) => Rebuff::busy(wait),
    })
}
