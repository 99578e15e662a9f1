//! Whoever came by a provider may still be signed in there: where to sign out there too.

use url::Url;

use crypto::token::{PlainToken, TokenKind};
use kernel::ids::{LabId, SessionId, UpstreamId};
use service::{Core, Fault};
use store::sign_in::upstream_sessions;

/// None: the session came by no provider, or by one that has no such place or does not say so at once.
///
/// # Errors
/// The database does not answer.
pub async fn elsewhere(core: &Core, lab: &LabId, session: SessionId) -> Result<Option<(UpstreamId, Url)>, Fault> {
    let mut tx = core.db.begin_read().await?;
    let found = upstream_sessions::lookup(&mut tx, &core.sealer, lab, session).await?;
    tx.commit().await?;
    let Some(found) = found else { return Ok(None) };
    let Some(provider) = core.upstreams.known(lab, &found.upstream) else {
        return Ok(None);
    };
    let state = PlainToken::generate(TokenKind::Departure, &*core.entropy);
    let url = provider.sign_out_url(&found.id_token, &state, core.now()).await;
    Ok(url.map(|url| (found.upstream, url)))
}
