//! What the product is about: types, transitions and policy, without async, SQL, HTTP or environment.

pub mod record;
