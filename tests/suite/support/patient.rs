//! A patient: imported by the lab, enrolled through the pages with a code from an independent program.

use std::io::Cursor;
use std::time::Duration;

use vestibule::crypto::human_code::{CodeKind, HumanCode};
use vestibule::domain::audit::Actor;
use vestibule::domain::identifier::Identifier;
use vestibule::domain::leak::LeakId;
use vestibule::kernel::ids::AccountId;
use vestibule::leak::campaign::{self, List, ListDescription};
use vestibule::store::account::accounts::Person;
use vestibule::store::account::records::Relation;
use vestibule::store::account::{accounts, lab_codes, records};

use super::app::TestApp;
use super::browser::{Browser, Page};
use super::oathtool;

pub const PASSWORD: &str = "la cigogne repasse ses rideaux mauves";

pub struct Patient {
    pub account: AccountId,
    pub identifier: String,
    pub record: String,
    pub birth_date: String,
    pub password: String,
    pub secret: String,
    pub recovery_codes: Vec<String>,
}

impl TestApp {
    /// An account as an import leaves it, with a lab code on paper.
    pub async fn imported(&self, identifier: &str, record: &str) -> (Patient, String) {
        let (core, lab, now) = (&self.core, self.lab(), self.now());
        let account = AccountId::generate(&*core.entropy);
        let person = Person {
            identifier: identifier.to_owned(),
            email: Some("odette@example.org".to_owned()),
            birth_date: "1944-05-12".to_owned(),
            given_name: "Odette".to_owned(),
            family_name: "Lemaître".to_owned(),
            other_names: Vec::new(),
        };
        let index = core.identifier_index(&lab, &Identifier::parse(identifier).unwrap());
        let code = HumanCode::generate(&*core.entropy);
        let mac = code.mac(&core.keyring, &lab, CodeKind::Lab);
        let mut tx = core.db.begin().await.unwrap();
        let holder = accounts::NewHolder {
            identifier: &index,
            person: &person,
            at: now,
        };
        accounts::insert(&mut tx, &core.sealer, &lab, account, &holder)
            .await
            .unwrap();
        let own = records::NewRecord {
            index: &core.record_index(&lab, record),
            record,
            relation: &Relation::Own,
            at: now,
        };
        records::attach(&mut tx, &core.sealer, &lab, account, &own)
            .await
            .unwrap();
        let new = lab_codes::NewLabCode {
            mac: &mac,
            issued_by: "test",
            issued_at: now,
            expires_at: now.plus(Duration::from_secs(14 * 24 * 3600)),
        };
        lab_codes::issue(&mut tx, &lab, account, &new).await.unwrap();
        tx.commit().await.unwrap();
        let patient = Patient {
            account,
            identifier: identifier.to_owned(),
            record: record.to_owned(),
            birth_date: person.birth_date,
            password: PASSWORD.to_owned(),
            secret: String::new(),
            recovery_codes: Vec::new(),
        };
        (patient, code.grouped().to_string())
    }

    /// Enrols through the pages; the browser is signed in afterwards.
    pub async fn enrol(&self, browser: &mut Browser, patient: &mut Patient, lab_code: &str) -> Page {
        let start = browser.get(&format!("{}/activate", self.portal)).await;
        let csrf = start.field("csrf").unwrap();
        let birth_date = &patient.birth_date;
        let fields = [("lab_code", lab_code), ("birth_date", birth_date), ("csrf", &csrf)];
        let page = browser.post(&format!("{}/activate", self.portal), &fields).await;
        let page = browser.follow(page).await;
        assert!(page.text().contains("new_password"), "{}", page.text());
        self.finish_enrolment(browser, patient).await
    }

    /// From the page that asks for a password on.
    pub async fn finish_enrolment(&self, browser: &mut Browser, patient: &mut Patient) -> Page {
        let page = browser.get(&format!("{}/activate", self.portal)).await;
        let csrf = page.field("csrf").unwrap();
        let fields = [("new_password", patient.password.as_str()), ("csrf", &csrf)];
        let page_two = browser
            .post(&format!("{}/activate/password", self.portal), &fields)
            .await;
        let page = browser.follow(page_two).await;
        patient.secret = page.element("totp-secret").unwrap_or_else(|| panic!("{}", page.text()));
        let code = oathtool::code(&patient.secret, self.now().unix_seconds());
        let fields = [("code", code.as_str()), ("csrf", &csrf)];
        let page = browser.post(&format!("{}/activate/code", self.portal), &fields).await;
        let page = browser.follow(page).await;
        let codes = page
            .element("recovery-codes")
            .unwrap_or_else(|| panic!("{}", page.text()));
        patient.recovery_codes = codes
            .split(|c: char| !(c.is_ascii_alphanumeric() || c == '-'))
            .filter(|word| word.len() == 19 && word.matches('-').count() == 3)
            .map(str::to_owned)
            .collect();
        page
    }

    /// A patient who enrolled a while ago: the code that confirmed it is no longer the current one.
    pub async fn patient(&self, identifier: &str, record: &str) -> Patient {
        let (mut patient, code) = self.imported(identifier, record).await;
        let mut browser = self.browser();
        self.enrol(&mut browser, &mut patient, &code).await;
        self.advance(Duration::from_secs(60));
        patient
    }

    pub fn code(&self, patient: &Patient) -> String {
        oathtool::code(&patient.secret, self.now().unix_seconds())
    }

    /// One attempt at the sign-in form.
    pub async fn attempt(&self, browser: &mut Browser, identifier: &str, password: &str, code: &str) -> Page {
        let form = browser.visit(&format!("{}/login", self.portal)).await;
        let csrf = form.field("csrf").unwrap();
        let fields = [
            ("identifier", identifier),
            ("password", password),
            ("code", code),
            ("csrf", &csrf),
        ];
        browser.post(&format!("{}/login", self.portal), &fields).await
    }

    pub async fn sign_in(&self, browser: &mut Browser, patient: &Patient) -> Page {
        let code = self.code(patient);
        let page = self
            .attempt(browser, &patient.identifier, &patient.password, &code)
            .await;
        assert_eq!(page.status, 303, "{}", page.text());
        page
    }
}

impl TestApp {
    pub async fn new_lab_code(&self, patient: &Patient) -> String {
        let (core, lab, now) = (&self.core, self.lab(), self.now());
        let code = HumanCode::generate(&*core.entropy);
        let mac = code.mac(&core.keyring, &lab, CodeKind::Lab);
        let mut tx = core.db.begin().await.unwrap();
        let expires = now.plus(Duration::from_secs(14 * 24 * 3600));
        lab_codes::issue(
            &mut tx,
            &lab,
            patient.account,
            &lab_codes::NewLabCode {
                mac: &mac,
                issued_by: "test",
                issued_at: now,
                expires_at: expires,
            },
        )
        .await
        .unwrap();
        tx.commit().await.unwrap();
        code.grouped().to_string()
    }

    /// As an imported list of leaked passwords leaves the account.
    pub async fn require_rotation(&self, patient: &Patient) {
        self.leak(&format!("{};{}\n", patient.identifier, patient.password))
            .await;
    }

    /// A list in effect: lines of identifier and password.
    pub async fn leak(&self, lines: &str) -> LeakId {
        let id = self.draft(lines).await;
        self.apply(id).await;
        campaign::approve(&self.core, &self.lab(), id, &operator("second"))
            .await
            .unwrap();
        campaign::settle(&self.core, &self.lab(), id, &mut |_| {})
            .await
            .unwrap();
        id
    }

    /// As a person does who does not know that it was done.
    pub async fn leak_again(&self, lines: &str) -> LeakId {
        let id = self.draft(lines).await;
        self.apply(id).await;
        campaign::settle(&self.core, &self.lab(), id, &mut |_| {})
            .await
            .unwrap();
        id
    }

    /// With those who are nobody here accepted as such.
    async fn apply(&self, id: LeakId) {
        let (core, lab) = (&self.core, self.lab());
        let overview = campaign::overview(core, &lab, id).await.unwrap().unwrap();
        let accepted = overview.identifiers.map(|identifiers| identifiers.not_found);
        campaign::apply_accepting(core, &lab, id, accepted, &operator("first"))
            .await
            .unwrap();
    }

    pub async fn draft(&self, lines: &str) -> LeakId {
        let list = List::Stream {
            name: "list".to_owned(),
            length: lines.len() as u64,
            read: Box::new(Cursor::new(lines.to_owned().into_bytes())),
        };
        let about = ListDescription {
            source: "test".to_owned(),
            aware_at: None,
            mapping: Some("identifier=1,password=2".to_owned()),
        };
        campaign::draft(&self.core, &self.lab(), list, about, &operator("first"), &mut |_| {})
            .await
            .unwrap()
    }
}

pub fn operator(name: &str) -> Actor {
    Actor::Operator { name: name.to_owned() }
}
