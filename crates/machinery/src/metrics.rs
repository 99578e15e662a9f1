//! Counters that others rely on by name.

use std::sync::atomic::AtomicU64;
use std::time::Duration;

use prometheus_client::encoding::{EncodeLabelSet, EncodeLabelValue, text};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::{Histogram, exponential_buckets};
use prometheus_client::registry::{Metric, Registry};

use domain::alert::Kind;
use kernel::ids::LabId;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EncodeLabelValue)]
#[allow(non_camel_case_types, reason = "the label's values are lower case")]
pub enum SignInResult {
    signed_in,
    held,
    refused,
    delayed,
    turned_away,
    busy,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct SignInLabels {
    result: SignInResult,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EncodeLabelValue)]
#[allow(non_camel_case_types, reason = "the label's values are lower case")]
pub enum AttemptDoor {
    sign_in,
    recovery,
    passkey,
    provider,
    provider_code,
    invitation,
    activation,
    step_up,
    rotation,
    operator,
}

impl AttemptDoor {
    pub const ALL: [Self; 10] = [
        Self::sign_in,
        Self::recovery,
        Self::passkey,
        Self::provider,
        Self::provider_code,
        Self::invitation,
        Self::activation,
        Self::step_up,
        Self::rotation,
        Self::operator,
    ];
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EncodeLabelValue)]
#[allow(non_camel_case_types, reason = "the label's values are lower case")]
pub enum AttemptResult {
    passed,
    held,
    /// Right, but something more is needed, by another way in.
    continued,
    refused,
    turned_away,
    delayed,
    busy,
    /// What it was about ended meanwhile.
    over,
    /// Something of ours broke.
    broken,
    /// The visitor hung up before it was decided.
    abandoned,
}

impl AttemptResult {
    pub const ALL: [Self; 10] = [
        Self::passed,
        Self::held,
        Self::continued,
        Self::refused,
        Self::turned_away,
        Self::delayed,
        Self::busy,
        Self::over,
        Self::broken,
        Self::abandoned,
    ];

    /// At a door that leads in. None: it counts as no sign-in.
    pub fn of_sign_in(self) -> Option<SignInResult> {
        match self {
            Self::passed => Some(SignInResult::signed_in),
            Self::held => Some(SignInResult::held),
            Self::refused => Some(SignInResult::refused),
            Self::turned_away => Some(SignInResult::turned_away),
            Self::delayed => Some(SignInResult::delayed),
            Self::busy => Some(SignInResult::busy),
            Self::continued | Self::over | Self::broken | Self::abandoned => None,
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct AttemptLabels {
    door: AttemptDoor,
    result: AttemptResult,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EncodeLabelValue)]
#[allow(non_camel_case_types, reason = "the label's values are lower case")]
pub enum GateResult {
    permitted,
    sign_in_needed,
    refused,
    upstream_failed,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct GateLabels {
    result: GateResult,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EncodeLabelValue)]
#[allow(non_camel_case_types, reason = "the label's values are lower case")]
pub enum ShedFrom {
    session,
    known,
    stranger,
    /// Of whichever class: more requests at once than the listener takes.
    listener,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct ShedLabels {
    class: ShedFrom,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EncodeLabelValue)]
#[allow(non_camel_case_types, reason = "the label's values are lower case")]
pub enum CutFor {
    /// No request for too long, or a header that does not end.
    idle,
    /// An answer that the other side does not read.
    stalled,
    /// One network has too many.
    network,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct CutLabels {
    cause: CutFor,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct LabLabels {
    lab: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct AlertLabels {
    cause: &'static str,
}

#[derive(Debug)]
pub struct Metrics {
    registry: Registry,
    password_hashes: Counter,
    sign_ins: Family<SignInLabels, Counter>,
    attempts: Family<AttemptLabels, Counter>,
    gate_requests: Family<GateLabels, Counter>,
    throttled: Counter,
    unreadable_addresses: Counter,
    shed: Family<ShedLabels, Counter>,
    cut: Family<CutLabels, Counter>,
    sieges: Family<LabLabels, Gauge>,
    hash_queue: Histogram,
    alerts: Family<AlertLabels, Gauge>,
    resident_memory: Gauge<f64, AtomicU64>,
}

impl Default for Metrics {
    fn default() -> Self {
        let mut registry = Registry::default();
        let to = &mut registry;
        let hash_queue = Histogram::new(exponential_buckets(0.001, 2.0, 16));
        to.register(
            "vestibule_hash_queue_seconds",
            "Time a sign-in waited for a hash",
            hash_queue.clone(),
        );
        Self {
            password_hashes: registered(to, "vestibule_password_hashes", "Argon2id computations"),
            sign_ins: registered(to, "vestibule_sign_ins", "Sign-in attempts by how they ended"),
            attempts: attempts(to),
            gate_requests: registered(to, "vestibule_gate_requests", "Requests at the gate by outcome"),
            throttled: registered(to, "vestibule_throttled", "Requests refused for their network's rate"),
            unreadable_addresses: registered(
                to,
                "vestibule_client_address_unreadable",
                "Requests for which a trusted proxy wrote no readable address of the visitor",
            ),
            shed: registered(
                to,
                "vestibule_shed",
                "Requests answered 503 at once because no place was left",
            ),
            cut: registered(
                to,
                "vestibule_connections_cut",
                "Connections closed by us before the other side closed them",
            ),
            sieges: registered(
                to,
                "vestibule_siege",
                "1 while a lab's sign-ins are being guessed at and unknown browsers have to show more",
            ),
            alerts: registered(to, "vestibule_alerts", "Open alerts by cause"),
            resident_memory: registered(to, "process_resident_memory_bytes", "Resident memory in bytes"),
            hash_queue,
            registry,
        }
    }
}

/// Every pair is there from the start: a rule that watches for the first one sees it.
fn attempts(registry: &mut Registry) -> Family<AttemptLabels, Counter> {
    let help = "Attempts to show who one is, by door and by how they ended";
    let family: Family<AttemptLabels, Counter> = registered(registry, "vestibule_attempts", help);
    for door in AttemptDoor::ALL {
        for result in AttemptResult::ALL {
            drop(family.get_or_create(&AttemptLabels { door, result }));
        }
    }
    family
}

fn registered<M: Metric + Default + Clone>(registry: &mut Registry, name: &str, help: &str) -> M {
    let metric = M::default();
    registry.register(name, help, metric.clone());
    metric
}

impl Metrics {
    pub fn password_hashed(&self) {
        self.password_hashes.inc();
    }

    pub fn password_hashes(&self) -> u64 {
        self.password_hashes.get()
    }

    pub fn sign_in_ended(&self, result: SignInResult) {
        self.sign_ins.get_or_create(&SignInLabels { result }).inc();
    }

    pub fn attempt_ended(&self, door: AttemptDoor, result: AttemptResult) {
        self.attempts.get_or_create(&AttemptLabels { door, result }).inc();
    }

    pub fn gate_answered(&self, result: GateResult) {
        self.gate_requests.get_or_create(&GateLabels { result }).inc();
    }

    pub fn network_throttled(&self) {
        self.throttled.inc();
    }

    pub fn client_address_unreadable(&self) {
        self.unreadable_addresses.inc();
    }

    pub fn shed(&self, class: ShedFrom) {
        self.shed.get_or_create(&ShedLabels { class }).inc();
    }

    pub fn connection_cut(&self, cause: CutFor) {
        self.cut.get_or_create(&CutLabels { cause }).inc();
    }

    pub fn siege_is(&self, lab: &LabId, stands: bool) {
        let lab = lab.to_string();
        self.sieges.get_or_create(&LabLabels { lab }).set(i64::from(stands));
    }

    pub fn hash_waited(&self, waited: Duration) {
        self.hash_queue.observe(waited.as_secs_f64());
    }

    /// Of kinds that are not named, none is open.
    pub fn open_alerts(&self, counts: &[(Kind, u64)]) {
        for kind in Kind::ALL {
            let count = counts
                .iter()
                .find(|(counted, _)| counted == kind)
                .map_or(0, |(_, count)| *count);
            let cause = kind.as_str();
            let gauge = self.alerts.get_or_create(&AlertLabels { cause });
            gauge.set(i64::try_from(count).unwrap_or(i64::MAX));
        }
    }

    /// OpenMetrics text.
    ///
    /// # Errors
    /// The text cannot be written.
    pub fn encode(&self) -> Result<String, std::fmt::Error> {
        self.resident_memory.set(resident_memory_bytes());
        let mut encoded = String::new();
        text::encode(&mut encoded, &self.registry)?;
        Ok(encoded)
    }
}

fn resident_memory_bytes() -> f64 {
    let pages = std::fs::read_to_string("/proc/self/statm")
        .ok()
        .and_then(|statm| statm.split_whitespace().nth(1)?.parse::<f64>().ok());
    pages.unwrap_or(0.0) * page_size()
}

fn page_size() -> f64 {
    u32::try_from(rustix::param::page_size()).map_or(4096.0, f64::from)
}
