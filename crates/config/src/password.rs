//! `[password]`: what a password costs to check, and how many are checked at once.

use std::time::Duration;

use serde::Deserialize;

use super::Problems;

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Password {
    pub memory_kib: u32,
    pub iterations: u32,
    pub parallelism: u32,
    /// Hashes computed at once; 0 means one per core. Each holds `memory_kib` for good.
    pub threads: usize,
    /// Longest time a sign-in waits for its turn before it is told to come back.
    pub queue_wait_seconds: u64,
}

impl Default for Password {
    fn default() -> Self {
        Self {
            memory_kib: 65_536,
            iterations: 3,
            parallelism: 4,
            threads: 0,
            queue_wait_seconds: 15,
        }
    }
}

/// The least we start with: OWASP's minimum and the two it calls equivalent.
const FLOORS: [(u32, u32); 3] = [(46 * 1024, 1), (19 * 1024, 2), (12 * 1024, 3)];

impl Password {
    pub fn queue_wait(&self) -> Duration {
        Duration::from_secs(self.queue_wait_seconds)
    }

    pub(super) fn check(&self, problems: &mut Problems) {
        let above = |(memory, iterations)| self.memory_kib >= memory && self.iterations >= iterations;
        if self.parallelism == 0 || !FLOORS.into_iter().any(above) {
            problems.add(
                "[password] memory_kib, iterations, parallelism",
                format!(
                    "{}/{}/{} makes guessing too cheap",
                    self.memory_kib, self.iterations, self.parallelism
                ),
                "use at least 19456/2/1, 47104/1/1 or 12288/3/1; the default is 65536/3/4",
            );
        }
        if self.memory_kib > 4 * 1024 * 1024 || self.parallelism > 64 || self.iterations > 100 {
            problems.add(
                "[password] memory_kib, iterations, parallelism",
                "more than a server can afford",
                "stay under 4194304/100/64",
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn accepted(memory_kib: u32, iterations: u32, parallelism: u32) -> bool {
        let mut problems = Problems::default();
        Password {
            memory_kib,
            iterations,
            parallelism,
            ..Password::default()
        }
        .check(&mut problems);
        problems.into_result().is_ok()
    }

    #[test]
    fn r16_the_floor_is_refused_from_below_and_accepted_at_its_edge() {
        for (memory, iterations) in [(19_456, 2), (47_104, 1), (12_288, 3), (65_536, 3)] {
            assert!(accepted(memory, iterations, 1), "{memory}/{iterations}");
        }
        for (memory, iterations) in [(19_455, 2), (47_103, 1), (12_287, 3), (8_192, 9)] {
            assert!(!accepted(memory, iterations, 1), "{memory}/{iterations}");
        }
        assert!(!accepted(65_536, 3, 0));
    }
}
