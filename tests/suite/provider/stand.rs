//! A real provider, not ours (npm oidc-provider), and a person's way through it.

use std::io::{BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};

use serde_json::{Value, json};
use url::Url;
use vestibule::demo::certificate;
use vestibule::kernel::clock::{Clock, SystemClock};

use crate::support::app::{TestApp, Wish};
use crate::support::browser::{Browser, Page};
use crate::support::{oathtool, programs};

pub const CLIENT_ID: &str = "labo du port";
/// With everything that a form would change.
pub const SECRET: &str = "geheim/+ %:&=";

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/provider")
}

/// Where node is, if the provider can be started. Otherwise it is said aloud.
fn node() -> Option<PathBuf> {
    if !oathtool::present() {
        return None;
    }
    let Some(node) = programs::find("node", &[]) else {
        programs::missing("node", "nodejs npm");
        return None;
    };
    if !folder().join("node_modules/oidc-provider").is_dir() {
        programs::missing_with("oidc-provider", "in tests/provider: npm ci");
        return None;
    }
    Some(node)
}

/// Who a person is at the provider, and how sure it is of that.
#[derive(Clone, Copy)]
pub struct Identity {
    pub who: &'static str,
    pub acr: &'static str,
    /// Separated by spaces.
    pub amr: &'static str,
}

/// Two factors at a level that is accepted.
pub const STRONG: Identity = Identity {
    who: "odette-1",
    acr: "eidas2",
    amr: "pwd mfa",
};
/// As [`STRONG`], for another person.
pub const OTHER: Identity = Identity {
    who: "odette-2",
    ..STRONG
};
/// As [`STRONG`], by one factor.
pub const PLAIN: Identity = Identity { amr: "pwd", ..STRONG };

/// Makes `sqlite::NAME` and `postgres::NAME` of every `async fn NAME(stand: Stand)` named.
macro_rules! with_a_provider {
    ($($test:ident),+ $(,)?) => {
        mod sqlite {
            $(#[actix_web::test]
            async fn $test() {
                if let Some(stand) = crate::provider::stand::Stand::on("sqlite:vestibule.db").await {
                    super::$test(stand).await;
                }
            })+
        }

        mod postgres {
            $(#[actix_web::test]
            async fn $test() {
                let Some(url) = crate::support::postgres::create_database().await else { return };
                if let Some(stand) = crate::provider::stand::Stand::on(&url).await {
                    super::$test(stand).await;
                }
            })+
        }
    };
}

pub(super) use with_a_provider;

/// A lab with a provider.
pub struct Stand {
    pub app: TestApp,
    pub port: u16,
    client: Value,
    process: Option<Process>,
}

/// Ends with the test.
struct Process {
    child: Child,
    /// A process that writes to a pipe that is not read gets killed for it.
    output: BufReader<ChildStdout>,
}

impl Process {
    fn start(node: &Path, files: &Path) -> Self {
        let mut child = Command::new(node)
            .env("NODE_NO_WARNINGS", "1")
            .arg(folder().join("provider.mjs"))
            .args(["certificate.pem", "key.pem"].map(|name| files.join(name)))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(std::fs::File::create(files.join("provider.log")).unwrap())
            .spawn()
            .unwrap();
        let output = BufReader::new(child.stdout.take().unwrap());
        Self { child, output }
    }

    /// The next line that it prints and `read` takes; what it says beside that is passed over.
    fn await_line<T>(&mut self, read: impl Fn(&str) -> Option<T>) -> Option<T> {
        let mut lines = self.output.by_ref().lines().map_while(Result::ok);
        lines.find_map(|line| read(&line))
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// What a test wants otherwise than usual.
pub struct Twist {
    /// Lines of `[[lab.provider]]`.
    pub keys: String,
    /// Members of the client's entry at the provider.
    pub client: Value,
}

impl Default for Twist {
    fn default() -> Self {
        Self {
            keys: String::new(),
            client: json!({}),
        }
    }
}

impl Stand {
    /// None where the program is not installed (said aloud).
    pub async fn on(database_url: &str) -> Option<Self> {
        Self::twisted(database_url, Twist::default()).await
    }

    pub async fn twisted(database_url: &str, twist: Twist) -> Option<Self> {
        let (node, directory) = (node()?, tempfile::tempdir().unwrap());
        certificate::ensure(directory.path(), SystemClock.now()).unwrap();
        std::fs::write(directory.path().join("secret"), format!("{SECRET}\n")).unwrap();
        let mut process = Process::start(&node, directory.path());
        let port = process.await_line(|line| line.parse().ok());
        let port = port.unwrap_or_else(|| panic!("{}", log(directory.path())));
        let app = TestApp::wishing(Wish {
            database_url: Some(database_url.to_owned()),
            lab_keys: entry(&format!("https://localhost:{port}"), &twist.keys),
            directory: Some(directory),
            ..Wish::default()
        })
        .await;
        let client = json!({
            "client_id": CLIENT_ID,
            "client_secret": SECRET,
            "redirect_uris": [format!("{}/upstream/callback", app.portal)],
            "post_logout_redirect_uris": [format!("{}/logout", app.portal)],
            "id_token_signed_response_alg": "ES256",
        });
        let mut stand = Self {
            app,
            port,
            client,
            process: Some(process),
        };
        stand.change_client(twist.client);
        Some(stand)
    }

    /// The provider has new keys, and nothing of what it knew.
    pub fn begin_anew(&mut self) {
        let process = self.process.as_mut().unwrap();
        let input = process.child.stdin.as_mut().unwrap();
        writeln!(input, "{}", json!([self.client])).unwrap();
        let ready = process.await_line(|line| (line == "ready").then_some(()));
        assert!(ready.is_some(), "{}", self.log());
    }

    /// From now on, the client is registered with these at the provider.
    pub fn change_client(&mut self, change: Value) {
        let change = change.as_object().unwrap().clone();
        self.client.as_object_mut().unwrap().extend(change);
        self.begin_anew();
    }

    pub fn stop(&mut self) {
        self.process = None;
    }

    fn log(&self) -> String {
        log(self.app.directory.path())
    }

    /// The page that leads to the provider, from the button of the sign-in page.
    pub async fn leave(&self, browser: &mut Browser) -> Page {
        self.leave_from(browser, "/login").await
    }

    pub async fn leave_from(&self, browser: &mut Browser, login: &str) -> Page {
        let page = browser.get(&format!("{}{login}", self.app.portal)).await;
        assert!(page.text().contains("Compte+"), "{}", page.text());
        let csrf = page.field("csrf").unwrap();
        let mut fields = vec![("csrf", csrf.as_str()), ("provider", "compte")];
        let hidden = ["site", "to", "via", "request"].map(|name| (name, page.field(name)));
        for (name, value) in &hidden {
            if let Some(value) = value {
                fields.push((name, value));
            }
        }
        let page = browser
            .post(&format!("{}/login/provider", self.app.portal), &fields)
            .await;
        assert_eq!(page.status, 200, "{page:?}");
        page
    }

    /// Signs in at the provider, from the page that leads there; the address at which the browser is sent back.
    pub async fn show(&self, browser: &mut Browser, leaving: &Page, identity: Identity) -> String {
        let Identity { who, acr, amr } = identity;
        let fields = [("who", who), ("acr", acr), ("amr", amr), ("go", "")];
        self.walk(browser, leaving, &fields).await
    }

    /// As [`Stand::show`]; but they say no.
    pub async fn cancel(&self, browser: &mut Browser, leaving: &Page) -> String {
        self.walk(browser, leaving, &[("cancel", "")]).await
    }

    async fn walk(&self, browser: &mut Browser, leaving: &Page, fields: &[(&str, &str)]) -> String {
        let mut next = leads_to(leaving);
        for _ in 0..12 {
            if next.port() != Some(self.port) {
                return next.into();
            }
            let mut page = browser.get(next.as_str()).await;
            if page.text().contains("name=\"who\"") {
                page = browser.post(next.as_str(), fields).await;
            }
            assert!(page.status.is_redirection(), "{page:?}\n{}", self.log());
            next = page.url.join(page.location()).unwrap();
        }
        panic!("redirects without end: {next}");
    }

    /// All of it: from the button to the answer at the callback.
    pub async fn sign_in(&self, browser: &mut Browser, identity: Identity) -> Page {
        let leaving = self.leave(browser).await;
        let back = self.show(browser, &leaving, identity).await;
        browser.get(&back).await
    }
}

/// `[[lab.provider]]`, but for `keys` as the lab of the tests has it.
pub fn entry(issuer: &str, keys: &str) -> String {
    let defaults = [
        ("acr_values", "[\"eidas2\", \"eidas3\"]"),
        ("mfa_amr", "[\"mfa\"]"),
        ("scopes", "[\"openid\", \"profile\"]"),
        ("ca_file", "\"ca.pem\""),
        ("name", "\"Compte+\""),
    ];
    let has = |key: &str| keys.lines().any(|line| line.starts_with(&format!("{key} =")));
    let defaults = defaults.iter().filter(|(key, _)| !has(key));
    let defaults: String = defaults.map(|(key, value)| format!("{key} = {value}\n")).collect();
    format!(
        "[[lab.provider]]\nid = \"compte\"\nissuer = \"{issuer}\"\nclient_id = \"{CLIENT_ID}\"\n\
         client_secret_file = \"secret\"\n{defaults}{keys}\n"
    )
}

fn log(files: &Path) -> String {
    std::fs::read_to_string(files.join("provider.log")).unwrap_or_default()
}

/// Where a page of ours leads by itself: the link on it says the same.
pub fn leads_to(page: &Page) -> Url {
    let text = page.text();
    let link = text
        .split_once("id=\"go\" href=\"")
        .unwrap_or_else(|| panic!("{text}"))
        .1;
    let link = link.split_once('"').unwrap().0;
    assert!(
        text.contains(&format!("<meta http-equiv=\"refresh\" content=\"0; url={link}\">")),
        "{text}"
    );
    Url::parse(&link.replace("&#38;", "&").replace("&amp;", "&")).unwrap()
}
