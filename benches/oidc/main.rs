//! What the OIDC provider costs: `cargo bench --bench oidc [-- tokens | documents | memory] [rounds=7] [logins=100000]`.
//!
//! `tokens`: processor time of a token that a client gets for itself, beside npm's oidc-provider and Glewlwyd, all over
//! kept TLS connections, with ES256 and with RS256. `documents`: of the discovery document and the keys, against nginx
//! that serves the same bytes as files. `memory`: what stays resident while many people sign in and clients refresh.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stdout,
    clippy::cast_precision_loss,
    reason = "a load program: it may stop at the first surprise, and its output is its purpose"
)]

mod clients;
mod documents;
mod glewlwyd;
mod memory;
mod oidc_provider;
#[path = "../support/mod.rs"]
mod support;
mod tokens;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const ROUNDS: usize = 7;
const LOGINS: usize = 100_000;
/// So that one address may ask as often as it can.
const UNTHROTTLED: &str = "[throttle]\nnetwork_per_minute = 40000000\nnetwork_burst = 40000000\n\
    lab_per_minute = 40000000\nall_labs_per_minute = 40000000\n[siege]\nenabled = false\n";

fn main() {
    let wanted: Vec<String> = std::env::args().skip(1).filter(|text| !text.starts_with('-')).collect();
    let asked = |name: &str| {
        let parts = ["tokens", "documents", "memory"];
        let named = |text: &String| parts.contains(&text.as_str());
        !wanted.iter().any(named) || wanted.iter().any(|text| text == name)
    };
    let number = |name: &str, default: usize| {
        let given = wanted
            .iter()
            .find_map(|text| text.strip_prefix(name)?.strip_prefix('='));
        given.map_or(default, |text| text.parse().unwrap())
    };
    let rounds = number("rounds", ROUNDS);
    println!(
        "load average {}",
        std::fs::read_to_string("/proc/loadavg").unwrap_or_default().trim()
    );
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    if asked("tokens") {
        runtime.block_on(tokens::measure(rounds));
    }
    if asked("documents") {
        runtime.block_on(documents::measure(rounds));
    }
    if asked("memory") {
        runtime.block_on(memory::measure(number("logins", LOGINS)));
    }
}
