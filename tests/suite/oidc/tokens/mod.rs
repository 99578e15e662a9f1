//! What clients' servers ask for, and what they get.

mod algorithms;
mod assurance;
mod authentication;
mod endings;
mod errors;
mod introspection;
mod subjects;
mod userinfo;
