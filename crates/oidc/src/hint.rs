//! An ID token of ours that a client sends back to say whom it means, however old it is.

use crate::Refusal;
use crate::issuer::lab_issuer;
use crate::refusal::ProtocolProblem;
use kernel::ids::{ClientId, LabId};
use service::{Core, signing_keys};

/// The person the token names, the client it was given to, and the session.
pub struct Hint {
    pub client: ClientId,
    pub subject: String,
    pub sid: Option<String>,
}

/// # Errors
/// It is not an ID token that was given here; or the keys cannot be looked up.
pub async fn read(core: &Core, lab: &LabId, token: &str) -> Result<Hint, ProtocolProblem> {
    let wrong = || Refusal::invalid_request("id_token_hint is not an ID token that this client got here");
    let token = signing_keys::published(core, lab).await?.verify(token);
    let token = token.map_err(|_| wrong())?;
    // An access token is no hint.
    let is_ours = token.header.is("jwt") && token.text("iss") == Some(&lab_issuer(core, lab)?);
    let client = token.text("aud").and_then(|aud| aud.parse().ok());
    match (is_ours, client, token.text("sub")) {
        (true, Some(client), Some(subject)) => Ok(Hint {
            client,
            subject: subject.to_owned(),
            sid: token.text("sid").map(str::to_owned),
        }),
        _ => Err(wrong().into()),
    }
}
