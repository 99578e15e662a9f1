//! What is recorded for good: every authentication, refusal and act of an operator, as a typed event.

use serde::Serialize;

use crate::account::HoldReason;
pub use crate::actor::Actor;
use crate::authorization::Claim;
use crate::conflict::Correction;
use crate::evidence::Means;
use crate::leak::{Effect, LeakId};
use crate::operator::Role;
use crate::{alert, outbox};
use crypto::jose::Algorithm;
use kernel::ids::{AccountId, ClientId, OperatorName, ProviderId, SessionId, SiteId};

/// Why a sign-in was refused; recorded here and never shown on the network.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum RefusalCause {
    UnknownIdentifier,
    NotActive,
    WrongCode,
    CodeUsedUp,
    WrongPassword,
    WrongRecoveryCode,
    TooManyInARow,
}

/// Why a passkey was refused; recorded here and never shown on the network.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum PasskeyCause {
    /// What was signed is not a challenge given to this browser within the last minutes, or it was used before.
    Challenge,
    /// No account has it (any more), or it names another account.
    Unknown,
    /// The signature, the origin or the proof of the user is not right.
    Signature,
    /// Its counter went back: there may be two of it.
    Cloned,
    NotActive,
}

/// Why a provider's answer did not sign a person in or link anything; recorded here and never shown on the network.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum ProviderCause {
    /// This browser was not sent there within the last minutes, or the answer was used before.
    Departure,
    /// The provider, or the person there, said no.
    Denied,
    /// The answer names another provider.
    Issuer,
    /// The provider's server did not answer, or not in time.
    Unreachable,
    /// The code was not taken.
    Code,
    /// Signature, audience, time or nonce of the ID token are not right.
    Token,
    /// The level of assurance is not accepted.
    Acr,
    /// This provider is no longer accepted, or never was.
    NotAccepted,
    /// No account has this identity.
    NotLinked,
    NotActive,
    /// Another account of the lab has this identity, or this one has too many.
    NotLinkable,
    /// Of the authenticator, where the provider showed no second factor.
    WrongCode,
    CodeUsedUp,
    TooManyInARow,
}

/// Why the gate refused a signed-in visitor.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum GateCause {
    OtherRecord,
    Unmapped,
    Ambiguous,
    Method,
}

/// What of a client came twice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum ReplayedCredential {
    Code,
    RefreshToken,
}

/// Why the desk refused a signed-in operator.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum DeskCause {
    /// They have no role in this lab.
    NoRole,
    /// What they requested belongs to another lab.
    OtherLab,
    /// Their role is not enough.
    Role,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "event", rename_all = "kebab-case")]
pub enum Event {
    SignedIn {
        session: String,
        means: Means,
    },
    SignInRefused {
        cause: RefusalCause,
    },
    SignInDelayed {
        seconds: u64,
    },
    SignInHeld {
        means: Means,
        reason: HoldReason,
    },
    /// An attempt to come back without a valid password.
    RecoveryRefused {
        cause: RefusalCause,
    },
    /// It did not sign anyone in; the account is recorded if the passkey belongs to one.
    PasskeyRefused {
        cause: PasskeyCause,
    },
    /// A signed-in person had to give password and code again, and did not.
    StepUpRefused {
        cause: RefusalCause,
    },
    PasskeyAdded {
        passkey: String,
    },
    PasskeyRemoved {
        passkey: String,
    },
    /// It did not sign anyone in or link anything; the account is recorded if the identity belongs to one.
    ProviderRefused {
        provider: Option<ProviderId>,
        cause: ProviderCause,
    },
    ProviderLinked {
        provider: ProviderId,
        link: String,
    },
    ProviderUnlinked {
        provider: ProviderId,
        link: String,
    },
    SignedOut {
        session: String,
    },
    SignedOutEverywhere {
        sessions: u64,
    },
    /// A browser in which this account was never signed in before is a known one from now on.
    DeviceTrusted {
        device: String,
    },
    DeviceForgotten {
        device: String,
    },
    SiteEntered {
        session: String,
        site: SiteId,
    },
    /// A client is told who is signed in.
    ClientEntered {
        session: String,
        client: ClientId,
        scopes: String,
    },
    ConsentGiven {
        client: ClientId,
        claims: Vec<Claim>,
    },
    ConsentRefused {
        client: ClientId,
    },
    /// A code or a refresh token was used again: someone else may have it, so the grant ended.
    GrantReplayed {
        client: ClientId,
        what: ReplayedCredential,
    },
    /// A signed-in visitor requested what is not theirs; which record is not recorded.
    GateRefused {
        site: SiteId,
        cause: GateCause,
    },
    ActivationStarted,
    ActivationRefused,
    Enrolled,
    PasswordRotated,
    PasswordRehashed,
    RecoveryCodesIssued {
        number: usize,
    },
    LabCodeIssued {
        expires_at: String,
    },
    RecordGranted {
        /// Whose own file it is.
        subject: String,
        scope: String,
        ends_at: String,
    },
    /// An import contradicts what is stored of one of the account's records.
    RecordDisputed {
        conflict: &'static str,
    },
    /// Somebody decided where a record of the account belongs.
    RecordCorrected {
        act: Correction,
        reason: String,
    },
    PatientImportStarted,
    PatientsImported {
        added: u64,
        updated: u64,
        unchanged: u64,
        refused: u64,
        /// Columns of the file that were skipped unread.
        columns_dropped: usize,
        /// Always false: nothing of the file stays anywhere but in the accounts.
        input_kept: bool,
    },
    /// Of the LIS, in Argon2id; they open nothing alone.
    LegacyPasswordsWrapped {
        number: u64,
    },
    InvitationsIssued {
        number: usize,
        expires_at: String,
    },
    OperatorAdded {
        operator: OperatorName,
    },
    /// None: nothing in this lab any more.
    OperatorRoleSet {
        operator: OperatorName,
        role: Option<Role>,
    },
    OperatorDisabled {
        operator: OperatorName,
    },
    /// A relying party may ask for people to be signed in, or use the admin API.
    ClientAdded {
        client: ClientId,
    },
    /// What it may do has changed; the fields are named, their values are not.
    ClientChanged {
        client: ClientId,
        fields: Vec<String>,
    },
    ClientSecretIssued {
        client: ClientId,
        expires_at: String,
        /// None of the older ones works longer than until then.
        older_until: String,
    },
    /// For good; everything it was granted ended.
    ClientDisabled {
        client: ClientId,
        grants_ended: u64,
    },
    /// The account's holder does not want this client to know them any more.
    ConsentTakenBack {
        client: ClientId,
        grants_ended: u64,
    },
    /// An operator proved with a code that it is them, for one act.
    CodeConfirmed,
    /// An operator requested something that their role does not allow.
    DeskRefused {
        cause: DeskCause,
    },
    LeakRead {
        leak: LeakId,
        rows: u64,
        bad_rows: u64,
        /// Columns of the list that were passed over unread.
        columns_dropped: usize,
        /// Always false: of the list, keyed digests stay.
        input_kept: bool,
    },
    LeakApprovalRequested {
        leak: LeakId,
    },
    LeakApplied {
        leak: LeakId,
        sessions_ended: u64,
    },
    LeakUndone {
        leak: LeakId,
    },
    LeakClosed {
        leak: LeakId,
    },
    LeakVerified {
        leak: LeakId,
        checked: u64,
        confirmed: u64,
    },
    /// An attempt on an account that exists only to be leaked.
    CanaryTouched {
        leak: LeakId,
    },
    CanariesMade {
        number: usize,
    },
    /// Over the whole lab, more sign-ins failed in ten minutes than is usual, and more than succeeded.
    SiegeBegan {
        limit: u64,
        failures: u64,
        turned_away: u64,
        successes: u64,
    },
    SiegeEnded {
        began_at: String,
    },
    AccountListed {
        leak: LeakId,
        effect: Effect,
    },
    /// The time to rotate is over.
    PasswordDisabled {
        leak: LeakId,
    },
    KeyringAdopted,
    KeyringRotated {
        key: String,
    },
    /// A server started with a newer key than any before.
    KeyInUse {
        key: String,
    },
    /// A key that clients will see this lab's tokens signed with.
    SigningKeyMade {
        algorithm: Algorithm,
        key: String,
        signs_from: String,
    },
    DatabaseBackedUp,
    DatabaseRestored,
    ColumnsResealed {
        values: u64,
    },
    /// The mail server took the mail.
    Told {
        leak: LeakId,
        what: outbox::Kind,
    },
    /// The server refused it, it bounced, or its fate is unknown: a letter is needed.
    NotTold {
        leak: LeakId,
        what: outbox::Kind,
        outcome: outbox::State,
    },
    LettersStarted {
        leak: LeakId,
    },
    /// Letters are ready to be printed, some with a new lab code.
    LettersWritten {
        leak: LeakId,
        letters: u64,
        lab_codes: u64,
    },
    /// Names and file numbers of everyone on a list were written to files.
    LeakPeopleExported {
        leak: LeakId,
        people: u64,
    },
    /// Figures and drafts were taken out of the desk.
    ReportExported {
        leak: LeakId,
    },
    /// An operator takes an alert.
    AlertTaken {
        alert: String,
        kind: alert::Kind,
    },
    AlertClosed {
        alert: String,
        kind: alert::Kind,
    },
    /// The mail server was out of reach for too long.
    MailGivenUp {
        leak: LeakId,
        mails: u64,
    },
}

impl Event {
    #[expect(clippy::too_many_lines, reason = "one line an event")]
    pub fn kind(&self) -> &'static str {
        match self {
            Self::SignedIn { .. } => "signed-in",
            Self::SignInRefused { .. } => "sign-in-refused",
            Self::SignInDelayed { .. } => "sign-in-delayed",
            Self::SignInHeld { .. } => "sign-in-held",
            Self::RecoveryRefused { .. } => "recovery-refused",
            Self::PasskeyRefused { .. } => "passkey-refused",
            Self::StepUpRefused { .. } => "step-up-refused",
            Self::PasskeyAdded { .. } => "passkey-added",
            Self::PasskeyRemoved { .. } => "passkey-removed",
            Self::ProviderRefused { .. } => "provider-refused",
            Self::ProviderLinked { .. } => "provider-linked",
            Self::ProviderUnlinked { .. } => "provider-unlinked",
            Self::SignedOut { .. } => "signed-out",
            Self::SignedOutEverywhere { .. } => "signed-out-everywhere",
            Self::DeviceTrusted { .. } => "device-trusted",
            Self::DeviceForgotten { .. } => "device-forgotten",
            Self::ClientEntered { .. } => "client-entered",
            Self::ConsentGiven { .. } => "consent-given",
            Self::ConsentRefused { .. } => "consent-refused",
            Self::GrantReplayed { .. } => "grant-replayed",
            Self::SiteEntered { .. } => "site-entered",
            Self::GateRefused { .. } => "gate-refused",
            Self::ActivationStarted => "activation-started",
            Self::ActivationRefused => "activation-refused",
            Self::Enrolled => "enrolled",
            Self::PasswordRotated => "password-rotated",
            Self::PasswordRehashed => "password-rehashed",
            Self::RecoveryCodesIssued { .. } => "recovery-codes-issued",
            Self::LabCodeIssued { .. } => "lab-code-issued",
            Self::RecordGranted { .. } => "record-granted",
            Self::RecordDisputed { .. } => "record-disputed",
            Self::RecordCorrected { .. } => "record-corrected",
            Self::PatientImportStarted => "patient-import-started",
            Self::PatientsImported { .. } => "patients-imported",
            Self::LegacyPasswordsWrapped { .. } => "legacy-passwords-wrapped",
            Self::InvitationsIssued { .. } => "invitations-issued",
            Self::OperatorAdded { .. } => "operator-added",
            Self::OperatorRoleSet { .. } => "operator-role-set",
            Self::OperatorDisabled { .. } => "operator-disabled",
            Self::ClientAdded { .. } => "client-added",
            Self::ClientChanged { .. } => "client-changed",
            Self::ClientSecretIssued { .. } => "client-secret-issued",
            Self::ClientDisabled { .. } => "client-disabled",
            Self::ConsentTakenBack { .. } => "consent-taken-back",
            Self::CodeConfirmed => "code-confirmed",
            Self::DeskRefused { .. } => "desk-refused",
            Self::LeakRead { .. } => "leak-read",
            Self::LeakApprovalRequested { .. } => "leak-approval-requested",
            Self::LeakApplied { .. } => "leak-applied",
            Self::LeakUndone { .. } => "leak-undone",
            Self::LeakClosed { .. } => "leak-closed",
            Self::LeakVerified { .. } => "leak-verified",
            Self::CanaryTouched { .. } => "canary-touched",
            Self::CanariesMade { .. } => "canaries-made",
            Self::SiegeBegan { .. } => "siege-began",
            Self::SiegeEnded { .. } => "siege-ended",
            Self::AccountListed { .. } => "account-listed",
            Self::PasswordDisabled { .. } => "password-disabled",
            Self::KeyringAdopted => "keyring-adopted",
            Self::KeyringRotated { .. } => "keyring-rotated",
            Self::SigningKeyMade { .. } => "signing-key-made",
            Self::KeyInUse { .. } => "key-in-use",
            Self::DatabaseBackedUp => "database-backed-up",
            Self::DatabaseRestored => "database-restored",
            Self::ColumnsResealed { .. } => "columns-resealed",
            Self::Told { .. } => "told",
            Self::NotTold { .. } => "not-told",
            Self::LettersStarted { .. } => "letters-started",
            Self::LettersWritten { .. } => "letters-written",
            Self::LeakPeopleExported { .. } => "leak-people-exported",
            Self::ReportExported { .. } => "report-exported",
            Self::AlertTaken { .. } => "alert-taken",
            Self::AlertClosed { .. } => "alert-closed",
            Self::MailGivenUp { .. } => "mail-given-up",
        }
    }

    pub fn signed_in(session: SessionId, means: Means) -> Self {
        Self::SignedIn {
            session: session.to_string(),
            means,
        }
    }
}

/// An event with everything that goes into its row.
#[derive(Clone, Debug)]
pub struct Entry {
    pub actor: Actor,
    pub account: Option<AccountId>,
    pub event: Event,
}
