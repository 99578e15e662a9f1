//! Which format of corpus files this version writes, and the newest that it reads.

pub const VERSION: u32 = 1;
