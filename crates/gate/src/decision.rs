//! The decision, and the only place where leave to pass is made.
//!
//! [`Permitted`] is a value, not a flag: the upstream call takes one, and there is no other way to obtain it than
//! [`admit`].
//!
//! ```compile_fail,E0451
//! use gate::decision::{Permit, Permitted};
//! fn forge<R>(request: R, permit: Permit) -> Permitted<R> {
//!     Permitted { request, permit }
//! }
//! ```
//! ```compile_fail,E0451
//! use gate::decision::{Basis, Permit};
//! use config::site::BodyCheck;
//! let forged = Permit { basis: Basis::Public, visitor: None, body: BodyCheck::Unchecked };
//! ```

use crate::request::{Ambiguity, NormalizedRequest};
use crate::rules::{Finding, Rules};
use crate::visitor::Visitor;
use config::site::{BodyCheck, GateMode, Requirement};
use domain::record::RecordNumber;

/// Leave to pass, with its reason. Built only by [`decide`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Permit {
    basis: Basis,
    visitor: Option<Visitor>,
    body: BodyCheck,
}

/// What a permit rests on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Basis {
    /// A rule says that anyone may read it.
    Public,
    /// A rule requires a sign-in, and the visitor is signed in.
    Session,
    /// A rule names this record, and the visitor may read it.
    Record(RecordNumber),
    /// Learn mode: no rule covers the URL.
    Learning,
}

/// A request together with the permit that was given for it.
#[derive(Clone, Debug)]
pub struct Permitted<R> {
    request: R,
    permit: Permit,
}

/// Expected, and answered with a page: 400, 303 to the portal, 403, 403, 405.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// 400: the server behind might read it in another way than the gate.
    #[error("the request can be read in more than one way: {0}")]
    Ambiguous(Ambiguity),
    /// 303 to the portal.
    #[error("no one is signed in")]
    SignInNeeded,
    /// 403: what no rule names is open to no one.
    #[error("no rule covers this URL")]
    Unmapped,
    /// 403: not among those that the visitor may read.
    #[error("the record is not this visitor's")]
    OtherRecord,
    /// 405: rules for this URL are for other methods.
    #[error("no rule covers this method")]
    MethodNotAllowed,
}

impl From<Ambiguity> for Refusal {
    fn from(why: Ambiguity) -> Self {
        Self::Ambiguous(why)
    }
}

/// Decides about a request and, if it may pass, binds the permit to it.
pub fn admit(
    rules: &Rules,
    request: NormalizedRequest,
    visitor: Option<&Visitor>,
) -> Result<Permitted<NormalizedRequest>, Refusal> {
    let permit = decide(rules, &request, visitor)?;
    Ok(Permitted { request, permit })
}

/// A stranger learns nothing here but what is public: whatever else is wrong with the request, the answer is to sign
/// in. Bodies are not looked at: [`Permit::compared_record`] says whether that is still to be done.
pub fn decide(rules: &Rules, request: &NormalizedRequest, visitor: Option<&Visitor>) -> Result<Permit, Refusal> {
    let finding = rules.find(request);
    let public = matches!(
        finding,
        Finding::Mapped {
            requires: Requirement::Public,
            ..
        }
    );
    let in_query = rules.records_in_query(request);
    if public && in_query.as_ref().is_ok_and(Vec::is_empty) {
        return Ok(Permit::public());
    }
    let visitor = visitor.ok_or(Refusal::SignInNeeded)?;
    let (basis, body) = match finding {
        Finding::Ambiguous(why) => return Err(why.into()),
        Finding::MethodNotAllowed => return Err(Refusal::MethodNotAllowed),
        Finding::Unmapped if rules.mode() == GateMode::Enforce => return Err(Refusal::Unmapped),
        Finding::Unmapped => (Basis::Learning, BodyCheck::Unchecked),
        Finding::Mapped { record: None, .. } => (Basis::Session, BodyCheck::Unchecked),
        Finding::Mapped {
            record: Some(number),
            body,
            ..
        } => {
            if in_query.clone()?.iter().any(|other| *other != number) {
                return Err(Ambiguity::TwoRecords.into());
            }
            let own = visitor.record(number).ok_or(Refusal::OtherRecord)?;
            (Basis::Record(own.clone()), body)
        }
    };
    if in_query?.into_iter().any(|number| visitor.record(number).is_none()) {
        return Err(Refusal::OtherRecord);
    }
    if public {
        return Ok(Permit::public());
    }
    Ok(Permit {
        basis,
        visitor: Some(visitor.clone()),
        body,
    })
}

impl Permit {
    /// Public pages are requested without saying who is asking.
    const fn public() -> Self {
        Self {
            basis: Basis::Public,
            visitor: None,
            body: BodyCheck::Unchecked,
        }
    }

    /// The record that every bound name in the request's body has to name; none if bodies are not compared.
    pub fn compared_record(&self) -> Option<&RecordNumber> {
        self.record().filter(|_| self.body == BodyCheck::Compared)
    }

    /// Why it was given.
    pub const fn basis(&self) -> &Basis {
        &self.basis
    }

    /// The person the LIS is told about; none for a public page.
    pub const fn visitor(&self) -> Option<&Visitor> {
        self.visitor.as_ref()
    }

    /// The one record requested, if the rule names one.
    pub const fn record(&self) -> Option<&RecordNumber> {
        match &self.basis {
            Basis::Record(record) => Some(record),
            _ => None,
        }
    }
}

impl<R> Permitted<R> {
    /// What may pass; nothing else was decided about.
    pub const fn request(&self) -> &R {
        &self.request
    }

    /// The leave that was given for it.
    pub const fn permit(&self) -> &Permit {
        &self.permit
    }
}

#[cfg(test)]
#[path = "decision_tests.rs"]
pub(crate) mod tests;
