//! What operators do: shared by the command line, the API and the desk. What an operator can fix is told as a
//! [`Problem`]: where, what, and what to do.

pub mod alerts;
pub mod clients;
pub mod corpus;
pub mod database;
pub mod doctor;
pub mod files;
pub mod installation;
pub mod keyring_file;
pub mod keyring_rotation;
pub mod lab_code;
pub mod labs;
pub mod operators;
pub mod patients;
pub mod reseal;
mod trouble;

pub use config::Problem;
pub use trouble::explain;
