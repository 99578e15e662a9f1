//! The attacks of RFC 9700 section 4, each under the number of its section.

mod codes;
mod journeys;
mod pages;
mod refresh;
mod tokens;
