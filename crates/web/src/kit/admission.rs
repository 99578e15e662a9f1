//! A request asks for its place here, before any work with database or hash.

use std::time::Duration;

use crate::kit::context::Context;
use crate::kit::failure::Failure;
use crypto::token::TokenKind;
use machinery::admission::Class;
use machinery::metrics::ShedFrom;
use machinery::network_throttle::Way;

/// The morning's crowd is gone by then.
pub(super) const COME_BACK: Duration = Duration::from_secs(5);

/// A request was let in. Nothing but the functions here makes one.
#[derive(Debug)]
pub struct Admitted(());

impl Context<'_> {
    /// Before anything else is done with a form that a stranger can send but not guess their way through.
    ///
    /// # Errors
    /// This network sends too fast, or no place is left.
    pub fn admit(&self) -> Result<Admitted, Failure> {
        let known = self.device().is_some() || self.has_begun();
        self.admit_by(Way::Unguessable, if known { Class::Known } else { Class::Stranger })
    }

    /// For a request that brings what we gave out a moment ago.
    ///
    /// # Errors
    /// As for [`Context::admit`].
    pub fn admit_begun(&self) -> Result<Admitted, Failure> {
        self.admit_by(Way::Unguessable, Class::Known)
    }

    /// Before anything else is done with a form that holds a code.
    ///
    /// # Errors
    /// This network, or this lab's strangers together, send too fast; or no place is left.
    pub fn admit_sign_in(&self) -> Result<Admitted, Failure> {
        match self.device() {
            Some(token) => self.admit_by(Way::KnownDevice(token.hashed()), Class::Known),
            None => self.admit_by(Way::Stranger(self.realm()), Class::Stranger),
        }
    }

    fn admit_by(&self, way: Way<'_>, class: Class) -> Result<Admitted, Failure> {
        self.app.throttle.admit(self.client, way).map_err(|wait| {
            self.app.core.metrics.network_throttled();
            Failure::TooFast(wait)
        })?;
        self.take_place(class)
    }

    /// Before a session is looked up. A request that already has a place needs no second one.
    ///
    /// # Errors
    /// No place is left.
    pub fn admit_session(&self) -> Result<Admitted, Failure> {
        match self.has_place() {
            true => Ok(Admitted(())),
            false => self.take_place(Class::Session),
        }
    }

    /// The session was looked up; what follows is work for its holder, or a page for a stranger.
    pub fn session_checked(&self) {
        let held = self.place.take();
        self.place.set(held.filter(|place| place.class() != Class::Session));
    }

    /// The place is given back, and its time says nothing about how much work there may be at once.
    pub fn step_aside(&self) {
        drop(self.place.take());
    }

    /// As [`Context::step_aside`]: which place it was.
    pub(super) fn give_way(&self) -> Option<Class> {
        self.place.take().map(|place| place.class())
    }

    /// A refusal leaves at the floor, however busy or idle we are, and holds no place while it waits.
    pub async fn wait_for_floor(&self) {
        if let Some(place) = self.place.take() {
            place.refused();
        }
        self.app.floor.wait(self.arrived).await;
    }

    /// A sign-in on hold, an enrolment under way or a mailed link: each was started with a code or a secret of ours.
    fn has_begun(&self) -> bool {
        self.begun(TokenKind::Pending).is_some() || self.begun(TokenKind::Invitation).is_some()
    }

    fn has_place(&self) -> bool {
        let held = self.place.take();
        let has = held.is_some();
        self.place.set(held);
        has
    }

    pub(super) fn take_place(&self, class: Class) -> Result<Admitted, Failure> {
        let core = &self.app.core;
        let Some(place) = core
            .admission
            .enter(class, core.hashing.callers().saturating_add(core.providers.callers()))
        else {
            core.metrics.shed(match class {
                Class::Session => ShedFrom::session,
                Class::Known => ShedFrom::known,
                Class::Stranger => ShedFrom::stranger,
            });
            return Err(Failure::Busy(COME_BACK));
        };
        self.place.set(Some(place));
        Ok(Admitted(()))
    }
}
