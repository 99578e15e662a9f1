//! 10,000 hostile attempts on one account from 1,000 addresses, and its holder meanwhile: `cargo bench --bench
//! hammered_account`. Paced over a minute and a half, so that the holder's code changes between their sign-ins.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    clippy::cast_precision_loss,
    reason = "a load program: it may stop at the first surprise, and its output is its purpose"
)]

mod support;

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::time::Duration;

use futures_util::future::join_all;
use vestibule::kernel::clock::Stopwatch;

use support::client::{Answer, Client, get, post};
use support::process::{Server, metric};
use support::{Installation, PASSWORD, Patient};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const ATTEMPTS: usize = 10_000;
const ADDRESSES: usize = 1_000;
const STRANGERS: usize = 16;
const LASTS: Duration = Duration::from_secs(90);
/// Three of them, each with a code of its own.
const HOLDER_EVERY: Duration = Duration::from_secs(31);
const HASHES: &str = "vestibule_password_hashes_total";

fn main() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    runtime.unwrap().block_on(hammer());
}

struct Stage {
    host: String,
    client: Client,
    /// `name=value` of the browser's cookie, and the form's token that belongs to it.
    browser: String,
    csrf: String,
}

async fn hammer() {
    println!("{ATTEMPTS} wrong codes on one account from {ADDRESSES} addresses, over {LASTS:.0?}");
    let installation = Installation::prepare("", 9);
    let patients = installation.seed(1).await;
    let patient = &patients[0];
    let server = Server::vestibule(&installation);
    let client = Client::new(&installation.ca_file(), installation.port);
    let host = installation.portal_host();
    let form = client
        .connect()
        .await
        .unwrap()
        .exchange(&get(&host, "/login", ""))
        .await
        .unwrap();
    let stage = Stage {
        browser: form.cookie("__Host-vst_browser").unwrap().to_owned(),
        csrf: form.field("csrf").unwrap().to_owned(),
        host,
        client,
    };
    let first = stage
        .attempt(&stage.browser, "192.0.2.1", patient, &patient.code())
        .await
        .unwrap();
    let device = first.cookie("__Host-vst_device").unwrap().to_owned();
    let hashes = metric(installation.internal, HASHES);
    let answers = RefCell::new(BTreeMap::new());
    let strangers = join_all((0..STRANGERS).map(|number| stage.stranger(number, patient, &answers)));
    let (_, (known, unknown)) = futures_util::join!(strangers, stage.holder(device, patient));
    println!("strangers: {:?}", answers.borrow());
    println!("the holder, known device:   {known:?}");
    println!("the holder, new device:     {unknown:?} (without a passkey)");
    let hashes = metric(installation.internal, HASHES) - hashes;
    println!("Argon2 computations: {hashes}, the holder's sign-ins {}", known.len());
    drop(server);
}

impl Stage {
    async fn attempt(&self, cookies: &str, address: &str, patient: &Patient, code: &str) -> Option<Answer> {
        let fields = [
            ("identifier", patient.identifier.as_str()),
            ("password", PASSWORD),
            ("code", code),
            ("csrf", &self.csrf),
        ];
        let request = post(&self.host, "/login", cookies, address, &fields);
        self.client.connect().await.ok()?.exchange(&request).await.ok()
    }

    async fn stranger(&self, number: usize, patient: &Patient, answers: &RefCell<BTreeMap<String, usize>>) {
        let watch = Stopwatch::start();
        let each = ATTEMPTS / STRANGERS;
        for turn in 0..each {
            let due = LASTS.mul_f64(turn as f64 / each as f64);
            tokio::time::sleep(due.saturating_sub(watch.elapsed())).await;
            let from = (turn * STRANGERS + number) % ADDRESSES;
            let address = format!("198.51.{}.{}", from / 250, from % 250);
            let answer = self
                .attempt(&self.browser, &address, patient, &patient.wrong_code())
                .await;
            *answers.borrow_mut().entry(status(answer.as_ref())).or_insert(0) += 1;
        }
    }

    /// From the known device at the first try, each time; and right after, from one that is not known.
    async fn holder(&self, mut device: String, patient: &Patient) -> (Vec<String>, Vec<String>) {
        let (mut known, mut unknown) = (Vec::new(), Vec::new());
        let watch = Stopwatch::start();
        for turn in 1.. {
            let due = HOLDER_EVERY * turn;
            if due >= LASTS {
                break;
            }
            tokio::time::sleep(due.saturating_sub(watch.elapsed())).await;
            let elsewhere = self.attempt(&self.browser, "192.0.2.2", patient, &patient.code()).await;
            unknown.push(status(elsewhere.as_ref()));
            let (cookies, begun) = (format!("{}; {device}", self.browser), Stopwatch::start());
            let home = self.attempt(&cookies, "192.0.2.1", patient, &patient.code()).await;
            known.push(format!("{} after {:.0?}", status(home.as_ref()), begun.elapsed()));
            if let Some(renewed) = home.as_ref().and_then(|home| home.cookie("__Host-vst_device")) {
                device = renewed.to_owned();
            }
        }
        (known, unknown)
    }
}

fn status(answer: Option<&Answer>) -> String {
    answer.map_or_else(|| "broken off".to_owned(), |answer| answer.status.to_string())
}
