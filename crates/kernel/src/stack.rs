//! What the allocator's wiping cannot reach: frames of calls that have returned.

/// More than any of our calls takes.
const DEPTH: usize = 512 << 10;

/// Overwrites what earlier calls left on this thread's stack beyond the present frame. For after work on passwords of a
/// whole list; called from as few frames as can be.
#[inline(never)]
pub fn wipe() {
    let mut beyond = [0_u8; DEPTH];
    std::hint::black_box(&mut beyond);
}
