//! Who a person is, and the means by which they sign in.

pub mod accounts;
pub mod authenticators;
pub mod canaries;
pub mod conflicts;
pub mod invitations;
pub mod lab_codes;
pub mod legacy_passwords;
pub mod locked;
pub mod operator_networks;
pub mod operators;
pub mod passkeys;
pub mod passwords;
pub mod provider_links;
pub mod records;
pub mod recovery_codes;
pub mod shown_codes;
