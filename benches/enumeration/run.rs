//! Sends what the kinds send, in an order drawn by chance, and keeps the times.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::time::Duration;

use futures_util::future::join_all;
use vestibule::kernel::clock::Stopwatch;
use vestibule::kernel::entropy::{SystemEntropy, random};

use super::kinds::{Form, Kind};
use super::support::Installation;
use super::support::client::{Answer, Client, Connection, get, post};

/// Few, so that the machine is not busy with this alone.
pub const CONNECTIONS: usize = 16;
/// At most, between two requests of a connection: they must not fall into step.
const PAUSE_MILLIS: u64 = 40;
/// The run is over then, whatever is left.
const LASTS: Duration = Duration::from_secs(40 * 60);

/// In seconds, from the last byte sent.
#[derive(Default)]
pub struct Samples {
    pub first_byte: Vec<f64>,
    pub whole: Vec<f64>,
}

#[derive(Default)]
pub struct Done {
    /// In the order of the kinds.
    pub samples: Vec<Samples>,
    /// How often each size came, by status.
    pub sizes: BTreeMap<(u16, usize), usize>,
    /// Statuses that were not expected, by kind; not measured.
    pub odd: BTreeMap<(&'static str, u16), usize>,
}

pub struct Run<'a> {
    form: Form,
    installation: &'a Installation,
    client: &'a Client,
    kinds: &'a [Kind],
    /// Kind and sender, the last one next.
    order: RefCell<Vec<(usize, usize)>>,
    networks: Cell<usize>,
    done: RefCell<Done>,
    watch: Stopwatch,
}

impl<'a> Run<'a> {
    pub fn new(form: Form, installation: &'a Installation, client: &'a Client, kinds: &'a [Kind]) -> Self {
        let all = kinds.iter().enumerate();
        let mut order: Vec<_> = all
            .flat_map(|(kind, of)| (0..of.senders.len()).map(move |sender| (kind, sender)))
            .collect();
        for index in (1..order.len()).rev() {
            order.swap(index, below(index as u64 + 1) as usize);
        }
        Self {
            form,
            installation,
            client,
            kinds,
            order: RefCell::new(order),
            networks: Cell::new(0),
            done: RefCell::new(Done {
                samples: kinds.iter().map(|_| Samples::default()).collect(),
                ..Done::default()
            }),
            watch: Stopwatch::start(),
        }
    }

    pub async fn go(self, connections: usize) -> Done {
        join_all((0..connections).map(|_| self.connection())).await;
        self.done.into_inner()
    }

    async fn connection(&self) {
        let host = self.installation.portal_host();
        let mut connection = self.client.connect().await.unwrap();
        let form = connection.exchange(&get(&host, self.form.path(), "")).await.unwrap();
        let browser = Browser {
            cookie: form.cookie("__Host-vst_browser").unwrap().to_owned(),
            csrf: form.field("csrf").unwrap().to_owned(),
        };
        while self.watch.elapsed() < LASTS {
            let next = self.order.borrow_mut().pop();
            let Some((kind, sender)) = next else { return };
            for number in 0..self.kinds[kind].tries_before + self.kinds[kind].tries {
                tokio::time::sleep(Duration::from_millis(below(PAUSE_MILLIS))).await;
                self.one(&mut connection, &browser, kind, sender, number).await;
            }
        }
    }

    async fn one(&self, connection: &mut Connection, browser: &Browser, kind: usize, sender: usize, number: usize) {
        let of = &self.kinds[kind];
        let mut fields = of.senders[sender]();
        fields.push(("csrf", browser.csrf.clone()));
        let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let (host, path) = (self.installation.portal_host(), self.form.path());
        let request = post(&host, path, &browser.cookie, &self.another_network(), &fields);
        let answer = connection.exchange(&request).await.unwrap();
        if number >= of.tries_before {
            self.keep(kind, &answer);
        }
    }

    fn keep(&self, kind: usize, answer: &Answer) {
        let (mut done, of) = (self.done.borrow_mut(), &self.kinds[kind]);
        if answer.status != of.status {
            *done.odd.entry((of.name, answer.status)).or_default() += 1;
            return;
        }
        let size = answer.head.len() + answer.body.len();
        *done.sizes.entry((answer.status, size)).or_default() += 1;
        done.samples[kind].first_byte.push(answer.first_byte.as_secs_f64());
        done.samples[kind].whole.push(answer.whole.as_secs_f64());
    }

    /// Not even a /48 is shared.
    fn another_network(&self) -> String {
        let number = self.networks.get();
        self.networks.set(number + 1);
        format!("2001:{:x}:{:x}::1", 0xdb8 + (number >> 16), number & 0xffff)
    }
}

struct Browser {
    cookie: String,
    csrf: String,
}

fn below(limit: u64) -> u64 {
    u64::from_ne_bytes(random::<8>(&SystemEntropy)) % limit
}

/// What else would tell senders apart, or make the times worthless.
pub fn oddities(form: Form, done: &Done) -> Vec<String> {
    let (path, mut found) = (form.path(), Vec::new());
    let measured: usize = done.samples.iter().map(|samples| samples.whole.len()).sum();
    let odd: usize = done.odd.values().sum();
    if odd * 100 > measured {
        found.push(format!("{path}: {odd} answers of another kind than expected"));
    }
    for status in [401, 429] {
        let sizes = done.sizes.keys().filter(|(of, _)| *of == status).count();
        if sizes > 1 && status == 401 {
            found.push(format!("{path}: refusals of {sizes} sizes"));
        }
    }
    found
}
