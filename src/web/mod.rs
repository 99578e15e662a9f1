//! What people see and what programs call over HTTP.

pub mod pages;
