//! How much a form may hold.

/// Bytes of a whole form: a password of 1,024 characters, percent-encoded, and the fields around it.
pub const LONGEST_FORM: usize = 48 * 1024;
