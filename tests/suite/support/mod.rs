//! What the tests stand on: a whole server, browsers, and real programs of the system, started and stopped by the tests
//! themselves.

pub mod app;
pub mod browser;
pub mod command;
pub mod databases;
pub mod demo;
pub mod dpop;
pub mod hook;
pub mod log;
pub mod oathtool;
pub mod oidc;
pub mod operator;
pub mod passkey;
pub mod patient;
pub mod postgres;
pub mod programs;
pub mod raw;
pub mod relying_party;
pub mod smtp;
pub mod wait;
