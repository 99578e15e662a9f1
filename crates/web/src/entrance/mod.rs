//! Coming in, for patients and operators alike: sign-in, enrolment, rotation, passkeys, sign-out. The address says
//! which of the two it is (`Context::door`), and with it the realm, the cookies and the pages to continue with.

pub mod activate;
mod again;
pub mod login;
pub mod logout;
pub mod passkey;
pub mod passkeys;
pub mod provider;
pub mod recovery_codes;
pub mod rotate;
pub mod signed_in;
pub mod stay;
pub mod under_way;
