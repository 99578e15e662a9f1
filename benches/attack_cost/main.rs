//! What an attack costs the one who is attacked: `cargo bench --bench attack_cost [-- vestibule | glewlwyd |
//! lemonldap]`.
//!
//! For each server: processor time of a refused sign-in, and how long a person's own sign-in takes while 500 wrong ones
//! a second arrive. All speak TLS on loopback, keep their accounts in SQLite, and are configured as they come, but for
//! paths, ports and what is said where they are started. Servers that are not installed are left out, aloud.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stdout,
    clippy::cast_precision_loss,
    reason = "a load program: it may stop at the first surprise, and its output is its purpose"
)]

mod attack;
mod glewlwyd;
mod lemonldap;
mod peer;
#[path = "../support/mod.rs"]
mod support;
mod vestibule_itself;

use std::time::Duration;

use attack::{Crowd, Figures};
use glewlwyd::Glewlwyd;
use lemonldap::LemonLdap;
use peer::Peer;
use support::percentile;
use vestibule_itself::{Scene, VestibuleItself};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() {
    let wanted: Vec<String> = std::env::args().skip(1).filter(|text| !text.starts_with('-')).collect();
    let asked = |name: &str| wanted.is_empty() || wanted.iter().any(|text| text == name);
    let loads = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
    println!("load average {}", loads.trim());
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        let mut all = Vec::new();
        if asked("vestibule") {
            for scene in [Scene::ManyNetworks, Scene::ManyNetworksNewDevices, Scene::OneAddress] {
                all.push(measure(VestibuleItself::start(scene).await).await);
            }
        }
        if asked("glewlwyd") {
            match Glewlwyd::start().await {
                Ok(peer) => all.push(measure(peer).await),
                Err(missing) => println!("\nglewlwyd is left out: {missing}"),
            }
        }
        if asked("lemonldap") {
            match LemonLdap::start().await {
                Ok(peer) => all.push(measure(peer).await),
                Err(missing) => println!("\nlemonldap-ng is left out: {missing}"),
            }
        }
        table(&mut all);
    });
}

async fn measure(peer: impl Peer + 'static) -> Figures {
    println!("\n== {}", peer.name());
    println!("{}", peer.note());
    attack::measure(peer).await
}

fn table(all: &mut [Figures]) {
    println!(
        "\n| | CPU per refusal, account known | unknown | a person alone, p50 | worst | in the flood, p50 | p99 | signed in |"
    );
    println!("|---|---|---|---|---|---|---|---|");
    for figures in all {
        let Crowd { times, begun } = &mut figures.in_flood;
        println!(
            "| {} | {:.2} ms | {:.2} ms | {} | {} | {} | {} | {} of {begun} |",
            figures.name,
            figures.known_cpu * 1e3,
            figures.unknown_cpu * 1e3,
            shown(percentile(&mut figures.alone.times, 50)),
            shown(percentile(&mut figures.alone.times, 100)),
            // People who were not let in count as slower than anyone who was.
            of_all(times, *begun, 50),
            of_all(times, *begun, 99),
            times.len(),
        );
    }
}

fn of_all(times: &[Duration], begun: usize, hundredth: usize) -> String {
    let mut all = times.to_vec();
    all.resize(begun, Duration::MAX);
    shown(percentile(&mut all, hundredth))
}

fn shown(time: Duration) -> String {
    if time == Duration::MAX {
        return "not let in".to_owned();
    }
    format!("{:.2} s", time.as_secs_f64())
}
