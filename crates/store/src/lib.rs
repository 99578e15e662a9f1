//! All SQL, for two databases with one text. Nothing above this floor knows which one it talks to.

pub mod account;
pub mod audit;
mod columns;
pub mod db;
pub mod installation;
pub mod leak;
mod migrations;
pub mod oauth;
mod packed;
pub mod purge;
pub mod sign_in;
pub mod telling;

pub use db::{Db, StoreFault, Tx};
pub use migrations::names as migration_names;

/// What every room deletes once it is over.
pub fn purges() -> impl Iterator<Item = &'static purge::Purge> {
    sign_in::PURGES.iter().chain(oauth::PURGES)
}

/// # Errors
/// Nothing was deleted, once the transaction is dropped.
pub async fn delete_what_is_over(tx: &mut Tx, ends: purge::Ends) -> Result<(), StoreFault> {
    for purge in purges() {
        (purge.run)(tx, ends).await?;
    }
    Ok(())
}
