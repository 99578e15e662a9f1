//! What the lab's staff should look into: why it was raised, who is dealing with it, and when they are told.

mod limits;
pub mod reminder;

use std::str::FromStr;

use serde::Serialize;

pub use limits::{Anomaly, Limits, one_account, one_network, other_records, reading, stuffing, worst};

use super::leak::{LeakId, words};
use crate::unknown_state::UnknownState;
use crypto::blind_index::BlindIndex;
use kernel::client_address::ClientNetwork;
use kernel::clock::Timestamp;
use kernel::ids::{AccountId, AlertId, ClientId, LabId, OperatorName};

/// Which rule raised it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    Stuffing,
    SiegeBegan,
    SiegeEnded,
    OneNetwork,
    OneAccount,
    MassReading,
    OtherRecords,
    Export,
    NewNetwork,
    OtherLab,
    Replayed,
    Canary,
    LeakAwaiting,
    LeakApplied,
    Deadline,
}

words!(Kind {
    Stuffing = "stuffing",
    SiegeBegan = "siege-began",
    SiegeEnded = "siege-ended",
    OneNetwork = "one-network",
    OneAccount = "one-account",
    MassReading = "mass-reading",
    OtherRecords = "other-records",
    Export = "export",
    NewNetwork = "new-network",
    OtherLab = "other-lab",
    Replayed = "replayed",
    Canary = "canary",
    LeakAwaiting = "leak-awaiting",
    LeakApplied = "leak-applied",
    Deadline = "deadline",
});

/// Why an alert is raised. Two of one kind about the same subject are one alert.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cause {
    /// Refused attempts on many identifiers.
    Stuffing,
    /// Sign-ins of strangers are defended more strongly from now on.
    SiegeBegan,
    SiegeEnded,
    /// Refused attempts on many identifiers, from here.
    OneNetwork(ClientNetwork),
    /// Refused attempts from many networks, on this.
    OneAccount(Target),
    /// More than a person reads.
    MassReading(AccountId),
    /// Repeated requests for records that are not theirs.
    OtherRecords(AccountId),
    /// Too many to be named one by one.
    Many(Kind),
    /// Files with names in them were written.
    Export {
        by: String,
        leak: LeakId,
    },
    /// An operator signed in from a network that they were never seen in.
    NewNetwork {
        operator: OperatorName,
        network: ClientNetwork,
    },
    /// An operator requested something of another lab's.
    OtherLab {
        by: String,
    },
    /// A code or a refresh token of a client came a second time.
    Replayed(ClientId),
    Canary(LeakId),
    LeakAwaiting(LeakId),
    LeakApplied(LeakId),
    /// The 72 hours of a leak are nearly over.
    Deadline {
        leak: LeakId,
        hours_left: u32,
    },
}

/// What was tried.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Target {
    Account(AccountId),
    /// It may belong to no account.
    Identifier(BlindIndex),
}

impl Cause {
    pub const fn kind(&self) -> Kind {
        match self {
            Self::Stuffing => Kind::Stuffing,
            Self::SiegeBegan => Kind::SiegeBegan,
            Self::SiegeEnded => Kind::SiegeEnded,
            Self::OneNetwork(_) => Kind::OneNetwork,
            Self::OneAccount(_) => Kind::OneAccount,
            Self::MassReading(_) => Kind::MassReading,
            Self::OtherRecords(_) => Kind::OtherRecords,
            Self::Many(kind) => *kind,
            Self::Export { .. } => Kind::Export,
            Self::NewNetwork { .. } => Kind::NewNetwork,
            Self::OtherLab { .. } => Kind::OtherLab,
            Self::Replayed(_) => Kind::Replayed,
            Self::Canary(_) => Kind::Canary,
            Self::LeakAwaiting(_) => Kind::LeakAwaiting,
            Self::LeakApplied(_) => Kind::LeakApplied,
            Self::Deadline { .. } => Kind::Deadline,
        }
    }

    /// Who or what it is about, without anything personal about a patient: a network, an operator, an account's random
    /// name, a leak's number. Empty where it is about the lab as a whole.
    pub fn subject(&self) -> String {
        match self {
            Self::Stuffing | Self::SiegeBegan | Self::SiegeEnded => String::new(),
            Self::OneNetwork(network) => network.to_string(),
            Self::OneAccount(Target::Account(account)) | Self::MassReading(account) | Self::OtherRecords(account) => {
                account.to_string()
            }
            Self::OneAccount(Target::Identifier(index)) => {
                let (short, _) = index.as_bytes().split_at(8);
                format!("unknown-{}", data_encoding::HEXLOWER.encode(short))
            }
            Self::Many(_) => MANY.to_owned(),
            Self::Export { by, leak } => format!("{by} leak:{leak}"),
            Self::NewNetwork { operator, network } => format!("operator:{operator} {network}"),
            Self::OtherLab { by } => by.clone(),
            Self::Replayed(client) => format!("client:{client}"),
            Self::Canary(leak) | Self::LeakAwaiting(leak) | Self::LeakApplied(leak) => leak_subject(*leak),
            Self::Deadline { leak, hours_left } => format!("leak:{leak} {hours_left}h"),
        }
    }
}

const MANY: &str = "many";

/// As in [`Cause::subject`].
pub fn leak_subject(leak: LeakId) -> String {
    format!("leak:{leak}")
}

/// The current state of an alert.
#[derive(Clone, PartialEq, Eq)]
pub struct Alert {
    pub id: AlertId,
    pub lab: LabId,
    pub kind: Kind,
    pub subject: String,
    /// The largest count that was seen; 0 where nothing is counted.
    pub figure: u64,
    /// How often it was raised.
    pub times: u64,
    pub first_at: Timestamp,
    pub last_at: Timestamp,
    /// When a message about it was written last.
    pub told_at: Option<Timestamp>,
    /// The same, of this alert or of an earlier one of the same cause.
    pub cause_told_at: Option<Timestamp>,
    pub reminded_at: Option<Timestamp>,
    /// Who takes care of it.
    pub owner: Option<String>,
    pub owned_at: Option<Timestamp>,
    pub closed_at: Option<Timestamp>,
    /// The note of the person who closed it.
    pub note: Option<String>,
}

impl std::fmt::Debug for Alert {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Alert({} {} {:?})", self.kind.as_str(), self.id, self.subject)
    }
}

/// A way on which alerts leave.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Channel {
    Log,
    Mail,
    Webhook,
}

words!(Channel {
    Log = "log",
    Mail = "mail",
    Webhook = "webhook",
});

/// What a message about an alert says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum About {
    Raised,
    /// It continues, and no one has taken it.
    Again,
    Reminder,
}

words!(About {
    Raised = "raised",
    Again = "again",
    Reminder = "reminder",
});

/// How far a message has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Delivery {
    Due,
    Sending,
    Sent,
    GivenUp,
}

words!(Delivery {
    Due = "due",
    Sending = "sending",
    Sent = "sent",
    GivenUp = "given-up",
});

/// How far a message about an alert is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MessageStatus {
    pub channel: Channel,
    pub about: About,
    pub state: Delivery,
    pub at: Timestamp,
}
