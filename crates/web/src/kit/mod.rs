//! What every face needs of actix: who asks, at which host, in which language, and how an answer leaves.

pub mod admission;
pub mod answer;
pub mod app;
pub mod bearer;
mod client_address;
pub mod context;
pub mod cookies;
pub mod faces;
pub mod failure;
pub mod floor;
pub mod foreign_post;
pub mod limits;
pub mod misfit;
pub mod once;
pub mod posted;
pub mod posted_upload;
pub mod probes;
pub mod proof;
pub mod rebuff;
mod routes;
pub mod settlement;
pub mod slow_body;
pub mod strays;
pub mod wipe;

pub use answer::{go, see_other};
pub use app::App;
pub use context::Context;
pub use failure::Failure;
pub use foreign_post::ForeignPost;
pub use once::{Once, Opened, once};
pub use posted::{Button, Fields, Posted, Stale};
pub(crate) use routes::{call, page};
