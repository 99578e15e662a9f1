//! Randomness as an argument: nothing outside this file asks the machine for random bytes.

use std::fmt;
use std::sync::Arc;

/// Gives random bytes that no one can predict.
pub trait Entropy: fmt::Debug + Send + Sync {
    /// Overwrites all of `bytes`. There is no error: a source that fails ends the process.
    fn fill(&self, bytes: &mut [u8]);
}

/// The source of a server: handed to all that draw from it.
pub type SharedEntropy = Arc<dyn Entropy>;

/// `N` bytes, drawn from `entropy`.
pub fn random<const N: usize>(entropy: &dyn Entropy) -> [u8; N] {
    let mut bytes = [0; N];
    entropy.fill(&mut bytes);
    bytes
}

/// The random bytes of the cryptographic library, seeded by the machine.
#[derive(Debug, Default)]
pub struct SystemEntropy;

impl Entropy for SystemEntropy {
    #[expect(clippy::disallowed_methods, reason = "the one place that asks for random bytes")]
    fn fill(&self, bytes: &mut [u8]) {
        if aws_lc_rs::rand::fill(bytes).is_err() {
            // A key or a code made of predictable bytes is worse than no server.
            std::process::abort();
        }
    }
}
