//! A lab signs its people in for others.

mod attacks;
mod fapi;
mod flow;
mod logout;
mod mutual_tls;
mod requests;
mod tokens;
