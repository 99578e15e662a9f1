//! What the terminal says: where to go, as whom, and with which code.

use std::io::IsTerminal;
use std::path::Path;
use std::time::Duration;

use data_encoding::BASE32_NOPAD;

use crate::folder::{self, Account, Story};
use crate::people::{CHILD_RECORD, State};
use cli::output;
use crypto::totp::Seed;
use kernel::clock::Timestamp;
use service::Core;

const STEP_SECONDS: i64 = 30;

pub fn text(dir: &Path, story: &Story, core: &Core) -> String {
    let mut text = format!(
        "Vestibule demo: everything runs on this machine and listens to it alone. Stop with Ctrl-C.\n\n\
         \x20 Portal        {}\n\
         \x20 Results       {}   (a sample LIS without any login, behind the gate)\n\
         \x20 Details       {}\n\
         \x20 Certificate   self-made: accept it in the browser, or trust {}\n\n",
        story.portal,
        story.site,
        dir.join("demo.json").display(),
        dir.join("ca.pem").display(),
    );
    if let (Some(patient), Some(other)) = (story.account(State::Active), story.account(State::Guardian)) {
        text.push_str(&first_steps(story, patient, other, core.now()));
    }
    if let Some(leaked) = story.account(State::Leaked) {
        text.push_str(&format!(
            "4. A leaked password. Sign in as {} (password: {}): right, and yet held until it is replaced.\n",
            leaked.identifier,
            leaked.password.as_deref().unwrap_or_default(),
        ));
    }
    if let Some(code) = story.lab_codes.first() {
        text.push_str(&format!(
            "5. A first visit. At {}/activate: lab code {}, born {}.\n",
            story.portal, code.code, code.birth_date
        ));
    }
    text.push_str(&format!(
        "6. A parent. {} also reads the record {CHILD_RECORD}, a child's.\n",
        story
            .account(State::Guardian)
            .map_or("", |guardian| guardian.identifier.as_str()),
    ));
    if let Some(operator) = &story.operator {
        text.push_str(&format!(
            "7. A list has leaked. At {}/desk sign in as the operator {} (password: {}; secret for an authenticator: {})\n\
             \x20    and import {}: see first who is concerned, then apply it.\n",
            story.portal,
            operator.name,
            operator.password,
            operator.totp_secret,
            dir.join(folder::LEAK).display(),
        ));
    }
    if let Some(client) = &story.client {
        text.push_str(&format!(
            "8. An application of yours. {}/.well-known/openid-configuration; client {}, its secret in {}, and people are\n\
             \x20    sent back to {}\n",
            story.portal,
            client.client_id,
            dir.join("demo.json").display(),
            client.redirect_uri,
        ));
    }
    text
}

fn first_steps(story: &Story, patient: &Account, other: &Account, now: Timestamp) -> String {
    let record = patient.records.first().map_or("", String::as_str);
    let others = other.records.first().map_or("", String::as_str);
    format!(
        "1. Sign in and read. Open {site}/dossiers/{record}/sommaire and sign in with\n\
         \x20    identifier  {identifier}\n\
         \x20    password    {password}\n\
         \x20    code        {code}   (another one every 30 seconds; the secret for an authenticator: {secret})\n\
         2. Change the number. {site}/dossiers/{others}/sommaire is someone else's: refused.\n\
         3. See what the LIS is told. {site}/entetes shows the headers that reached it; forge one with a script.\n",
        site = story.site,
        identifier = patient.identifier,
        password = patient.password.as_deref().unwrap_or_default(),
        code = patient
            .totp_secret
            .as_deref()
            .and_then(|secret| code(secret, now))
            .unwrap_or_default(),
        secret = patient.totp_secret.as_deref().unwrap_or_default(),
    )
}

fn code(secret: &str, now: Timestamp) -> Option<String> {
    let secret = BASE32_NOPAD.decode(secret.as_bytes()).ok()?;
    Some(Seed::from_bytes(&secret)?.code(now))
}

/// On a terminal, says the new codes as they come; elsewhere waits for ever.
pub async fn codes_on_terminal(story: &Story, core: &Core) {
    if !std::io::stdout().is_terminal() {
        return std::future::pending().await;
    }
    loop {
        let second = core.now().unix_seconds().rem_euclid(STEP_SECONDS);
        let left = u64::try_from(STEP_SECONDS - second).unwrap_or(1);
        tokio::time::sleep(Duration::from_secs(left)).await;
        let codes: Vec<String> = story
            .accounts
            .iter()
            .filter_map(|account| Some((account.identifier.as_str(), account.totp_secret.as_deref()?)))
            .chain(
                story
                    .operator
                    .iter()
                    .map(|operator| (operator.name.as_str(), operator.totp_secret.as_str())),
            )
            .filter_map(|(name, secret)| Some(format!("{name} {}", code(secret, core.now())?)))
            .collect();
        output::line(&format!("codes now: {}", codes.join(" · ")));
    }
}
