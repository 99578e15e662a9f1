//! The doors, each with a person in front of it.

use secrecy::SecretString;
use vestibule::admin::operators::identify;
use vestibule::admin::patients::invite;
use vestibule::auth::arrival::Arrival;
use vestibule::auth::browser::Browser;
use vestibule::auth::enrolment::{invited, lab_code};
use vestibule::auth::{passkey_sign_in, recover, recovery, rotate, sign_in, step_up};
use vestibule::crypto::blind_index::BlindIndex;
use vestibule::crypto::passkey::RelyingParty;
use vestibule::crypto::token::{PlainToken, TokenKind};
use vestibule::crypto::totp::{Seed, Step};
use vestibule::domain::account::AccountState;
use vestibule::domain::audit::Actor;
use vestibule::domain::birth_date::BirthDate;
use vestibule::domain::evidence::{AddPasskey, Elevated};
use vestibule::domain::identifier::Identifier;
use vestibule::domain::operator::Role;
use vestibule::domain::password::Password;
use vestibule::domain::record::RecordNumber;
use vestibule::kernel::entropy::SystemEntropy;
use vestibule::kernel::ids::LabId;
use vestibule::service::Core;
use vestibule::service::act::Act;
use vestibule::service::attempts::{Codes, Outcome};
use vestibule::store::account::{authenticators, locked, passwords};

use super::visitor;
use crate::legacy::{bring_in, line};
use crate::support::app::TestApp;
use crate::support::oathtool;
use crate::support::operator::hire;
use crate::support::patient::{PASSWORD, Patient};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Door {
    SignIn,
    Recovery,
    Passkey,
    Invitation,
    Activation,
    StepUp,
    Rotation,
    Operator,
}

/// The two of a provider are in `provider/signing_in.rs`: they take one.
pub const ALL: [Door; 8] = [
    Door::SignIn,
    Door::Recovery,
    Door::Passkey,
    Door::Invitation,
    Door::Activation,
    Door::StepUp,
    Door::Rotation,
    Door::Operator,
];

pub const RESULTS: [&str; 10] = [
    "passed",
    "held",
    "continued",
    "refused",
    "turned_away",
    "delayed",
    "busy",
    "over",
    "broken",
    "abandoned",
];

impl Door {
    pub fn label(self) -> &'static str {
        match self {
            Self::SignIn => "sign_in",
            Self::Recovery => "recovery",
            Self::Passkey => "passkey",
            Self::Invitation => "invitation",
            Self::Activation => "activation",
            Self::StepUp => "step_up",
            Self::Rotation => "rotation",
            Self::Operator => "operator",
        }
    }

    pub fn has_bucket(self) -> bool {
        !matches!(self, Self::Passkey | Self::Activation)
    }

    pub fn hashes(self) -> bool {
        matches!(self, Self::SignIn | Self::Invitation | Self::StepUp | Self::Rotation)
    }

    pub fn uses_something_up(self) -> bool {
        matches!(self, Self::SignIn | Self::Recovery | Self::StepUp | Self::Operator)
    }

    pub fn can_be_besieged(self) -> bool {
        matches!(self, Self::SignIn | Self::Recovery)
    }

    /// A passkey names nothing that strangers could try.
    pub fn names_something(self) -> bool {
        self != Self::Passkey
    }

    pub fn right(self) -> &'static str {
        match self {
            Self::Recovery => "held",
            _ => "passed",
        }
    }

    pub fn success(self) -> Option<&'static str> {
        match self {
            Self::SignIn | Self::Passkey | Self::Rotation => Some("signed-in"),
            Self::Recovery => Some("sign-in-held"),
            Self::Invitation | Self::Activation => Some("activation-started"),
            Self::StepUp => None,
            Self::Operator => Some("code-confirmed"),
        }
    }

    pub fn refusal(self) -> &'static str {
        match self {
            Self::SignIn | Self::Operator => "sign-in-refused",
            Self::Recovery | Self::Rotation => "recovery-refused",
            Self::Passkey => "passkey-refused",
            Self::Invitation | Self::Activation => "activation-refused",
            Self::StepUp => "step-up-refused",
        }
    }

    pub fn is_about_an_attempt(self, kind: &str) -> bool {
        kind == "sign-in-delayed" || kind == self.refusal() || Some(kind) == self.success()
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Showing {
    Right,
    Wrong,
}

/// The person in front of the door, with what it takes.
pub struct Subject {
    door: Door,
    realm: LabId,
    patient: Patient,
    /// Of the link, the hold or the sheet, where there is one.
    paper: String,
}

impl Subject {
    pub async fn prepare(app: &TestApp, door: Door, number: u32) -> Self {
        let (identifier, record) = (format!("P-{number}"), number.to_string());
        let mut subject = Self {
            door,
            realm: app.lab(),
            patient: Patient {
                identifier: identifier.clone(),
                ..nobody()
            },
            paper: String::new(),
        };
        match door {
            Door::Invitation => {
                bring_in(app, &line(&record)).await;
                let number = RecordNumber::parse(&record).unwrap();
                let made = invite(&app.core, &app.lab(), Some(&number), &Actor::Vestibule)
                    .await
                    .unwrap();
                made[0].token.expose().clone_into(&mut subject.paper);
            }
            Door::Activation => {
                let (patient, code) = app.imported(&identifier, &record).await;
                (subject.patient, subject.paper) = (patient, code);
            }
            Door::Operator => {
                let name = format!("claire{number}");
                let claire = hire(&app.core, &name, &[("port", Role::Security)]).await;
                subject.realm = LabId::operators();
                subject.patient.identifier = name;
                subject.patient.secret = claire.secret;
            }
            Door::SignIn | Door::Recovery | Door::Passkey | Door::StepUp => {
                subject.patient = active(app, &identifier, &record).await;
            }
            Door::Rotation => {
                subject.patient = active(app, &identifier, &record).await;
                app.require_rotation(&subject.patient).await;
                app.advance(std::time::Duration::from_secs(25 * 3600));
                subject.paper = hold(app, &subject).await;
                app.advance(std::time::Duration::from_secs(60));
            }
        }
        subject
    }

    pub fn realm(&self) -> &LabId {
        &self.realm
    }

    pub fn index(&self, app: &TestApp) -> BlindIndex {
        let identifier = Identifier::parse(&self.patient.identifier).unwrap();
        app.core.identifier_index(&self.realm, &identifier)
    }

    /// Err: something broke. Right or refused, the name of the outcome.
    pub async fn show(&self, core: &Core, showing: Showing) -> Result<&'static str, String> {
        let actor = visitor();
        let act = Act::of(core, &self.realm, &actor);
        let is_right = showing == Showing::Right;
        let code = match is_right {
            true if !self.patient.secret.is_empty() => oathtool::code(&self.patient.secret, core.now().unix_seconds()),
            _ => "12345".to_owned(),
        };
        let code = SecretString::from(code);
        let password = SecretString::from(if is_right { PASSWORD } else { "quelque chose d'autre" });
        match self.door {
            Door::SignIn => {
                let form = sign_in::Form {
                    identifier: &self.patient.identifier,
                    password: &password,
                    codes: Codes::one(&code),
                    browser: Browser::unknown(),
                    return_to: None,
                };
                named(sign_in::sign_in(act, form).await.map(|ended| ended.outcome()))
            }
            Door::Recovery => {
                let recovery_code = self.recovery_code(is_right);
                let form = recover::Form {
                    identifier: &self.patient.identifier,
                    codes: Codes::one(&code),
                    recovery_code: &recovery_code,
                    browser: Browser::unknown(),
                };
                named(recover::recover(act, &form).await.map(|ended| ended.outcome()))
            }
            Door::Passkey => self.passkey(act).await,
            Door::Invitation => self.invitation(act, &password).await,
            Door::Activation => self.activation(act, is_right).await,
            Door::StepUp => {
                let form = step_up::Form {
                    account: self.patient.account,
                    password: &password,
                    code: &code,
                    browser: Browser::unknown(),
                };
                let ended = step_up::step_up::<AddPasskey>(act, &form).await;
                named::<Elevated<AddPasskey>, _>(ended.map(|ended| ended.outcome()))
            }
            Door::Rotation => self.rotation(act, is_right).await,
            Door::Operator => {
                let name = self.patient.identifier.parse().unwrap();
                let ended = identify(core, &name, &code, &actor).await;
                named(ended.map(|ended| ended.outcome()))
            }
        }
    }

    async fn invitation(&self, act: Act<'_>, password: &SecretString) -> Result<&'static str, String> {
        let form = invited::Form {
            invitation: &PlainToken::parse(TokenKind::Invitation, &self.paper).unwrap(),
            birth_date: BirthDate::parse("12/05/1944").unwrap(),
            password,
        };
        named(invited::begin(act, &form).await.map(|ended| ended.outcome()))
    }

    async fn activation(&self, act: Act<'_>, is_right: bool) -> Result<&'static str, String> {
        let day = if is_right { "12/05/1944" } else { "13/05/1944" };
        let paper = SecretString::from(self.paper.as_str());
        let ended = lab_code::begin(act, &paper, BirthDate::parse(day)).await;
        named(ended.map(|ended| ended.outcome()))
    }

    fn recovery_code(&self, is_right: bool) -> SecretString {
        match self.patient.recovery_codes.first() {
            Some(code) if is_right => SecretString::from(code.as_str()),
            _ => SecretString::from("ABCD-EFGH-JKMN-PQRS"),
        }
    }

    /// What is signed is shown in `passkeys/`: here the answer is to no question of ours.
    async fn passkey(&self, act: Act<'_>) -> Result<&'static str, String> {
        let portal = &act.core.config.labs[0].portal;
        let form = passkey_sign_in::Form {
            party: &RelyingParty::new("Vestibule", portal).unwrap(),
            challenge: None,
            asked: PlainToken::generate(TokenKind::Browser, &SystemEntropy).hashed(),
            answer: &SecretString::from("{}"),
            browser: Browser::unknown(),
            return_to: None,
        };
        named(passkey_sign_in::sign_in(act, form).await.map(|ended| ended.outcome()))
    }

    async fn rotation(&self, act: Act<'_>, is_right: bool) -> Result<&'static str, String> {
        let token = PlainToken::parse(TokenKind::Pending, &self.paper).unwrap();
        let on_hold = rotate::lookup(act.core, act.lab, &token)
            .await
            .map_err(|fault| fault.to_string())?;
        let form = rotate::Form {
            new_password: &SecretString::from("trois tortues sous la pluie"),
            recovery_code: &self.recovery_code(is_right),
        };
        let rotation = rotate::choose(act, on_hold.unwrap(), form, &Browser::unknown()).await;
        match rotation {
            Ok(rotate::Rotation::Done { .. }) => Ok("passed"),
            Ok(_) => Ok("not passed"),
            Err(fault) => Err(fault.to_string()),
        }
    }
}

fn named<S, E: std::fmt::Display>(outcome: Result<Outcome<S>, E>) -> Result<&'static str, String> {
    match outcome {
        Ok(Outcome::Passed(_)) => Ok("passed"),
        Ok(_) => Ok("not passed"),
        Err(fault) => Err(fault.to_string()),
    }
}

fn nobody() -> Patient {
    Patient {
        account: vestibule::kernel::ids::AccountId::generate(&SystemEntropy),
        identifier: String::new(),
        record: String::new(),
        birth_date: String::new(),
        password: PASSWORD.to_owned(),
        secret: String::new(),
        recovery_codes: Vec::new(),
    }
}

/// An account as an enrolment leaves it, without the pages.
pub async fn active(app: &TestApp, identifier: &str, record: &str) -> Patient {
    let (mut patient, _) = app.imported(identifier, record).await;
    let (core, lab, now) = (&app.core, app.lab(), app.now());
    let hash = core.hashing.make(Password::typed(PASSWORD).unwrap()).await.unwrap();
    let seed = Seed::generate(&SystemEntropy);
    let mut tx = core.db.begin().await.unwrap();
    let mut holder = locked::lock(&mut tx, &lab, patient.account).await.unwrap().unwrap();
    passwords::set(&mut holder, &hash, now).await.unwrap();
    let before = Step::from_number(0);
    authenticators::bind(&mut holder, &core.sealer, &seed, before, now)
        .await
        .unwrap();
    holder.set_state(AccountState::Active, now).await.unwrap();
    let act = Act::of(core, &lab, &Actor::Vestibule);
    let codes = recovery::issue(act, &mut holder).await.unwrap();
    tx.commit().await.unwrap();
    patient.recovery_codes = codes.iter().map(|code| code.to_string()).collect();
    patient.secret = seed.base32().to_string();
    patient
}

/// A sign-in with the disabled password: held, and a recovery code is wanted.
async fn hold(app: &TestApp, subject: &Subject) -> String {
    let actor = visitor();
    let code = SecretString::from(app.code(&subject.patient));
    let form = sign_in::Form {
        identifier: &subject.patient.identifier,
        password: &SecretString::from(PASSWORD),
        codes: Codes::one(&code),
        browser: Browser::unknown(),
        return_to: None,
    };
    let ended = sign_in::sign_in(Act::of(&app.core, &subject.realm, &actor), form)
        .await
        .unwrap();
    match ended.outcome() {
        Outcome::Passed(Arrival::Held(token)) => token.expose().to_owned(),
        other => panic!("{other:?}"),
    }
}
