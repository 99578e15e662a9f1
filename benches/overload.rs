//! Ten times more than the machine can take: `cargo bench --bench overload`.
//!
//! A steady trickle (pages through the gate, account pages, sign-ins from known devices, a few strangers' attempts, the
//! health probe) is timed alone, and again while strangers send wrong sign-ins at ten times the rate that this machine
//! evaluates. The flood is an open loop: it is sent by the clock, whether answers come or not. Client, LIS and server
//! share the cores, so what is measured is the server's share of a machine that is more than full.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    clippy::cast_sign_loss,
    reason = "a load program: it may stop at the first surprise, and its output is its purpose"
)]

mod support;

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::time::Duration;

use futures_util::future::{join_all, join5};
use vestibule::kernel::clock::Stopwatch;
use vestibule::kernel::entropy::{SystemEntropy, random};

use support::client::{Answer, Client, Connection, get, post};
use support::process::{Server, metric, own_cpu};
use support::{Installation, PASSWORD, Patient, RECORD, percentile};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Neither rates nor a siege: places alone have to carry it.
const UNTHROTTLED: &str = "[throttle]\nnetwork_per_minute = 40000000\nnetwork_burst = 40000000\n\
    lab_per_minute = 40000000\nall_labs_per_minute = 40000000\n[siege]\nenabled = false";
/// All from one network and not through a proxy, whose connections are treated otherwise.
const DIRECT: &str = "connections_per_network = 8000";
const FLOOD_CONNECTIONS: usize = 4_096;
const CAPACITY_CONNECTIONS: usize = 1_024;
/// The shortest there is, so that connections do not wait for their refusals instead of asking again.
const SHORT_FLOOR: &str = "\n[sign_in]\nrefusal_floor_ms = 100";
const CAPACITY_LASTS: Duration = Duration::from_secs(10);
/// Seconds.
const LATE: f64 = 0.1;
const TIMES_CAPACITY: f64 = 10.0;
const LASTS: Duration = Duration::from_secs(30);
/// Seconds for the trickle's connections, which are not timed.
const WARM: f64 = 5.0;
/// Until every connection of the flood has its TLS session.
const HANDSHAKES_LAST: Duration = Duration::from_secs(60);

/// What is sent all the time, and how often in a second.
const GATE: (&str, f64) = ("page through the gate", 40.0);
const ACCOUNT: (&str, f64) = ("account page", 10.0);
const KNOWN: (&str, f64) = ("sign-in, known device", 1.5);
const STRANGER: (&str, f64) = ("stranger's wrong sign-in", 10.0);
/// One may try 30 times a minute.
const DEVICES: usize = 8;
const HEALTH: (&str, f64) = ("health probe, internal", 10.0);

fn main() {
    let load = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
    println!("load average {}", load.trim());
    let capacity = alone(capacity());
    println!("\ncapacity: {capacity:.0} wrong sign-ins evaluated each second by a server that sheds none");
    overload(capacity * TIMES_CAPACITY);
}

fn alone<T>(work: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    runtime.unwrap().block_on(work)
}

// What the machine can take.

async fn capacity() -> f64 {
    let keys = format!("{DIRECT}\nstrangers_at_once = 100000");
    let installation = Installation::with_server_keys(&keys, &format!("{UNTHROTTLED}{SHORT_FLOOR}"), 9);
    let server = Server::vestibule(&installation);
    let strangers = Strangers::new(&installation).await;
    let mut connections = Vec::new();
    while connections.len() < CAPACITY_CONNECTIONS {
        let more = join_all((0..32).map(|_| strangers.connect())).await;
        connections.extend(more.into_iter().flatten());
    }
    let watch = Stopwatch::start();
    let loops = connections.into_iter().map(async |mut connection| {
        let mut evaluated = 0_u64;
        while watch.elapsed() < CAPACITY_LASTS {
            let Ok(answer) = connection.exchange(&strangers.wrong()).await else {
                break;
            };
            let in_time = watch.elapsed() < CAPACITY_LASTS;
            evaluated += u64::from(answer.status == 401 && in_time);
        }
        evaluated
    });
    let evaluated: u64 = join_all(loops).await.into_iter().sum();
    drop(server);
    evaluated as f64 / CAPACITY_LASTS.as_secs_f64()
}

// The strangers.

struct Strangers {
    client: Client,
    host: String,
    browser: String,
    csrf: String,
}

impl Strangers {
    async fn new(installation: &Installation) -> Self {
        let client = Client::new(&installation.ca_file(), installation.port);
        let host = installation.portal_host();
        let mut connection = client.connect().await.unwrap();
        let form = connection.exchange(&get(&host, "/login", "")).await.unwrap();
        Self {
            browser: form.cookie("__Host-vst_browser").unwrap().to_owned(),
            csrf: form.field("csrf").unwrap().to_owned(),
            client,
            host,
        }
    }

    /// With a first request behind it: one whose first header does not come is closed.
    async fn connect(&self) -> std::io::Result<Connection> {
        let mut connection = self.client.connect().await?;
        connection.exchange(&get(&self.host, "/healthz", "")).await?;
        Ok(connection)
    }

    /// On an identifier that belongs to no one, from an address of its own.
    fn wrong(&self) -> Vec<u8> {
        let number = u64::from_ne_bytes(random::<8>(&SystemEntropy));
        let fields = [
            ("identifier", format!("P-{number:x}")),
            ("password", PASSWORD.to_owned()),
            ("code", "000000".to_owned()),
            ("csrf", self.csrf.clone()),
        ];
        let fields = fields.each_ref().map(|(name, value)| (*name, value.as_str()));
        let address = format!("2001:db8:{:x}:{:x}::1", (number >> 16) & 0xffff, number & 0xffff);
        post(&self.host, "/login", &self.browser, &address, &fields)
    }
}

#[derive(Default)]
struct Flooded {
    sent: usize,
    /// After its turn by more than [`LATE`]: no connection was free, or this program had no processor.
    late: usize,
    answers: BTreeMap<&'static str, Vec<Duration>>,
    cpu: Duration,
}

/// By the clock: whichever connection is free takes the next turn.
fn flood(installation: &Installation, rate: f64, ready: &std::sync::Barrier) -> Flooded {
    alone(async {
        let strangers = Strangers::new(installation).await;
        let mut connections = Vec::new();
        let watch = Stopwatch::start();
        while connections.len() < FLOOD_CONNECTIONS && watch.elapsed() < HANDSHAKES_LAST {
            let more = join_all((0..32).map(|_| strangers.connect())).await;
            connections.extend(more.into_iter().flatten());
        }
        ready.wait();
        let (cpu, turn) = (own_cpu(), Cell::new(0_u32));
        let (watch, flooded) = (Stopwatch::start(), RefCell::new(Flooded::default()));
        let loops = connections.into_iter().map(async |mut connection| {
            loop {
                let due = f64::from(turn.replace(turn.get() + 1)) / rate;
                if due.max(watch.elapsed().as_secs_f64()) > WARM + LASTS.as_secs_f64() {
                    return;
                }
                until(watch, due).await;
                let asked = Stopwatch::start();
                flooded.borrow_mut().sent += 1;
                flooded.borrow_mut().late += usize::from(watch.elapsed().as_secs_f64() - due > LATE);
                let Ok(answer) = connection.exchange(&strangers.wrong()).await else {
                    flooded.borrow_mut().answers.entry("broken off").or_default();
                    return;
                };
                let mut flooded = flooded.borrow_mut();
                flooded.answers.entry(kind(&answer)).or_default().push(asked.elapsed());
            }
        });
        join_all(loops).await;
        let mut flooded = flooded.into_inner();
        flooded.cpu = own_cpu().saturating_sub(cpu);
        flooded
    })
}

async fn until(watch: Stopwatch, due: f64) {
    let due = Duration::from_secs_f64(due);
    tokio::time::sleep(due.saturating_sub(watch.elapsed())).await;
}

fn kind(answer: &Answer) -> &'static str {
    match (answer.status, answer.header("retry-after").is_some()) {
        (200, _) => "200",
        (303, _) => "303",
        (401, _) => "401",
        (429, true) => "429 with Retry-After",
        (503, true) => "503 with Retry-After",
        _ => "other",
    }
}

// The trickle.

/// Times of one kind, by answer.
type Times = BTreeMap<&'static str, Vec<Duration>>;

struct Trickle<'a> {
    installation: &'a Installation,
    strangers: Strangers,
    /// Cookies of a signed-in person, at the site and at the portal.
    site_cookies: String,
    portal_cookies: String,
    devices: RefCell<std::iter::Cycle<std::slice::Iter<'a, String>>>,
    known: RefCell<std::slice::Iter<'a, Patient>>,
    watch: Cell<Stopwatch>,
}

impl Trickle<'_> {
    async fn run(&self) -> Vec<((&'static str, f64), Times)> {
        self.watch.set(Stopwatch::start());
        let (portal, site) = (self.installation.portal_host(), self.installation.site_host());
        let page = get(&site, &format!("/dossiers/{RECORD}/page"), &self.site_cookies);
        let account = get(&portal, "/account", &self.portal_cookies);
        let (gate, account, known, stranger, health) = join5(
            self.steadily(GATE.1, || Some(page.clone())),
            self.steadily(ACCOUNT.1, || Some(account.clone())),
            self.steadily(KNOWN.1, || self.known_sign_in()),
            self.steadily(STRANGER.1, || Some(self.strangers.wrong())),
            self.health(),
        )
        .await;
        let kinds = [GATE, ACCOUNT, KNOWN, STRANGER, HEALTH];
        kinds
            .into_iter()
            .zip([gate, account, known, stranger, health])
            .collect()
    }

    /// By the clock, over connections of its own; the time counts from when it was due.
    async fn steadily(&self, rate: f64, next: impl Fn() -> Option<Vec<u8>>) -> Times {
        let times = RefCell::new(Times::new());
        // A refusal may wait for two seconds, and nothing waits for an answer before it.
        let connections = (rate * 3.0).ceil();
        let loops = (0..connections as u32).map(async |number| {
            let mut connection: Option<Connection> = None;
            let period = connections / rate;
            let mut due = WARM + f64::from(number) / rate;
            while due < WARM + LASTS.as_secs_f64() {
                if connection.is_none() {
                    connection = self.strangers.connect().await.ok();
                }
                until(self.watch.get(), due).await;
                let Some(request) = next() else { return };
                let answer = match &mut connection {
                    Some(open) => open.exchange(&request).await.ok(),
                    None => None,
                };
                let took = self.watch.get().elapsed().saturating_sub(Duration::from_secs_f64(due));
                let kind = answer.as_ref().map_or("broken off", kind);
                times.borrow_mut().entry(kind).or_default().push(took);
                if answer.is_none() {
                    connection = None;
                }
                due += period;
            }
        });
        join_all(loops).await;
        times.into_inner()
    }

    fn known_sign_in(&self) -> Option<Vec<u8>> {
        let patient = self.known.borrow_mut().next()?;
        let code = patient.code();
        let fields = [
            ("identifier", patient.identifier.as_str()),
            ("password", PASSWORD),
            ("code", &code),
            ("csrf", &self.strangers.csrf),
        ];
        let device = self.devices.borrow_mut().next()?;
        let cookies = format!("{}; {device}", self.strangers.browser);
        Some(post(&self.strangers.host, "/login", &cookies, "203.0.113.7", &fields))
    }

    async fn health(&self) -> Times {
        let mut times = Times::new();
        let mut due = WARM;
        while due < WARM + LASTS.as_secs_f64() {
            until(self.watch.get(), due).await;
            let port = self.installation.internal;
            // Plain and blocking, so on a thread of its own.
            let answer = tokio::task::spawn_blocking(move || support::process::get(port, "/healthz")).await;
            let took = self.watch.get().elapsed().saturating_sub(Duration::from_secs_f64(due));
            let well = answer.unwrap().is_some_and(|answer| answer.starts_with("HTTP/1.1 200"));
            times.entry(if well { "200" } else { "other" }).or_default().push(took);
            due += 1.0 / HEALTH.1;
        }
        times
    }
}

/// Signs in at the portal and continues to the site; gives the cookies of site and portal, and the device's.
async fn sign_in(installation: &Installation, strangers: &Strangers, patient: &Patient) -> [String; 3] {
    let (portal, site) = (installation.portal_host(), installation.site_host());
    let mut connection = strangers.client.connect().await.unwrap();
    let path = format!("/dossiers/{RECORD}/page");
    let sent_away = connection.exchange(&get(&site, &path, "")).await.unwrap();
    let here = sent_away.cookie("__Host-vst_browser").unwrap().to_owned();
    let code = patient.code();
    let fields = [
        ("identifier", patient.identifier.as_str()),
        ("password", PASSWORD),
        ("code", &code),
        ("csrf", &strangers.csrf),
    ];
    let request = post(&portal, "/login", &strangers.browser, "203.0.113.8", &fields);
    let signed_in = connection.exchange(&request).await.unwrap();
    let session = signed_in.cookie("__Host-vst_session").unwrap();
    let device = signed_in.cookie("__Host-vst_device").unwrap().to_owned();
    let portal_cookies = format!("{}; {session}", strangers.browser);
    let target = |answer: &Answer| {
        let location = answer.header("location").unwrap();
        location
            .split_once("://")
            .unwrap()
            .1
            .split_once('/')
            .unwrap()
            .1
            .to_owned()
    };
    let login = format!("/{}", target(&sent_away));
    let handed_over = connection
        .exchange(&get(&portal, &login, &portal_cookies))
        .await
        .unwrap();
    let enter = format!("/{}", target(&handed_over));
    let entered = connection.exchange(&get(&site, &enter, &here)).await.unwrap();
    let site_cookies = format!("{here}; {}", entered.cookie("__Host-vst_site").unwrap());
    [site_cookies, portal_cookies, device]
}

/// A LIS that always has the same page of 2 KiB.
fn lis() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            std::thread::spawn(move || {
                let page = format!("HTTP/1.1 200 OK\r\nContent-Length: 2048\r\n\r\n{}", "x".repeat(2_048));
                let mut asked = [0; 8_192];
                while stream.read(&mut asked).is_ok_and(|length| length > 0) {
                    if stream.write_all(page.as_bytes()).is_err() {
                        return;
                    }
                }
            });
        }
    });
    port
}

// Both.

fn overload(rate: f64) {
    let installation = Installation::with_server_keys(DIRECT, UNTHROTTLED, lis());
    let count = DEVICES + 2 * (LASTS.as_secs_f64() * KNOWN.1) as usize + 20;
    let patients = alone(installation.seed(count));
    let server = Server::vestibule(&installation);
    let (strangers, signed_in) = alone(async {
        let strangers = Strangers::new(&installation).await;
        let mut signed_in = Vec::new();
        for patient in &patients[..DEVICES] {
            signed_in.push(sign_in(&installation, &strangers, patient).await);
        }
        (strangers, signed_in)
    });
    let devices: Vec<String> = signed_in.iter().map(|[.., device]| device.clone()).collect();
    let [site_cookies, portal_cookies, _] = signed_in[0].clone();
    let trickle = Trickle {
        installation: &installation,
        strangers,
        site_cookies,
        portal_cookies,
        devices: RefCell::new(devices.iter().cycle()),
        known: RefCell::new(patients[DEVICES..].iter()),
        watch: Cell::new(Stopwatch::start()),
    };
    let unloaded = alone(trickle.run());
    let ready = std::sync::Barrier::new(2);
    let before = server.cpu();
    let (loaded, flooded) = std::thread::scope(|scope| {
        let flooding = scope.spawn(|| flood(&installation, rate, &ready));
        ready.wait();
        let loaded = alone(trickle.run());
        (loaded, flooding.join().unwrap())
    });
    let cpu = server.cpu().saturating_sub(before);
    report_flood(&installation, flooded, rate, cpu);
    report_trickle(unloaded, loaded);
}

fn report_flood(installation: &Installation, mut flooded: Flooded, rate: f64, cpu: Duration) {
    let seconds = WARM + LASTS.as_secs_f64();
    println!(
        "\nflood: {rate:.0}/s wanted, {:.0}/s sent ({} of them late); CPU: server {:.2} \
         cores, client {:.2}",
        flooded.sent as f64 / seconds,
        flooded.late,
        cpu.as_secs_f64() / seconds,
        flooded.cpu.as_secs_f64() / seconds
    );
    for (kind, times) in &mut flooded.answers {
        println!(
            "  {kind:<22} {:>7}  p50 {:>8.1?}  p99 {:>8.1?}",
            times.len(),
            percentile(times, 50),
            percentile(times, 99)
        );
    }
    let shed = metric(installation.internal, "vestibule_shed_total{class=\"stranger\"}");
    println!("  shed by the server's own count: {shed}");
}

fn report_trickle(unloaded: Vec<((&'static str, f64), Times)>, loaded: Vec<((&'static str, f64), Times)>) {
    println!(
        "\n{:<26} {:>22} {:>22}  ratio of p99",
        "accepted", "unloaded p50, p99", "overloaded p50, p99"
    );
    for (((name, rate), mut alone), (_, mut crowded)) in unloaded.into_iter().zip(loaded) {
        let (mut before, mut after) = (accepted(&mut alone), accepted(&mut crowded));
        let p99 = (percentile(&mut before, 99), percentile(&mut after, 99));
        println!(
            "{name:<26} {:>22} {:>22}  {:.2}   ({rate}/s; accepted {} and {}; else {:?} and {:?})",
            format!("{:.1?}, {:.1?}", percentile(&mut before, 50), p99.0),
            format!("{:.1?}, {:.1?}", percentile(&mut after, 50), p99.1),
            p99.1.as_secs_f64() / p99.0.as_secs_f64(),
            before.len(),
            after.len(),
            counts(&alone),
            counts(&crowded)
        );
        if let Some(shed) = crowded.get_mut("503 with Retry-After") {
            let (p50, p99) = (percentile(shed, 50), percentile(shed, 99));
            println!("  turned away: {}, p50 {p50:.1?}, p99 {p99:.1?}", shed.len());
        }
    }
}

/// What was done for a request: a page, a sign-in, or the one refusal of a wrong one.
fn accepted(times: &mut Times) -> Vec<Duration> {
    ["200", "303", "401"]
        .iter()
        .filter_map(|kind| times.remove(kind))
        .flatten()
        .collect()
}

fn counts(times: &Times) -> BTreeMap<&'static str, usize> {
    times.iter().map(|(kind, times)| (*kind, times.len())).collect()
}
