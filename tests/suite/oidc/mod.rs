//! A lab signs its people in for others.

mod flow;
