//! From a leaked list to everyone on it being safe: `cargo bench --bench leak_campaign [-- campaign | kills] [sqlite |
//! postgres]`. Accounts and rows by LEAK_ACCOUNTS and LEAK_ROWS; sixty of a hundred rows are accounts.
//!
//! `campaign` times each part beside the `csv` crate on the same file; `kills` ends `vestibule leak import --apply`
//! with SIGKILL at ten random moments and compares what is in the database in the end. Filling, work and comparing are
//! processes of their own, so that memory and processor time are those of the work.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stdout,
    clippy::print_stderr,
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    reason = "a load program: it may stop at the first surprise, and its output is its purpose"
)]

mod campaign;
mod fill;
mod kills;
mod place;
#[allow(dead_code, reason = "the tests use more of it")]
#[path = "../../tests/suite/support/postgres.rs"]
mod postgres;
#[allow(dead_code, reason = "the tests use more of it")]
#[path = "../../tests/suite/support/programs.rs"]
mod programs;
#[path = "../support/mod.rs"]
mod support;

use std::path::PathBuf;

use mimalloc::MiMalloc;
use vestibule::leak::dump::generate::{Options, generate};

use place::Place;
use zeroizing_alloc::ZeroAlloc;

#[global_allocator]
static ALLOCATOR: ZeroAlloc<MiMalloc> = ZeroAlloc(MiMalloc);

/// Set in the processes that this program starts of itself.
const STEP: &str = "LEAK_BENCH_STEP";
const LAB: &str = "port";

fn main() {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .unwrap();
    match std::env::var_os(STEP).as_ref().and_then(|step| step.to_str()) {
        Some("fill") => return runtime.block_on(fill::fill(accounts())),
        Some("campaign") => return runtime.block_on(campaign::measure()),
        Some("digest") => return runtime.block_on(kills::print_digests()),
        Some("look") => return runtime.block_on(kills::print_phase()),
        _ => {}
    }
    let wanted: Vec<String> = std::env::args().skip(1).filter(|text| !text.starts_with('-')).collect();
    let asked =
        |name: &str, other: &str| !wanted.iter().any(|text| text == other) || wanted.iter().any(|text| text == name);
    println!(
        "{} accounts, {} rows of 60 fields; load average {}",
        accounts(),
        rows(),
        std::fs::read_to_string("/proc/loadavg").unwrap_or_default().trim()
    );
    for postgres in [false, true] {
        let (name, other) = if postgres {
            ("postgres", "sqlite")
        } else {
            ("sqlite", "postgres")
        };
        if !asked(name, other) {
            continue;
        }
        println!("\n{name}");
        let Some(place) = runtime.block_on(Place::prepare(postgres)) else {
            continue;
        };
        let list = list(&place);
        print!("{}", place.step("fill", &list));
        if asked("kills", "campaign") {
            runtime.block_on(kills::run(&place, &list));
        }
        if asked("campaign", "kills") {
            print!("{}", place.step("campaign", &list));
        }
    }
}

fn list(place: &Place) -> PathBuf {
    let file = place.folder().join("list.csv");
    let options = Options {
        rows: rows(),
        fields: 60,
        layout: "csv".parse().unwrap(),
        ..Options::default()
    };
    generate(&options, &file, &mut |_| {}).unwrap();
    file
}

fn accounts() -> u64 {
    number("LEAK_ACCOUNTS", 500_000)
}

fn rows() -> u64 {
    number("LEAK_ROWS", 491_840)
}

fn number(name: &str, default: u64) -> u64 {
    let text = std::env::var_os(name);
    text.and_then(|text| text.to_str()?.parse().ok()).unwrap_or(default)
}
