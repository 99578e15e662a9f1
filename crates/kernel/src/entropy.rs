//! Randomness as an argument: nothing outside this file asks the machine for random bytes.

use std::fmt;
use std::sync::Arc;

pub trait Entropy: fmt::Debug + Send + Sync {
    fn fill(&self, bytes: &mut [u8]);
}

pub type SharedEntropy = Arc<dyn Entropy>;

pub fn random<const N: usize>(entropy: &dyn Entropy) -> [u8; N] {
    let mut bytes = [0; N];
    entropy.fill(&mut bytes);
    bytes
}

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
