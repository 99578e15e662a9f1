//! What stays resident while many people sign in, each in a browser that was never here, and clients refresh:
//! everything over HTTP, through the real forms, with the cheapest hash that the configuration takes.

use std::cell::Cell;
use std::collections::BTreeMap;
use std::time::Duration;

use futures_util::future::join_all;
use serde_json::Value;
use url::Url;
use vestibule::kernel::clock::Stopwatch;

use super::UNTHROTTLED;
use super::clients::{self, Credentials, REDIRECT_URI, SCOPE, basic};
use super::support::client::{Answer, Client, Connection, get, post};
use super::support::process::Server;
use super::support::{Installation, PASSWORD, Patient, mib};

/// A code works once: no one may come twice within half a minute.
const PATIENTS: usize = 10_000;
const CONNECTIONS: usize = 12;
const LONGEST: Duration = Duration::from_secs(50 * 60);
/// How often the memory is looked at.
const SAMPLES: usize = 40;
const CHEAP: &str = "[password]\nmemory_kib = 12288\niterations = 3\nparallelism = 1\n";
/// RFC 7636, appendix B.
const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

struct Run<'a> {
    installation: &'a Installation,
    client: Client,
    party: Credentials,
    patients: Vec<Patient>,
    wanted: usize,
    begun: Cell<usize>,
    done: Cell<usize>,
    watch: Stopwatch,
}

/// One person's, for one sign-in.
struct Browser<'a> {
    connection: &'a mut Connection,
    host: String,
    jar: BTreeMap<String, String>,
}

pub async fn measure(wanted: usize) {
    println!("\n== memory: {wanted} sign-ins with a code flow each, and as many refreshes; {PATIENTS} patients");
    let installation = Installation::prepare(&format!("{UNTHROTTLED}{CHEAP}"), 9);
    let patients = installation.seed(PATIENTS).await;
    let core = installation.open().await;
    let party = clients::for_people(&core, "portail").await;
    core.db.close().await;
    let server = Server::vestibule(&installation);
    println!("ready: {:.1} MiB", mib(server.memory().now));
    let run = Run {
        client: Client::new(&installation.ca_file(), installation.port),
        installation: &installation,
        party,
        patients,
        wanted,
        begun: Cell::new(0),
        done: Cell::new(0),
        watch: Stopwatch::start(),
    };
    println!("\n| sign-ins and refreshes | resident | peak | database | after |\n|---|---|---|---|---|");
    let workers = join_all((0..CONNECTIONS).map(|_| run.work()));
    let (_, samples) = futures_util::join!(workers, run.look(&server));
    verdict(&samples, server.memory().peak);
    let (cpu, done) = (server.cpu(), run.done.get());
    println!(
        "{:.1} ms CPU of the server for each, hash included",
        cpu.as_secs_f64() * 1e3 / done as f64
    );
}

/// The first quarter fills caches; what grows after it would go on growing.
fn verdict(samples: &[(usize, u64)], peak: u64) {
    let quarter = samples.len() / 4;
    let mean = |part: &[(usize, u64)]| part.iter().map(|(_, bytes)| mib(*bytes)).sum::<f64>() / part.len() as f64;
    if quarter == 0 {
        println!("too few samples");
        return;
    }
    let second = mean(&samples[quarter..2 * quarter]);
    let last = mean(&samples[samples.len() - quarter..]);
    println!(
        "\nresident: mean of the second quarter {second:.1} MiB, of the last {last:.1} MiB ({:+.1} %), peak {:.1}",
        (last / second - 1.0) * 100.0,
        mib(peak)
    );
}

impl Run<'_> {
    async fn work(&self) {
        let mut connection = self.client.connect().await.unwrap();
        while self.begun.get() < self.wanted && self.watch.elapsed() < LONGEST {
            let number = self.begun.replace(self.begun.get() + 1);
            let patient = &self.patients[number % self.patients.len()];
            let code = self.sign_in(&mut connection, patient).await;
            let tokens = self
                .token(
                    &mut connection,
                    &[
                        ("grant_type", "authorization_code"),
                        ("code", &code),
                        ("redirect_uri", REDIRECT_URI),
                        ("code_verifier", VERIFIER),
                    ],
                )
                .await;
            let refresh = tokens["refresh_token"].as_str().unwrap();
            let fields = [("grant_type", "refresh_token"), ("refresh_token", refresh)];
            let again = self.token(&mut connection, &fields).await;
            assert!(again["access_token"].is_string(), "{again}");
            self.done.set(self.done.get() + 1);
        }
    }

    /// Gives the code that the client gets.
    async fn sign_in(&self, connection: &mut Connection, patient: &Patient) -> String {
        let mut browser = Browser {
            connection,
            host: self.installation.portal_host(),
            jar: BTreeMap::new(),
        };
        let mut start = Url::parse(&format!("https://{}/oauth2/authorize", browser.host)).unwrap();
        start.query_pairs_mut().extend_pairs([
            ("response_type", "code"),
            ("client_id", self.party.id),
            ("redirect_uri", REDIRECT_URI),
            ("scope", SCOPE),
            ("state", "of-the-load-program"),
            ("nonce", "of-the-load-program"),
            ("code_challenge", CHALLENGE),
            ("code_challenge_method", "S256"),
        ]);
        let page = browser.visit(&path(&start)).await.unwrap_err();
        let code = patient.code();
        let mut fields = vec![
            ("identifier", patient.identifier.as_str()),
            ("password", PASSWORD),
            ("code", &code),
        ];
        fields.extend(["csrf", "request"].map(|name| (name, page.field(name).unwrap())));
        let url = browser.post("/login", &fields).await;
        let code = url.query_pairs().find(|(name, _)| name == "code");
        code.unwrap_or_else(|| panic!("no code: {url}")).1.into_owned()
    }

    async fn token(&self, connection: &mut Connection, fields: &[(&str, &str)]) -> Value {
        let body = url::form_urlencoded::Serializer::new(String::new())
            .extend_pairs(fields)
            .finish();
        let request = format!(
            "POST /oauth2/token HTTP/1.1\r\nHost: {}\r\nAuthorization: {}\r\n\
             Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n{body}",
            self.installation.portal_host(),
            basic(self.party.id, &self.party.secret),
            body.len()
        );
        let answer = connection.exchange(request.as_bytes()).await.unwrap();
        assert_eq!(answer.status, 200, "{}", answer.body);
        serde_json::from_str(&answer.body).unwrap()
    }

    /// So many sign-ins, and the memory then.
    async fn look(&self, server: &Server) -> Vec<(usize, u64)> {
        let mut samples = Vec::new();
        let every = (self.wanted / SAMPLES).max(1);
        while self.done.get() < self.wanted && self.watch.elapsed() < LONGEST {
            tokio::time::sleep(Duration::from_millis(100)).await;
            if self.done.get() < every * (samples.len() + 1) {
                continue;
            }
            let memory = server.memory();
            println!(
                "| {} | {:.1} MiB | {:.1} MiB | {:.0} MiB | {:.0} s |",
                self.done.get(),
                mib(memory.now),
                mib(memory.peak),
                mib(self.database()),
                self.watch.elapsed().as_secs_f64()
            );
            samples.push((self.done.get(), memory.now));
        }
        samples
    }

    fn database(&self) -> u64 {
        let file = self.installation.folder().join("vestibule.db");
        std::fs::metadata(file).map_or(0, |metadata| metadata.len())
    }
}

impl Browser<'_> {
    /// Follows redirects to a page, or to an address elsewhere.
    async fn visit(&mut self, path: &str) -> Result<Url, Answer> {
        let request = get(&self.host, path, &self.cookies());
        let answer = self.send(&request).await;
        self.follow(answer).await
    }

    /// A form whose answer leads elsewhere.
    async fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Url {
        let request = post(&self.host, path, &self.cookies(), "203.0.113.7", fields);
        let answer = self.send(&request).await;
        let page = self.follow(answer).await;
        page.unwrap_or_else(|page| panic!("{}: {}", page.status, page.body))
    }

    async fn follow(&mut self, mut answer: Answer) -> Result<Url, Answer> {
        let here = Url::parse(&format!("https://{}/", self.host)).unwrap();
        for _ in 0..6 {
            let Some(location) = answer.header("location") else {
                return Err(answer);
            };
            let url = here.join(location).unwrap();
            if url.origin() != here.origin() {
                return Ok(url);
            }
            let request = get(&self.host, &path(&url), &self.cookies());
            answer = self.send(&request).await;
        }
        panic!("redirects without end")
    }

    async fn send(&mut self, request: &[u8]) -> Answer {
        let answer = self.connection.exchange(request).await.unwrap();
        for (name, value) in answer.cookies() {
            self.jar.insert(name.to_owned(), value.to_owned());
        }
        answer
    }

    fn cookies(&self) -> String {
        let pairs: Vec<String> = self.jar.iter().map(|(name, value)| format!("{name}={value}")).collect();
        pairs.join("; ")
    }
}

fn path(url: &Url) -> String {
    url[url::Position::BeforePath..url::Position::AfterQuery].to_owned()
}
