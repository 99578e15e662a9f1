//! Portal to site: a single-use ticket carries the sign-in over, for the browser that asked and for no other.

use std::time::Duration;

use data_encoding::HEXLOWER;

use crypto::token::{HashedToken, PlainToken, TokenKind};
use domain::audit::{Actor, Event};
use domain::return_to::SiteReturn;
use domain::session::Session;
use kernel::ids::{LabId, SiteId};
use service::{Core, Fault, audit};
use store::sign_in::{sessions, tickets};

const TICKET_LASTS: Duration = Duration::from_secs(60);

/// What the site tells the portal of its browser: enough to bind a ticket, not enough to use one.
pub fn browser_mark(browser: &PlainToken) -> String {
    HEXLOWER.encode(browser.hashed().as_bytes())
}

pub async fn issue_ticket(
    core: &Core,
    lab: &LabId,
    session: &Session,
    to: &SiteReturn,
) -> Result<Option<PlainToken>, Fault> {
    let Ok(browser) = HEXLOWER.decode(to.browser.as_bytes()) else {
        return Ok(None);
    };
    if browser.len() != size_of::<HashedToken>() {
        return Ok(None);
    }
    let ticket = PlainToken::generate(TokenKind::Ticket, &*core.entropy);
    let until = core.now().plus(TICKET_LASTS);
    let mut tx = core.db.begin().await?;
    tickets::insert(
        &mut tx,
        lab,
        &tickets::NewTicket {
            ticket: &ticket.hashed(),
            site: &to.site,
            browser: &browser,
            session: session.id,
            expires_at: until,
        },
    )
    .await?;
    tx.commit().await?;
    Ok(Some(ticket))
}

/// The site's side: the ticket becomes a site session. None: used, expired, of another site or browser, or the sign-in
/// ended meanwhile.
pub async fn enter(
    core: &Core,
    lab: &LabId,
    site: &SiteId,
    ticket: &PlainToken,
    browser: &PlainToken,
    actor: &Actor,
) -> Result<Option<PlainToken>, Fault> {
    let now = core.now();
    let mut tx = core.db.begin().await?;
    let session = tickets::consume(&mut tx, lab, &ticket.hashed(), site, &browser.hashed(), now).await?;
    let Some(session) = session else {
        tx.commit().await?;
        return Ok(None);
    };
    let token = PlainToken::generate(TokenKind::SiteSession, &*core.entropy);
    sessions::insert_site_session(&mut tx, lab, site, &token.hashed(), session, now).await?;
    let found = sessions::lookup_by_site(&mut tx, lab, site, &token.hashed()).await?;
    let Some(session) = found.filter(|session| session.is_alive(core.lifetime(lab), now)) else {
        return Ok(None);
    };
    let event = Event::SiteEntered {
        session: session.id.to_string(),
        site: site.clone(),
    };
    audit::record(core, &mut tx, lab, actor, Some(session.account), event).await?;
    tx.commit().await?;
    Ok(Some(token))
}
