//! A person who came through a provider may still be signed in there: where to sign out there too.

use url::Url;

use crypto::token::{PlainToken, TokenKind};
use kernel::ids::{LabId, ProviderId, SessionId};
use service::{Core, Fault};
use store::sign_in::provider_sessions;

/// None: the session came by no provider, or by one that has no such place or does not say so at once.
pub async fn elsewhere(core: &Core, lab: &LabId, session: SessionId) -> Result<Option<(ProviderId, Url)>, Fault> {
    let mut tx = core.db.begin_read().await?;
    let found = provider_sessions::lookup(&mut tx, &core.sealer, lab, session).await?;
    tx.commit().await?;
    let Some(found) = found else { return Ok(None) };
    let Some(client) = core.providers.known(lab, &found.provider) else {
        return Ok(None);
    };
    let state = PlainToken::generate(TokenKind::Departure, &*core.entropy);
    let url = client.sign_out_url(&found.id_token, &state, core.now()).await;
    Ok(url.map(|url| (found.provider, url)))
}
