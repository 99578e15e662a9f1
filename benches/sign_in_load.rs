//! What a crowd of patients and a flood of strangers cost: `cargo bench --bench sign_in_load [-- sign-ins | flood]`.
//!
//! The server is a process of its own, so its CPU time and memory are what the kernel counts for it. The client shares
//! the machine's cores with it, so the CPU figures are the steady ones and the times are those of a busy machine.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    clippy::cast_precision_loss,
    reason = "a load program: it may stop at the first surprise, and its output is its purpose"
)]

mod support;

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::sync::{Arc, Barrier};
use std::time::Duration;

use argon2::{Algorithm, Argon2, Block, Params, Version};
use futures_util::future::join_all;
use vestibule::kernel::clock::Stopwatch;
use vestibule::kernel::entropy::{SystemEntropy, random};

use support::client::{Answer, Client, get, post};
use support::process::{Memory, Server, metric, own_cpu};
use support::{Installation, PASSWORD, Patient, median, mib, percentile};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const HASHES: &str = "vestibule_password_hashes_total";
const MEMORY_KIB: u32 = 65_536;
const ITERATIONS: u32 = 3;
const LANES: u32 = 4;

const CROWD: usize = 200;
const ROUNDS: usize = 3;
/// Bare hashes per thread before and after each round.
const BARE: usize = 24;

const FLOOD: usize = 20_000;
const FLOOD_CONNECTIONS: usize = 256;
const FLOOD_LASTS: Duration = Duration::from_secs(240);
const PATIENT_EVERY: Duration = Duration::from_secs(2);
const OFTEN_ENOUGH: &str = "[throttle]\nnetwork_per_minute = 4000000\nnetwork_burst = 4000000\nlab_per_minute = 4000000\n\
    all_labs_per_minute = 4000000";

fn main() {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let wanted: Vec<String> = std::env::args().skip(1).filter(|text| !text.starts_with('-')).collect();
    let asked = |name: &str| wanted.is_empty() || wanted.iter().any(|text| text == name);
    println!(
        "{} cores; Argon2id {MEMORY_KIB} KiB, {ITERATIONS} passes, {LANES} lanes; load average {}",
        threads(),
        std::fs::read_to_string("/proc/loadavg").unwrap_or_default().trim()
    );
    if asked("sign-ins") {
        runtime.block_on(sign_ins());
    }
    if asked("flood") {
        runtime.block_on(flood("every attempt evaluated (throttle raised)", OFTEN_ENOUGH, true));
        runtime.block_on(flood("the throttle as it is by default, one address", "", false));
    }
}

fn threads() -> usize {
    std::thread::available_parallelism().map_or(1, std::num::NonZeroUsize::get)
}

// The bare hash.

struct Bare {
    per_second: f64,
    cpu: f64,
}

/// As many threads as the server's pool has, nothing but hashes, each in memory that is reused; `wiped` after each, as
/// the server does.
fn bare(wiped: bool) -> Bare {
    let (threads, cpu) = (threads(), Cell::new(Duration::ZERO));
    let ready = Arc::new(Barrier::new(threads + 1));
    let workers: Vec<_> = (0..threads)
        .map(|_| {
            let ready = Arc::clone(&ready);
            std::thread::spawn(move || {
                let params = Params::new(MEMORY_KIB, ITERATIONS, LANES, Some(32)).unwrap();
                let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
                let mut memory = vec![Block::new(); MEMORY_KIB as usize];
                let mut output = [0; 32];
                ready.wait();
                for _ in 0..BARE {
                    argon2
                        .hash_password_into_with_memory(PASSWORD.as_bytes(), &[7; 16], &mut output, &mut memory)
                        .unwrap();
                    if wiped {
                        memory.fill(Block::new());
                    }
                }
                std::hint::black_box((output, memory));
            })
        })
        .collect();
    ready.wait();
    let (watch, before) = (Stopwatch::start(), own_cpu());
    for worker in workers {
        worker.join().unwrap();
    }
    cpu.set(own_cpu().saturating_sub(before));
    let hashes = (threads * BARE) as f64;
    Bare {
        per_second: hashes / watch.elapsed().as_secs_f64(),
        cpu: cpu.get().as_secs_f64() / hashes,
    }
}

// The crowd.

struct Crowd {
    answers: BTreeMap<&'static str, usize>,
    signed_in: usize,
    seconds: f64,
    server_cpu: f64,
    client_cpu: f64,
    times: Vec<Duration>,
}

async fn sign_ins() {
    println!("\n== {CROWD} right sign-ins at once, {ROUNDS} rounds, bare hashes between them");
    let installation = Installation::prepare(OFTEN_ENOUGH, 9);
    let patients = installation.seed(CROWD * ROUNDS).await;
    let server = Server::vestibule(&installation);
    let client = Client::new(&installation.ca_file(), installation.port);
    let base = server.memory();
    let pool = threads() as u64 * u64::from(MEMORY_KIB) * 1024;
    server.forget_peak();
    let (mut plain, mut wiped, mut rates, mut costs) = (vec![], vec![], vec![], vec![]);
    let mut measure_bare = || {
        let (one, other) = (bare(false), bare(true));
        println!(
            "bare hash           {:6.2}/s {:6.1} ms CPU each; wiped after each {:6.2}/s {:6.1} ms CPU",
            one.per_second,
            one.cpu * 1e3,
            other.per_second,
            other.cpu * 1e3
        );
        plain.push(one);
        wiped.push(other);
    };
    measure_bare();
    for crowd in patients.chunks(CROWD) {
        let mut crowd = together(&installation, &server, &client, crowd).await;
        let signed_in = crowd.signed_in as f64;
        let rate = signed_in / crowd.seconds;
        let cost = crowd.server_cpu / signed_in;
        println!(
            "sign-ins            {rate:6.2}/s {:6.1} ms CPU each; {:?}; p50 {:.2?} p99 {:.2?}; client {:.1} ms CPU each",
            cost * 1e3,
            crowd.answers,
            percentile(&mut crowd.times, 50),
            percentile(&mut crowd.times, 99),
            crowd.client_cpu / signed_in * 1e3,
        );
        rates.push(rate);
        costs.push(cost);
        measure_bare();
    }
    let after = server.memory();
    let middle = |of: &[Bare], by: fn(&Bare) -> f64| median(&mut of.iter().map(by).collect::<Vec<_>>());
    let (rate, cost) = (median(&mut rates), median(&mut costs));
    for (name, of) in [("bare hash", &plain), ("bare hash, wiped", &wiped)] {
        println!(
            "throughput against {name}: {:.3} of its rate by the clock, {:.3} by CPU time (medians; goal 0.95)",
            rate / middle(of, |bare| bare.per_second),
            middle(of, |bare| bare.cpu) / cost,
        );
    }
    report_memory(base.now, pool, after);
}

fn report_memory(base: u64, pool: u64, after: Memory) {
    let limit = base + (64 << 20);
    println!(
        "resident memory: {:.1} MiB ready (of which the pool {:.0}), peak {:.1}, after {:.1}; goal: peak under {:.1}: {}",
        mib(base),
        mib(pool),
        mib(after.peak),
        mib(after.now),
        mib(limit),
        verdict(after.peak < limit)
    );
}

/// Connections and forms are prepared first; then all post at once.
async fn together(installation: &Installation, server: &Server, client: &Client, patients: &[Patient]) -> Crowd {
    let host = installation.portal_host();
    let host = host.as_str();
    let prepared = patients.iter().enumerate().map(async |(number, patient)| {
        let mut connection = client.connect().await.unwrap();
        let form = connection.exchange(&get(host, "/login", "")).await.unwrap();
        let browser = form.cookie("__Host-vst_browser").unwrap().to_owned();
        let csrf = form.field("csrf").unwrap().to_owned();
        let address = format!("203.0.113.{}", number % 250);
        let code = patient.code();
        let fields = [
            ("identifier", patient.identifier.as_str()),
            ("password", PASSWORD),
            ("code", &code),
            ("csrf", &csrf),
        ];
        (connection, post(host, "/login", &browser, &address, &fields))
    });
    let prepared = join_all(prepared).await;
    let (watch, server_before, client_before) = (Stopwatch::start(), server.cpu(), own_cpu());
    let answered = prepared.into_iter().map(async |(mut connection, request)| {
        let answer = connection.exchange(&request).await;
        (answer.ok(), watch.elapsed())
    });
    let answered = join_all(answered).await;
    let seconds = watch.elapsed().as_secs_f64();
    let mut answers = BTreeMap::new();
    for (answer, _) in &answered {
        *answers.entry(kind(answer.as_ref())).or_insert(0) += 1;
    }
    Crowd {
        signed_in: answers.get("303").copied().unwrap_or(0),
        answers,
        seconds,
        server_cpu: (server.cpu() - server_before).as_secs_f64(),
        client_cpu: (own_cpu() - client_before).as_secs_f64(),
        times: answered.into_iter().map(|(_, time)| time).collect(),
    }
}

fn kind(answer: Option<&Answer>) -> &'static str {
    let Some(answer) = answer else { return "broken off" };
    match (answer.status, answer.header("retry-after").is_some()) {
        (303, _) => "303",
        (401, _) => "401",
        (403, _) => "403",
        (429, true) => "429 with Retry-After",
        (503, true) => "503 with Retry-After",
        (503, false) => "503 without Retry-After",
        _ => "other",
    }
}

// The flood.

struct Flood<'a> {
    installation: &'a Installation,
    client: &'a Client,
    targets: &'a [Patient],
    /// Each request from another network, or all from one.
    spread: bool,
    browser: String,
    csrf: String,
    sent: Cell<usize>,
    over: Cell<bool>,
    answers: RefCell<BTreeMap<&'static str, usize>>,
    watch: Stopwatch,
}

async fn flood(title: &str, extra: &str, spread: bool) {
    println!("\n== {FLOOD} wrong codes over {FLOOD_CONNECTIONS} connections: {title}");
    let installation = Installation::prepare(extra, 9);
    let patients = installation.seed(CROWD + 120).await;
    let (targets, honest) = patients.split_at(CROWD);
    let server = Server::vestibule(&installation);
    let client = Client::new(&installation.ca_file(), installation.port);
    let mut connection = client.connect().await.unwrap();
    let host = installation.portal_host();
    let form = connection.exchange(&get(&host, "/login", "")).await.unwrap();
    let (browser, csrf) = (form.cookie("__Host-vst_browser").unwrap(), form.field("csrf").unwrap());
    let before = server.memory();
    let hashes = metric(installation.internal, HASHES);
    server.forget_peak();
    let flood = Flood {
        installation: &installation,
        client: &client,
        targets,
        spread,
        browser: browser.to_owned(),
        csrf: csrf.to_owned(),
        sent: Cell::new(0),
        over: Cell::new(false),
        answers: RefCell::default(),
        watch: Stopwatch::start(),
    };
    let cpu = server.cpu();
    let strangers = async {
        join_all((0..FLOOD_CONNECTIONS).map(|_| flood.stranger())).await;
        flood.over.set(true);
    };
    let ((), patient) = futures_util::join!(strangers, flood.patient(honest));
    let seconds = flood.watch.elapsed().as_secs_f64();
    let cpu = (server.cpu() - cpu).as_secs_f64();
    let hashes = metric(installation.internal, HASHES) - hashes;
    let after = server.memory();
    report(&flood, patient, &Totals { seconds, cpu, hashes });
    let grown = after.peak.saturating_sub(before.now);
    println!(
        "resident memory: {:.1} MiB before, peak {:.1}, after {:.1}: grew by {:.1} at most (goal under 64: {})",
        mib(before.now),
        mib(after.peak),
        mib(after.now),
        mib(grown),
        verdict(grown < 64 << 20)
    );
}

struct Totals {
    seconds: f64,
    cpu: f64,
    hashes: u64,
}

fn report(flood: &Flood<'_>, mut patient: Vec<(&'static str, Duration)>, totals: &Totals) {
    let answers = flood.answers.borrow();
    let (count, signed_in) = (
        answers.values().sum::<usize>(),
        patient.iter().filter(|(kind, _)| *kind == "303").count(),
    );
    println!(
        "{count} answered in {:.1} s ({:.0}/s), server CPU {:.2} ms each, the patient's hashes included: {answers:?}",
        totals.seconds,
        count as f64 / totals.seconds,
        totals.cpu / count as f64 * 1e3
    );
    println!(
        "Argon2 computations: {} in all, {signed_in} of them the patient's, so {} for the flood (goal 0: {})",
        totals.hashes,
        totals.hashes.saturating_sub(signed_in as u64),
        verdict(totals.hashes == signed_in as u64)
    );
    let mut kinds = BTreeMap::new();
    for (kind, _) in &patient {
        *kinds.entry(*kind).or_insert(0) += 1;
    }
    patient.retain(|(kind, _)| *kind == "303");
    let mut times: Vec<Duration> = patient.into_iter().map(|(_, time)| time).collect();
    println!(
        "a patient meanwhile: {kinds:?}; p50 {:.0?}, worst {:.0?}",
        percentile(&mut times, 50),
        percentile(&mut times, 100)
    );
}

impl Flood<'_> {
    /// Sends one wrong code after the other, until all are sent or the time is over.
    async fn stranger(&self) {
        let mut connection = None;
        while self.watch.elapsed() < FLOOD_LASTS {
            let number = self.sent.get();
            if number == FLOOD {
                return;
            }
            self.sent.set(number + 1);
            let request = self.wrong(number);
            let mut open = match connection.take() {
                Some(open) => open,
                None => self.client.connect().await.unwrap(),
            };
            let answer = open.exchange(&request).await.ok();
            let kind = kind(answer.as_ref());
            *self.answers.borrow_mut().entry(kind).or_insert(0) += 1;
            connection = answer.map(|_| open);
        }
    }

    /// In turn: an identifier that belongs to no one, and a patient's own with the right password.
    fn wrong(&self, number: usize) -> Vec<u8> {
        let nobody = format!("P-{:x}", u64::from_ne_bytes(random::<8>(&SystemEntropy)));
        let target = &self.targets[number / 2 % self.targets.len()];
        let (identifier, code) = match number % 2 {
            0 => (nobody.as_str(), "000000".to_owned()),
            _ => (target.identifier.as_str(), target.wrong_code()),
        };
        let network = if self.spread { number } else { 0 };
        self.form(
            &format!("2001:db8:{:x}:{:x}::1", network >> 16, network & 0xffff),
            identifier,
            &code,
        )
    }

    fn form(&self, address: &str, identifier: &str, code: &str) -> Vec<u8> {
        let fields = [
            ("identifier", identifier),
            ("password", PASSWORD),
            ("code", code),
            ("csrf", &self.csrf),
        ];
        post(
            &self.installation.portal_host(),
            "/login",
            &self.browser,
            address,
            &fields,
        )
    }

    /// Signs in now and then from an address of their own, on a new connection each time; tells how long the form took.
    async fn patient(&self, patients: &[Patient]) -> Vec<(&'static str, Duration)> {
        let mut told = Vec::new();
        for patient in patients {
            tokio::time::sleep(PATIENT_EVERY.min(Duration::from_millis(200 + 100 * told.len() as u64))).await;
            if self.over.get() {
                break;
            }
            let mut connection = self.client.connect().await.unwrap();
            let request = self.form("203.0.113.7", &patient.identifier, &patient.code());
            let watch = Stopwatch::start();
            let answer = connection.exchange(&request).await.ok();
            told.push((kind(answer.as_ref()), watch.elapsed()));
        }
        told
    }
}

fn verdict(met: bool) -> &'static str {
    if met { "met" } else { "MISSED" }
}
