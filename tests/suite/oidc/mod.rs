//! A lab signs its people in for others.

mod fapi;
mod flow;
mod mutual_tls;
