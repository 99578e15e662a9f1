//! Whether the time of an answer tells what an answer must not tell: `cargo bench --bench enumeration [-- login |
//! recover | activate | unhashed | unfloored] [samples=2000]`.
//!
//! Kinds of senders are interleaved by chance over a few connections, each request from a network of its own and, but
//! for those who are told to wait, about an account of its own. Welch's t between pairs of kinds, for the first byte,
//! the last, and the first without the slowest tenth (what a busy machine adds would hide a small difference). `login`,
//! `recover` and `activate` fail with exit code 1 where |t| reaches 4.5. `unfloored` is information: the same server
//! without the floor of refusals, so that its own work can be seen. `unhashed` is `login` without the one kind that makes
//! the server hash: on a busy machine the floor rises for hashes, and then the others are compared less finely.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stdout,
    clippy::cast_precision_loss,
    reason = "a load program: it may stop at the first surprise, and its output is its purpose"
)]

mod kinds;
mod run;
mod statistics;
#[path = "../support/mod.rs"]
mod support;

use std::path::Path;
use std::process::{Command, ExitCode};
use std::sync::Arc;

use actix_web::rt::System;
use vestibule::admin::installation;
use vestibule::config::Config;
use vestibule::kernel::clock::SystemClock;
use vestibule::kernel::entropy::SystemEntropy;
use vestibule::server;

use kinds::{Form, HASHED, Kind};
use run::{Run, Samples};
use statistics::Moments;
use support::Installation;
use support::client::Client;
use support::process::Server;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const SAMPLES: usize = 2_000;
/// Of the samples without a floor, which are information only.
const UNFLOORED: usize = 500;
const LIMIT: f64 = 4.5;
/// First argument of the process that serves without a floor.
const SERVE: &str = "serve-unfloored";

/// So that only accounts are counted, and codes are evaluated: under siege one code alone is not.
const CONFIG: &str = "[throttle]\nnetwork_per_minute = 4000000\nnetwork_burst = 4000000\nlab_per_minute = 4000000\n\
    all_labs_per_minute = 4000000\n[siege]\nenabled = false";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|text| text != "--bench").collect();
    if let [first, config] = arguments.as_slice()
        && first == SERVE
    {
        serve_unfloored(Path::new(config));
        return ExitCode::SUCCESS;
    }
    let given = arguments.iter().find_map(|text| text.strip_prefix("samples="));
    let samples = given.map_or(SAMPLES, |text| text.parse().unwrap());
    let asked: Vec<&str> = arguments
        .iter()
        .map(String::as_str)
        .filter(|text| !text.contains('='))
        .collect();
    let wanted = |name: &str| asked.is_empty() || asked.contains(&name);
    println!("load average {}", loads());
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let mut failed = Vec::new();
    for form in Form::ALL {
        if wanted(form.name()) {
            failed.extend(runtime.block_on(measure(form, samples, Mode::Whole)));
        }
    }
    if wanted("unhashed") {
        failed.extend(runtime.block_on(measure(Form::Login, samples, Mode::Unhashed)));
    }
    for form in Form::ALL {
        if wanted("unfloored") {
            runtime.block_on(measure(form, samples.min(UNFLOORED), Mode::Unfloored));
        }
    }
    if failed.is_empty() {
        println!("\nload average {}; nothing was told", loads());
        return ExitCode::SUCCESS;
    }
    println!("\nload average {}; TOLD BY TIME: {}", loads(), failed.join("; "));
    ExitCode::FAILURE
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Mode {
    Whole,
    Unhashed,
    Unfloored,
}

fn loads() -> String {
    let text = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
    text.split(' ').take(3).collect::<Vec<_>>().join(" ")
}

/// As `vestibule serve`, until it is ended; refusals leave as soon as they are written.
fn serve_unfloored(config: &Path) {
    System::new().block_on(async {
        let mut config = Config::load(config).unwrap();
        config.sign_in.refusal_floor_ms = 0;
        let core = installation::open(config, Arc::new(SystemClock), Arc::new(SystemEntropy));
        let _running = server::start(core.await.unwrap()).unwrap();
        std::future::pending::<()>().await;
    });
}

/// The pairs that failed; none without a floor, where differences are expected.
async fn measure(form: Form, samples: usize, mode: Mode) -> Vec<String> {
    let installation = Installation::prepare(CONFIG, 9);
    let floored = mode != Mode::Unfloored;
    let mut kinds = form.kinds(&installation, samples).await;
    kinds.retain(|kind| mode != Mode::Unhashed || kind.name != HASHED);
    let floor = installation.config().sign_in.refusal_floor_ms;
    let floor = if floored { floor } else { 0 };
    println!(
        "\n== {}: {} kinds of sender, {samples} samples each, floor {floor} ms{}",
        form.path(),
        kinds.len(),
        if floored {
            ""
        } else {
            " (information: the server's own work)"
        }
    );
    let server = if floored {
        Server::vestibule(&installation)
    } else {
        let mut command = Command::new(std::env::current_exe().unwrap());
        command.arg(SERVE).arg(installation.config_file());
        Server::ready(command, &installation)
    };
    let client = Client::new(&installation.ca_file(), installation.port);
    // Without a floor, one request must not wait for another's transaction.
    let connections = if floored { run::CONNECTIONS } else { 1 };
    let done = Run::new(form, &installation, &client, &kinds).go(connections).await;
    drop(server);
    report(&kinds, &done);
    let pairs = form.pairs().iter();
    let pairs = pairs.filter(|(one, _)| mode != Mode::Unhashed || *one != HASHED);
    let told: Vec<String> = pairs.filter_map(|pair| compare(&kinds, &done, *pair)).collect();
    if floored {
        return told.into_iter().chain(run::oddities(form, &done)).collect();
    }
    Vec::new()
}

fn report(kinds: &[Kind], done: &run::Done) {
    println!(
        "{:34} {:>5} {:>22} {:>22}",
        "sender", "n", "first byte, ms (sd)", "last byte, ms (sd)"
    );
    for (kind, samples) in kinds.iter().zip(&done.samples) {
        let (first, last) = (Moments::of(&samples.first_byte), Moments::of(&samples.whole));
        println!(
            "{:34} {:>5} {:>22} {:>22}",
            kind.name,
            samples.whole.len(),
            first.to_string(),
            last.to_string()
        );
    }
    println!(
        "sizes of the answers, in bytes: {:?}; other answers: {:?}",
        done.sizes, done.odd
    );
}

/// Prints a pair; its name if it can be told apart.
fn compare(kinds: &[Kind], done: &run::Done, (one, other): (&str, &str)) -> Option<String> {
    let samples = |name: &str| -> &Samples {
        let index = kinds.iter().position(|kind| kind.name == name);
        &done.samples[index.unwrap_or_else(|| panic!("no kind is named {name}"))]
    };
    let (a, b) = (samples(one), samples(other));
    let first = statistics::welch(&a.first_byte, &b.first_byte);
    let whole = statistics::welch(&a.whole, &b.whole);
    let cropped = statistics::welch_cropped(&a.first_byte, &b.first_byte);
    let equal = [first, whole, cropped].iter().all(|t| t.abs() < LIMIT);
    let difference = Moments::of(&a.first_byte).mean - Moments::of(&b.first_byte).mean;
    println!(
        "{:70} {:>+9.0} µs  t first {first:>+7.2}  last {whole:>+7.2}  cropped {cropped:>+7.2}  {}",
        format!("{one} / {other}"),
        difference * 1e6,
        if equal { "equal" } else { "DIFFERENT" }
    );
    (!equal).then(|| format!("{one} / {other}"))
}
