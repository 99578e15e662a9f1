//! File descriptors: each connection takes two, and service managers give a process 1,024 unless it asks for more.

use rustix::process::{Resource, getrlimit, setrlimit};

/// Databases, the LIS, files.
const OTHERS: u64 = 512;

/// As many as the machine allows. Fewer than the connections need is not fatal: a connection that finds none waits.
pub fn raise(connections: usize) {
    let mut limit = getrlimit(Resource::Nofile);
    let needed = (connections as u64).saturating_mul(2).saturating_add(OTHERS);
    limit.current = match (limit.current, limit.maximum) {
        (Some(current), maximum) => Some(current.max(maximum.map_or(needed, |most| most.min(needed)))),
        (None, _) => None,
    };
    let (set, allowed) = (setrlimit(Resource::Nofile, limit), limit.current);
    if set.is_err() || allowed.is_some_and(|allowed| allowed < needed) {
        tracing::warn!(
            needed,
            "fewer file descriptors than max_connections needs: raise LimitNOFILE, or lower it"
        );
    }
}
