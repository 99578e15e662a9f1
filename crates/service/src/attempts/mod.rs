//! An attempt to show who one is, by whatever door: counted before it is evaluated, and ended in one way.
//!
//! Every door works like this: [`Attempt::at`] begins, the door looks at what was shown and comes to a [`Verdict`], and
//! [`Attempt::end`] makes it the [`Ended`] that the door must return. Nothing else makes one, so no door can leave out
//! the trail, the counts behind alerts, the metrics or the siege, or keep a try that was lost through our own fault.

mod bucket;
mod codes;
mod door;
mod verdict;

pub use self::bucket::reopened;
pub use self::codes::{Codes, check_step};
pub use self::door::Door;
pub use self::verdict::{Ended, Outcome, Success, Verdict};

use std::cell::Cell;
use std::time::Duration;

use secrecy::{ExposeSecret as _, SecretString};

use self::bucket::CountedAttempt;
use crate::act::Act;
use crate::detector::{NamedDigest, Sighting};
use crate::siege::Ending;
use crate::{Core, Fault, audit};
use crypto::blind_index::{BlindIndex, blind_index};
use crypto::token::HashedToken;
use domain::audit::{Event, RefusalCause};
use domain::backoff::BackoffDecision;
use domain::identifier::Identifier;
use kernel::ids::{AccountId, LabId};
use kernel::typed::is_blank;
use machinery::metrics::AttemptResult;
use store::account::accounts::Person;
use store::{StoreFault, Tx};

/// Dropped without an end, as when the browser hangs up while a password is hashed, it stays counted as a failure.
#[must_use = "an attempt has to be ended"]
#[derive(Debug)]
pub struct Attempt<'a> {
    act: Act<'a>,
    door: Door<'a>,
    /// Of the browser, as a trusted device of this account or of another one.
    known_by: Option<&'a HashedToken>,
    /// Where the door knows it before anything is shown.
    account: Option<AccountId>,
    named: Option<NamedDigest>,
    counted: Option<(BlindIndex, CountedAttempt)>,
    /// What was shown was found wrong: the try is kept, even where the trail cannot be written.
    is_wrong: Cell<bool>,
    is_ended: bool,
}

/// What becomes of an attempt that was counted.
#[derive(Debug)]
pub enum Counting<S> {
    Evaluate,
    Ended(Verdict<S>),
}

impl<'a> Attempt<'a> {
    pub fn at(door: Door<'a>, act: Act<'a>, known_by: Option<&'a HashedToken>) -> Self {
        Self {
            act,
            door,
            known_by,
            account: None,
            named: None,
            counted: None,
            is_wrong: Cell::new(false),
            is_ended: false,
        }
    }

    /// On this account's means.
    pub fn on(mut self, account: AccountId) -> Self {
        self.is_on(account);
        self
    }

    /// As [`Attempt::on`], where it turns out later.
    pub fn is_on(&mut self, account: AccountId) {
        self.account = Some(account);
    }

    /// With something that was handed over, as it was typed: a code off a sheet of paper, a mailed link. It is what the
    /// attempt names until it is counted.
    pub fn with_paper(mut self, typed: &str) -> Self {
        let (core, lab) = (self.act.core, self.act.lab);
        self.named = Some(NamedDigest::Code(blind_index(
            &core.keyring,
            lab,
            "watched code",
            typed,
        )));
        self
    }

    /// Checked before anything else: if it were said only after a right code, it would reveal that the code was right.
    pub fn no_room<S>(&self) -> Option<Verdict<S>> {
        self.act.core.hashing.congestion().map(Verdict::busy)
    }

    /// Counts the attempt, by whatever door it comes, in the identifier's bucket: so no door is a way around the
    /// others' limits. A trusted device has a bucket of its own. Others in the same bucket wait for the
    /// end of this transaction. `codes`: as typed, all that the door takes. Where one of them says nothing, the form was
    /// sent too early: it is refused and not counted.
    ///
    /// # Errors
    /// The attempt must not be evaluated.
    pub async fn count<S>(
        &mut self,
        tx: &mut Tx,
        identifier: &BlindIndex,
        codes: &[&SecretString],
    ) -> Result<Counting<S>, StoreFault> {
        self.count_if_enough(tx, identifier, codes, true).await
    }

    /// As [`Attempt::count`]; but where what was shown is not enough for everyone, from a trusted device of this
    /// account alone.
    ///
    /// # Errors
    /// The attempt must not be evaluated.
    pub async fn count_if_enough<S>(
        &mut self,
        tx: &mut Tx,
        identifier: &BlindIndex,
        codes: &[&SecretString],
        is_enough: bool,
    ) -> Result<Counting<S>, StoreFault> {
        if codes.iter().any(|code| is_blank(code.expose_secret())) {
            return Ok(Counting::Ended(Verdict::nothing_shown()));
        }
        self.named = Some(NamedDigest::Identifier(*identifier));
        let Act { core, lab, .. } = self.act;
        let counted = bucket::count(core, tx, lab, identifier, self.known_by, is_enough).await?;
        let Some((decision, counted)) = counted else {
            return Ok(Counting::Ended(Verdict::turned_away()));
        };
        self.counted = Some((*identifier, counted));
        Ok(match decision {
            BackoffDecision::Evaluate => Counting::Evaluate,
            BackoffDecision::Wait(wait) => Counting::Ended(self.delay(tx, wait).await?),
            BackoffDecision::Exhausted => {
                Counting::Ended(self.refuse(tx, self.account, RefusalCause::TooManyInARow).await?)
            }
        })
    }

    async fn delay<S>(&self, tx: &mut Tx, wait: Duration) -> Result<Verdict<S>, StoreFault> {
        let seconds = wait.as_secs();
        self.act
            .record(tx, self.account, Event::SignInDelayed { seconds })
            .await?;
        Ok(Verdict::delayed(wait))
    }

    /// # Errors
    /// Nothing was decided.
    pub async fn refuse<S>(
        &self,
        tx: &mut Tx,
        account: Option<AccountId>,
        cause: RefusalCause,
    ) -> Result<Verdict<S>, StoreFault> {
        self.refuse_with(tx, account, self.door.refusal(cause)).await
    }

    /// As [`Attempt::refuse`], for a cause that is the door's own.
    ///
    /// # Errors
    /// Nothing was decided.
    pub async fn refuse_with<S>(
        &self,
        tx: &mut Tx,
        account: Option<AccountId>,
        event: Event,
    ) -> Result<Verdict<S>, StoreFault> {
        self.is_wrong.set(true);
        self.act.record(tx, account, event).await?;
        Ok(Verdict::refused())
    }

    /// As [`Attempt::refuse`], where no transaction is open.
    ///
    /// # Errors
    /// Nothing was decided.
    pub async fn refuse_alone<S>(
        &self,
        account: Option<AccountId>,
        cause: RefusalCause,
    ) -> Result<Verdict<S>, StoreFault> {
        let Act { core, lab, actor } = self.act;
        self.is_wrong.set(true);
        audit::record_alone(core, lab, actor, account, self.door.refusal(cause)).await?;
        Ok(Verdict::refused())
    }

    /// What was shown is right: takes the count back and ends the row of failures, once the transaction is committed.
    /// Of a transaction that continues, the bucket is locked first, as an attempt locks it.
    ///
    /// # Errors
    /// Nothing was decided.
    pub async fn succeed(&self, tx: &mut Tx) -> Result<Success, StoreFault> {
        if let Some((identifier, counted)) = &self.counted {
            bucket::succeeded(self.act.core, tx, self.act.lab, identifier, *counted).await?;
        }
        Ok(Success::new())
    }

    /// The one way out of a door: what is not the visitor's fault is given back, and all the counters are told.
    ///
    /// # Errors
    /// Those of the verdict, and where a try cannot be given back.
    pub async fn end<S>(mut self, verdict: Result<Verdict<S>, Fault>) -> Result<Ended<S>, Fault> {
        self.is_ended = true;
        let result = verdict.as_ref().map_or(AttemptResult::broken, Verdict::result);
        self.tell(result);
        match verdict {
            Ok(verdict) => {
                if matches!(result, AttemptResult::busy | AttemptResult::over) {
                    self.give_back().await?;
                }
                Ok(verdict.ended())
            }
            Err(fault) => {
                if let Err(other) = self.give_back().await {
                    tracing::warn!(fault = %other, "a try that was lost through a fault could not be given back");
                }
                Err(fault)
            }
        }
    }

    async fn give_back(&mut self) -> Result<(), StoreFault> {
        let Some((identifier, counted)) = self.counted.take().filter(|_| !self.is_wrong.get()) else {
            return Ok(());
        };
        bucket::take_back(self.act.core, self.act.lab, &identifier, counted).await
    }

    fn tell(&self, result: AttemptResult) {
        let Act { core, lab, actor } = self.act;
        core.metrics.attempt_ended(self.door.label(), result);
        if self.door.signs_in()
            && let Some(result) = result.of_sign_in()
        {
            core.metrics.sign_in_ended(result);
        }
        if matches!(result, AttemptResult::refused | AttemptResult::delayed) {
            Sighting::of(lab, actor, self.named).count(&core.detector, &core.config.alerts, core.now());
        }
        let is_trusted = self
            .counted
            .as_ref()
            .is_some_and(|(_, counted)| counted.is_from_trusted_device());
        if self.door.can_be_besieged() && !is_trusted {
            core.sieges.count(lab, Ending::of(result), core.now());
        }
    }
}

impl Drop for Attempt<'_> {
    fn drop(&mut self) {
        if !self.is_ended {
            self.act
                .core
                .metrics
                .attempt_ended(self.door.label(), AttemptResult::abandoned);
        }
    }
}

/// Whose bucket it is, where the account is known.
///
/// # Errors
/// What is stored is not an identifier.
pub fn identifier_of(core: &Core, lab: &LabId, person: &Person) -> Result<BlindIndex, Fault> {
    let identifier = Identifier::parse(&person.identifier);
    let identifier = identifier.ok_or(Fault::Broken("a stored identifier cannot be read"))?;
    Ok(core.identifier_index(lab, &identifier))
}
