//! The pages that patients see: plain data in, HTML out. No HTTP types here; the handler of a request picks the page,
//! fills it and calls [`askama::Template::render`].
//!
//! Pages hold no inline style, script or event handler, work without JavaScript, and take every word from Fluent.

pub mod account;
pub mod activate_start;
pub mod again;
pub mod alert;
pub mod asset;
pub mod choose_password;
pub mod chrome;
pub mod clients;
pub mod desk;
pub mod door;
pub mod enrol_totp;
pub mod error_page;
pub mod held;
pub mod invite;
pub mod login;
pub mod passkey_sign_in;
pub mod passkeys;
pub mod passkeys_new;
pub mod provider;
pub mod providers;
pub mod qr;
pub mod recover;
pub mod recovery_codes;
pub mod signed_out;
pub mod stay;

#[cfg(test)]
mod contrast;
#[cfg(test)]
mod html_check;
#[cfg(test)]
mod samples;
#[cfg(test)]
mod tests;

pub use account::{Account, DeviceLine, ServiceLine, SessionLine, SiteLink};
pub use activate_start::{ActivateError, ActivateStart};
pub use again::{Again, AgainError, Purpose};
pub use alert::Alert;
pub use asset::{Asset, asset};
pub use choose_password::{ChoosePassword, PasswordError};
pub use chrome::{Chrome, Step};
pub use clients::{AskSignOut, ClaimLine, Consent, FormPost, OauthErrorPage, claim_label};
pub use door::{DESK, Door, PORTAL};
pub use enrol_totp::{EnrolError, EnrolTotp};
pub use error_page::{ErrorKind, ErrorPage};
pub use held::Held;
pub use invite::Invite;
pub use login::{Login, LoginError};
pub use passkey_sign_in::PasskeySignIn;
pub use passkeys::{PasskeyLine, Passkeys, PasskeysDone, PasskeysError};
pub use passkeys_new::NewPasskey;
pub use provider::{ProviderButton, ProviderCode, ProviderCodeError, ProviderGo, ProviderTrouble};
pub use providers::{LinkLine, Providers, ProvidersDone, ProvidersError};
pub use qr::{Qr, QrTooLong};
pub use recover::{Recover, RecoverError};
pub use recovery_codes::RecoveryCodes;
pub use signed_out::SignedOut;
pub use stay::Stay;
