//! Enrolment: something handed over and the birth date, a new password, an authenticator confirmed by its first code,
//! recovery codes. What was handed over proves the person; it is used up only when everything else is in place.

mod begin;
mod finish;
mod identity;
pub mod invited;
pub mod lab_code;
mod under_way;

pub use self::begin::ENROLMENT_LASTS;
pub use self::finish::{Step, choose_password, confirm};
pub use self::identity::{IdentityOutcome, note_identity};
pub use self::under_way::{Enrolling, Stage, lookup};
