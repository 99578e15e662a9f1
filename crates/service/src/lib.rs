//! What use cases share: screening of passwords, audit, the outbox, sieges, alerts and what they are counted from,
//! `Core`.

pub mod act;
pub mod alerts;
pub mod attempts;
pub mod audit;
pub mod canary;
pub mod core;
pub mod detector;
mod fault;
pub mod known_passwords;
pub mod outbox;
pub mod provider;
pub mod screening;
pub mod siege;
pub mod signing_keys;
pub mod standing;

pub use self::core::Core;
pub use self::fault::Fault;
// What the edge has to know of the store: that it failed, and how.
pub use store::StoreFault;
pub use store::installation::trouble::Trouble;
