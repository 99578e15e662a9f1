//! The way through other people's pages and ours, as taken by a person who signs in, agrees, and has no scripts.

use serde_json::Value;
use url::Url;

use super::program::Program;
use super::stand::Stand;
use crate::support::app::TestApp;
use crate::support::browser::{Browser, Page};
use crate::support::patient::Patient;

/// From a page of the relying party to the next one of its own that shows something.
pub async fn through(app: &TestApp, browser: &mut Browser, patient: &Patient, start: &str) -> Page {
    let origin = Url::parse(start).unwrap().origin().ascii_serialization();
    let page = browser.get(start).await;
    // What it answers with at once is a page of its own, or the way to the provider.
    let Some(away) = next(&page) else { return page };
    let sent = until_sent_to(app, browser, patient, away.as_str(), &origin).await;
    let page = browser.get(sent.url.as_str()).await;
    browser.follow(page).await
}

/// From a page of the provider until it sends the browser to that origin: the address, not asked yet.
pub async fn until_sent_to(app: &TestApp, browser: &mut Browser, patient: &Patient, start: &str, origin: &str) -> Page {
    let mut page = browser.get(start).await;
    for _ in 0..16 {
        if let Some(url) = next(&page) {
            if url.origin().ascii_serialization() == origin {
                return Page { url, ..page };
            }
            page = browser.get(url.as_str()).await;
            continue;
        }
        let (action, mut fields) = form(&page);
        if page.text().contains("name=\"identifier\"") {
            let code = app.code(patient);
            for (name, value) in [
                ("identifier", &patient.identifier),
                ("password", &patient.password),
                ("code", &code),
            ] {
                fields.push((name.to_owned(), value.clone()));
            }
        }
        let fields: Vec<_> = fields
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .collect();
        page = browser.post(page.url.join(&action).unwrap().as_str(), &fields).await;
    }
    panic!("never sent to {origin}: {page:?}");
}

fn next(page: &Page) -> Option<Url> {
    page.status
        .is_redirection()
        .then(|| page.url.join(page.location()).unwrap())
}

/// What the page's main form sends if nothing is typed and its first button is pressed.
fn form(page: &Page) -> (String, Vec<(String, String)>) {
    let text = page.text();
    let main = text.split_once("<main").map_or("", |(_, main)| main);
    let (_, form) = main.split_once("<form").unwrap_or_else(|| panic!("no form: {page:?}"));
    let form = form.split_once("</form>").unwrap().0;
    let of = |tag: &str, name: &str| {
        let value = tag
            .split_once(&format!(" {name}=\""))
            .map(|(_, rest)| rest.split('"').next().unwrap());
        value.map(|value| value.replace("&#38;", "&").replace("&amp;", "&"))
    };
    let action = of(form.split('>').next().unwrap(), "action").unwrap();
    let tags = || form.split('<').map(|tag| tag.split('>').next().unwrap());
    let hidden = tags().filter(|tag| tag.starts_with("input type=\"hidden\""));
    let button = tags().find(|tag| tag.starts_with("button"));
    let pairs = hidden
        .chain(button)
        .filter_map(|tag| Some((of(tag, "name")?, of(tag, "value")?)));
    (action, pairs.collect())
}

/// What a page of ours for relying parties says.
pub fn said(page: &Page) -> Value {
    serde_json::from_str(&page.text()).unwrap_or_else(|error| panic!("{error}: {page:?}"))
}

impl Stand {
    pub async fn sign_in(&self, browser: &mut Browser, number: usize, start: &str) -> Page {
        through(&self.app, browser, &self.patients[number], start).await
    }

    /// With the button on the portal's own page.
    pub async fn sign_out_at_the_portal(&self, browser: &mut Browser) {
        let account = browser.visit(&format!("{}/account", self.app.portal)).await;
        let csrf = account
            .field("csrf")
            .unwrap_or_else(|| panic!("not signed in: {account:?}"));
        let logout = format!("{}/logout", self.app.portal);
        let answer = browser.post(&logout, &[("csrf", &csrf)]).await;
        assert!(answer.status.is_redirection() || answer.status == 200, "{answer:?}");
    }

    pub async fn is_signed_in_at_the_portal(&self, browser: &mut Browser) -> bool {
        let account = browser.get(&format!("{}/account", self.app.portal)).await;
        account.status == 200
    }
}

/// Asks again until it is so; back-channel logouts leave by a job of the server.
pub async fn until(what: &str, program: &Program, mut so: impl AsyncFnMut() -> bool) {
    for _ in 0..600 {
        if so().await {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
    panic!("{what}: not within 600 tries; {}", program.log());
}
