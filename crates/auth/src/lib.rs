//! The use cases of a patient, one function each: sign in, enrol, recover, rotate, keep passkeys, hand over to a
//! site, sign out.

pub mod arrival;
mod awaited;
pub mod browser;
pub mod consents;
pub mod device;
pub mod enrolment;
pub mod hand_over;
pub mod hold;
pub mod passkey_sign_in;
pub mod passkeys;
pub mod profile;
pub mod provider;
pub mod recover;
pub mod recovery;
pub mod rotate;
pub mod second_click;
pub mod session;
pub mod sign_in;
pub mod step_up;
pub mod suitability;
pub mod under_way;
