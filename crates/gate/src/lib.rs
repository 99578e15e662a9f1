//! The gate: may this request reach the LIS, and what does the LIS get to see of it?
//!
//! Everything here is a pure function of its arguments; `web::proxy` does the reading and writing. A request passes
//! through four hands: [`request`] reads its URL into the one form that all parsers agree on, [`decision`] compares it
//! with the site's rules, [`headers`] strips and adds, [`assertion`] says who asks.

#![warn(missing_docs)]

pub mod assertion;
pub mod body;
pub mod cookies;
pub mod decision;
pub mod explain;
pub mod headers;
pub mod learn;
mod names;
pub mod origin;
pub mod pattern;
mod pattern_problem;
pub mod question;
pub mod request;
pub mod response;
pub mod rules;
mod template;
mod text;
pub mod visitor;
