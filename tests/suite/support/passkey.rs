//! An authenticator in software: makes P-256 keys, signs, counts, and lies where a test wants it to.

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, KeyPair};
use data_encoding::BASE64URL_NOPAD;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use vestibule::kernel::entropy::{SystemEntropy, random};

use super::app::TestApp;
use super::browser::{Browser, Page};
use super::patient::Patient;

const PRESENT: u8 = 0x01;
const VERIFIED: u8 = 0x04;
const ATTESTED: u8 = 0x40;

/// A passkey, and what its authenticator says of it.
pub struct SoftKey {
    key: EcdsaKeyPair,
    id: [u8; 32],
    pub handle: Vec<u8>,
    pub counter: u32,
    /// The page that asks, as the browser says it.
    pub origin: String,
    /// Fingerprint, face or PIN were checked.
    pub verified: bool,
}

impl SoftKey {
    pub fn new(origin: &str) -> Self {
        Self {
            key: EcdsaKeyPair::generate(&ECDSA_P256_SHA256_ASN1_SIGNING).unwrap(),
            id: random(&SystemEntropy),
            handle: Vec::new(),
            counter: 0,
            origin: origin.to_owned(),
            verified: true,
        }
    }

    /// What a browser answers when it is to make this passkey.
    pub fn create(&mut self, options: &Value) -> String {
        assert_eq!(options["authenticatorSelection"]["residentKey"], "required");
        assert_eq!(options["authenticatorSelection"]["userVerification"], "required");
        self.handle = BASE64URL_NOPAD
            .decode(options["user"]["id"].as_str().unwrap().as_bytes())
            .unwrap();
        let mut data = self.data(options["rp"]["id"].as_str().unwrap(), ATTESTED);
        data.extend([0; 16]);
        data.extend([0, 32]);
        data.extend(self.id);
        data.extend(self.cose());
        // {"fmt": "none", "attStmt": {}, "authData": data}
        let mut object = b"\xa3\x63fmt\x64none\x67attStmt\xa0\x68authData\x59".to_vec();
        object.extend(u16::try_from(data.len()).unwrap().to_be_bytes());
        object.extend(&data);
        let response = json!({
            "clientDataJSON": encode(&self.client_data("webauthn.create", options)),
            "attestationObject": encode(&object),
        });
        self.answer(response)
    }

    /// What a browser answers when this passkey is to sign.
    pub fn get(&mut self, options: &Value) -> String {
        assert_eq!(options["userVerification"], "required");
        assert_eq!(options["allowCredentials"], json!([]), "nobody is named");
        if self.counter > 0 {
            self.counter += 1;
        }
        let data = self.data(options["rpId"].as_str().unwrap(), 0);
        let client_data = self.client_data("webauthn.get", options);
        let signed = [data.as_slice(), &Sha256::digest(&client_data)].concat();
        let signature = self.key.sign(&SystemRandom::new(), &signed).unwrap();
        let response = json!({
            "clientDataJSON": encode(&client_data),
            "authenticatorData": encode(&data),
            "signature": encode(signature.as_ref()),
            "userHandle": encode(&self.handle),
        });
        self.answer(response)
    }

    fn answer(&self, response: Value) -> String {
        let id = encode(&self.id);
        json!({ "id": id, "rawId": id, "type": "public-key", "response": response }).to_string()
    }

    fn client_data(&self, kind: &str, options: &Value) -> Vec<u8> {
        let data =
            json!({ "type": kind, "challenge": options["challenge"], "origin": self.origin, "crossOrigin": false });
        data.to_string().into_bytes()
    }

    fn data(&self, host: &str, more: u8) -> Vec<u8> {
        let mut data = Sha256::digest(host).to_vec();
        data.push(PRESENT | if self.verified { VERIFIED } else { 0 } | more);
        data.extend(self.counter.to_be_bytes());
        data
    }

    /// {1: 2, 3: -7, -1: 1, -2: x, -3: y}
    fn cose(&self) -> Vec<u8> {
        let (x, y) = self.key.public_key().as_ref()[1..].split_at(32);
        [b"\xa5\x01\x02\x03\x26\x20\x01\x21\x58\x20", x, b"\x22\x58\x20", y].concat()
    }
}

fn encode(bytes: &[u8]) -> String {
    BASE64URL_NOPAD.encode(bytes)
}

/// What a page asks a browser for.
pub fn options(page: &Page) -> Value {
    serde_json::from_str(&page.attribute("data-options").unwrap_or_else(|| panic!("{page:?}"))).unwrap()
}

impl TestApp {
    /// The page that asks for a passkey.
    pub async fn ask_for_passkey(&self, browser: &mut Browser) -> Page {
        let csrf = browser
            .visit(&format!("{}/login", self.portal))
            .await
            .field("csrf")
            .unwrap();
        let page = browser
            .post(&format!("{}/login/passkey", self.portal), &[("csrf", &csrf)])
            .await;
        assert_eq!(page.status, 200, "{page:?}");
        page
    }

    pub async fn answer_passkey(&self, browser: &mut Browser, asked: &Page, answer: &str) -> Page {
        let field = |name| asked.field(name).unwrap();
        let (csrf, challenge) = (field("csrf"), field("challenge"));
        let fields = [
            ("csrf", csrf.as_str()),
            ("challenge", challenge.as_str()),
            ("answer", answer),
        ];
        browser
            .post(&format!("{}/login/passkey/answer", self.portal), &fields)
            .await
    }

    /// One whole sign-in.
    pub async fn sign_in_with(&self, browser: &mut Browser, key: &mut SoftKey) -> Page {
        let asked = self.ask_for_passkey(browser).await;
        let answer = key.get(&options(&asked));
        self.answer_passkey(browser, &asked, &answer).await
    }

    /// Asks again as the page does; uses up a code.
    pub async fn again(
        &self,
        browser: &mut Browser,
        path: &str,
        password: &str,
        code: &str,
        more: &[(&str, &str)],
    ) -> Page {
        let csrf = browser
            .get(&format!("{}/account/passkeys/add", self.portal))
            .await
            .field("csrf")
            .unwrap();
        let mut fields = vec![("csrf", csrf.as_str()), ("password", password), ("code", code)];
        fields.extend(more);
        browser.post(&format!("{}{path}", self.portal), &fields).await
    }

    /// From a signed-in browser to a passkey of the account.
    pub async fn add_passkey(&self, browser: &mut Browser, patient: &Patient, name: &str) -> SoftKey {
        let mut key = SoftKey::new(&self.portal);
        let page = self.try_passkey(browser, patient, name, &mut key).await;
        assert_eq!(
            (page.status.as_u16(), page.location()),
            (303, "/account/passkeys?added"),
            "{page:?}"
        );
        key
    }

    pub async fn try_passkey(&self, browser: &mut Browser, patient: &Patient, name: &str, key: &mut SoftKey) -> Page {
        // The code that signed in is used up.
        self.advance(std::time::Duration::from_secs(30));
        let code = self.code(patient);
        let page = self
            .again(browser, "/account/passkeys/add", &patient.password, &code, &[])
            .await;
        let page = browser.follow(page).await;
        let answer = key.create(&options(&page));
        let csrf = page.field("csrf").unwrap();
        let fields = [("csrf", csrf.as_str()), ("name", name), ("answer", &answer)];
        browser
            .post(&format!("{}/account/passkeys/new", self.portal), &fields)
            .await
    }

    /// A patient with one passkey.
    pub async fn patient_with_passkey(&self, identifier: &str, record: &str) -> (Patient, SoftKey) {
        let patient = self.patient(identifier, record).await;
        let mut browser = self.browser();
        self.sign_in(&mut browser, &patient).await;
        let key = self.add_passkey(&mut browser, &patient, "").await;
        self.advance(std::time::Duration::from_secs(30));
        (patient, key)
    }
}
