//! Vestibule as it is configured by default: wrong codes beside right passwords.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::time::Duration;

use vestibule::kernel::clock::{Clock as _, SystemClock};
use vestibule::kernel::entropy::{SystemEntropy, random};

use super::attack::{COUNTED, FLOOD, PERSONS_ALONE, PERSONS_IN_FLOOD};
use super::peer::{Link, Peer, Verdict};
use super::support::client::{Client, get, post};
use super::support::process::Server;
use super::support::{Installation, PASSWORD, Patient};

/// Where the attack comes from, and where persons are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scene {
    /// Each request from another network, as a trusted proxy in front says; persons use a browser that they signed in
    /// from before.
    ManyNetworks,
    /// And persons use one that was never here.
    ManyNetworksNewDevices,
    OneAddress,
}

/// A code works once, so a person who signed in before has to wait for the next.
const NEXT_CODE: Duration = Duration::from_secs(31);
const ONE_STEP: Duration = Duration::from_secs(30);

pub struct VestibuleItself {
    installation: Installation,
    client: Client,
    server: Server,
    scene: Scene,
    sent: Cell<usize>,
    targets: Vec<Patient>,
    persons: Vec<Patient>,
    /// Cookies of the persons' browsers, once they signed in.
    devices: RefCell<BTreeMap<usize, String>>,
    browser: String,
    csrf: String,
}

impl VestibuleItself {
    pub async fn start(scene: Scene) -> Self {
        let installation = Installation::prepare("", 9);
        // Two tries on each, so that every one is evaluated.
        let targets = FLOOD / 4 + COUNTED;
        let mut patients = installation.seed(targets + PERSONS_ALONE + PERSONS_IN_FLOOD).await;
        let persons = patients.split_off(targets);
        let server = Server::vestibule(&installation);
        let client = Client::new(&installation.ca_file(), installation.port);
        let mut connection = client.connect().await.unwrap();
        let form = connection
            .exchange(&get(&installation.portal_host(), "/login", ""))
            .await;
        let form = form.unwrap();
        let this = Self {
            browser: form.cookie("__Host-vst_browser").unwrap().to_owned(),
            csrf: form.field("csrf").unwrap().to_owned(),
            devices: RefCell::default(),
            installation,
            client,
            server,
            scene,
            sent: Cell::new(0),
            targets: patients,
            persons,
        };
        if scene != Scene::ManyNetworksNewDevices {
            for number in 0..this.persons.len() {
                let mut link = this.connect().await.unwrap();
                assert_eq!(this.right(&mut link, number).await.unwrap(), Verdict::SignedIn);
            }
            tokio::time::sleep(NEXT_CODE).await;
        }
        this
    }

    /// Of the attack, never a person's.
    fn network(&self) -> String {
        let number = self.sent.replace(self.sent.get() + 1);
        match self.scene {
            Scene::OneAddress => "2001:db8::1".to_owned(),
            _ => format!("2001:{:x}:{:x}::1", 0xdb8 + (number >> 16), number & 0xffff),
        }
    }
}

impl Peer for VestibuleItself {
    fn name(&self) -> String {
        let scene = match self.scene {
            Scene::ManyNetworks => "attack from many networks, person on a known device",
            Scene::ManyNetworksNewDevices => "attack from many networks, person on a new device",
            Scene::OneAddress => "attack from one address, person on a known device",
        };
        format!("Vestibule, {scene}")
    }

    fn note(&self) -> String {
        let password = self.installation.config().password;
        format!(
            "passwords: Argon2id {} KiB, {} passes, {} lanes, after a right code only; limits by default",
            password.memory_kib, password.iterations, password.parallelism
        )
    }

    fn cpu(&self) -> Duration {
        self.server.cpu()
    }

    async fn connect(&self) -> std::io::Result<Link> {
        let connection = self.client.connect().await?;
        Ok(Link {
            connection,
            token: None,
        })
    }

    async fn wrong(&self, link: &mut Link, number: usize, known: bool) -> std::io::Result<Verdict> {
        let (identifier, code) = if known {
            let target = &self.targets[number / 4 % self.targets.len()];
            (target.identifier.clone(), target.wrong_code())
        } else {
            let nobody = u64::from_ne_bytes(random::<8>(&SystemEntropy));
            (format!("P-{nobody:x}"), "000000".to_owned())
        };
        let fields = [
            ("identifier", identifier.as_str()),
            ("password", PASSWORD),
            ("code", &code),
            // An attacker who has read the page of a siege sends two: one alone is not checked, and costs next to
            // nothing.
            ("next_code", &code),
            ("csrf", &self.csrf),
        ];
        let host = self.installation.portal_host();
        let request = post(&host, "/login", &self.browser, &self.network(), &fields);
        Ok(Verdict::of(&link.connection.exchange(&request).await?))
    }

    async fn right(&self, link: &mut Link, number: usize) -> std::io::Result<Verdict> {
        let (host, patient) = (self.installation.portal_host(), &self.persons[number]);
        let form = link.connection.exchange(&get(&host, "/login", "")).await?;
        let (Some(browser), Some(csrf)) = (form.cookie("__Host-vst_browser"), form.field("csrf")) else {
            return Ok(Verdict::of(&form));
        };
        // Asked for two codes in a row, this person has watched the first one go.
        let now = SystemClock.now();
        let two = form.body.contains("name=\"next_code\"") && !self.devices.borrow().contains_key(&number);
        let (code, next) = if two {
            (patient.seed.code(now.minus(ONE_STEP)), patient.seed.code(now))
        } else {
            (patient.seed.code(now), String::new())
        };
        let fields = [
            ("identifier", patient.identifier.as_str()),
            ("password", PASSWORD),
            ("code", &code),
            ("next_code", &next),
            ("csrf", csrf),
        ];
        let address = format!("203.0.113.{}", number % 250);
        let device = self.devices.borrow().get(&number).cloned();
        let cookies = device.map_or_else(|| browser.to_owned(), |device| format!("{browser}; {device}"));
        let request = post(&host, "/login", &cookies, &address, &fields);
        let answer = link.connection.exchange(&request).await?;
        if let Some(device) = answer.cookie("__Host-vst_device") {
            self.devices.borrow_mut().insert(number, device.to_owned());
        }
        Ok(match answer.status {
            303 => Verdict::SignedIn,
            _ => Verdict::of(&answer),
        })
    }
}
