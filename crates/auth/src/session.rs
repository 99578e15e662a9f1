//! Sessions: opened by an authentication, recognised by their token, ended from anywhere.

use std::sync::Arc;
use std::time::Duration;

use crate::browser::Browser;
use crate::device;
use crypto::pairwise::pairwise_subject;
use crypto::token::{PlainToken, TokenKind};
use domain::audit::{Actor, Event};
use domain::ending::Change;
use domain::evidence::Authenticated;
use domain::record::RecordNumber;
use domain::session::Session;
use kernel::ids::{AccountId, LabId, SessionId, SiteId};
use machinery::visits::Visit;
use service::act::Act;
use service::{Core, Fault, audit};
use store::StoreFault;
use store::account::locked::{self, LockedAccount};
use store::account::records;
use store::oauth::client_sessions;
use store::sign_in::sessions;

/// Use is recorded at most this often.
const TOUCH_EVERY: Duration = Duration::from_secs(30);

#[derive(Debug)]
pub struct OpenedSession {
    pub token: PlainToken,
    /// The browser is a trusted device from now on, under this token.
    pub device: PlainToken,
    pub session: Session,
}

/// Consumes an authentication; the session exists once the transaction is committed.
pub async fn open(
    act: Act<'_>,
    holder: &mut LockedAccount<'_>,
    who: Authenticated,
    browser: &Browser,
) -> Result<OpenedSession, StoreFault> {
    let Act { core, lab, .. } = act;
    let key = who.key();
    let token = PlainToken::generate(TokenKind::Session, &*core.entropy);
    let new = Session::open(who, core.lifetime(lab), browser.description.clone(), &*core.entropy);
    sessions::insert(holder, &token.hashed(), &new).await?;
    let session = new.session().clone();
    let event = Event::signed_in(session.id, session.means);
    act.record(holder.tx(), Some(session.account), event).await?;
    let device = device::trust(act, holder, key, browser).await?;
    Ok(OpenedSession { token, device, session })
}

/// Whether a request shows that a person is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trigger {
    Person,
    /// A page came again by itself, which must not keep a session alive.
    Refresh,
}

/// The live session behind a cookie of ours.
pub async fn recognise(core: &Core, lab: &LabId, token: &PlainToken, asked: Trigger) -> Result<Option<Session>, Fault> {
    let mut tx = core.db.begin_read().await?;
    let found = sessions::lookup(&mut tx, lab, &token.hashed()).await?;
    tx.commit().await?;
    let Some(mut session) = found.filter(|session| session.is_alive(core.lifetime(lab), core.now())) else {
        return Ok(None);
    };
    if asked == Trigger::Person {
        touch(core, lab, &mut session).await?;
    }
    Ok(Some(session))
}

/// The session behind our cookie, unless it was ended. It may have idled out and then opens nothing; but its clients
/// go on until it is ended.
pub async fn lookup_unended(core: &Core, lab: &LabId, token: &PlainToken) -> Result<Option<Session>, Fault> {
    let mut tx = core.db.begin_read().await?;
    let found = sessions::lookup(&mut tx, lab, &token.hashed()).await?;
    tx.commit().await?;
    Ok(found.filter(|session| session.ended_at.is_none() && core.now() < session.expires_at))
}

/// The live session behind a site's cookie, with the records its holder may read.
pub async fn recognise_at_site(
    core: &Core,
    lab: &LabId,
    site: &SiteId,
    token: &PlainToken,
) -> Result<Option<Arc<Visit>>, Fault> {
    let hashed = token.hashed();
    if let Some(visit) = core.visits.recall(lab, site, hashed) {
        return Ok(visit.session.is_alive(core.lifetime(lab), core.now()).then_some(visit));
    }
    let mut tx = core.db.begin_read().await?;
    let found = sessions::lookup_by_site(&mut tx, lab, site, &hashed).await?;
    let Some(mut session) = found.filter(|session| session.is_alive(core.lifetime(lab), core.now())) else {
        tx.commit().await?;
        return Ok(None);
    };
    let readable = records::find_readable(&mut tx, &core.sealer, lab, session.account, core.now()).await?;
    tx.commit().await?;
    touch(core, lab, &mut session).await?;
    let records = readable
        .iter()
        .filter_map(|record| RecordNumber::parse(record).ok())
        .collect();
    let subject = pairwise_subject(&core.keyring, lab, site.as_str(), session.account).into();
    let reading = core.detector.reading(lab, session.account, core.now());
    let visit = Arc::new(Visit {
        session,
        records,
        subject,
        reading,
    });
    core.visits.remember(lab, site, hashed, Arc::clone(&visit));
    Ok(Some(visit))
}

/// The holder asked to stay signed in: the idle time starts again now.
pub async fn keep_alive(core: &Core, lab: &LabId, session: &Session) -> Result<(), Fault> {
    let mut tx = core.db.begin().await?;
    sessions::touch(&mut tx, lab, session.id, core.now()).await?;
    Ok(tx.commit().await?)
}

async fn touch(core: &Core, lab: &LabId, session: &mut Session) -> Result<(), StoreFault> {
    let now = core.now();
    if now.since(session.last_used_at) < TOUCH_EVERY {
        return Ok(());
    }
    let mut tx = core.db.begin().await?;
    sessions::touch(&mut tx, lab, session.id, now).await?;
    tx.commit().await?;
    session.last_used_at = now;
    Ok(())
}

/// Live sessions of an account, the newest first.
pub async fn list(core: &Core, lab: &LabId, account: AccountId) -> Result<Vec<Session>, Fault> {
    let mut tx = core.db.begin_read().await?;
    let open = sessions::find_open(&mut tx, lab, account).await?;
    tx.commit().await?;
    let (lifetime, now) = (core.lifetime(lab), core.now());
    Ok(open
        .into_iter()
        .filter(|session| session.is_alive(lifetime, now))
        .collect())
}

/// Ends one session wherever it was used.
///
/// # Errors
/// The database does not answer; the session may still be open.
pub async fn end(core: &Core, lab: &LabId, account: AccountId, session: SessionId, actor: &Actor) -> Result<(), Fault> {
    let mut tx = core.db.begin().await?;
    if sessions::end(&mut tx, lab, account, session, core.now()).await? {
        let event = Event::SignedOut {
            session: session.to_string(),
        };
        audit::record(core, &mut tx, lab, actor, Some(account), event).await?;
    }
    tx.commit().await?;
    core.visits.forget_session(session);
    Ok(())
}

/// Its holder signed in again in the same browser: the new session takes the place of the one before, and the clients
/// that know of it notice nothing.
///
/// # Errors
/// The database does not answer; both sessions may be open.
pub async fn take_place(
    core: &Core,
    lab: &LabId,
    before: &Session,
    after: &Session,
    actor: &Actor,
) -> Result<(), Fault> {
    let mut tx = core.db.begin().await?;
    client_sessions::hand_on(&mut tx, lab, before.id, after.id, after.expires_at).await?;
    if sessions::end(&mut tx, lab, before.account, before.id, core.now()).await? {
        let event = Event::SignedOut {
            session: before.id.to_string(),
        };
        audit::record(core, &mut tx, lab, actor, Some(before.account), event).await?;
    }
    tx.commit().await?;
    core.visits.forget_session(before.id);
    Ok(())
}

/// Ends every session of an account wherever it was used.
///
/// # Errors
/// The database does not answer; sessions may still be open.
pub async fn end_all(core: &Core, lab: &LabId, account: AccountId, actor: &Actor) -> Result<(), Fault> {
    let mut tx = core.db.begin().await?;
    let Some(mut holder) = locked::lock(&mut tx, lab, account).await? else {
        return Ok(());
    };
    let ended = holder.end(Change::SignedOut, core.now()).await?;
    let event = Event::SignedOutEverywhere { sessions: ended };
    audit::record(core, &mut tx, lab, actor, Some(account), event).await?;
    tx.commit().await?;
    core.visits.forget_account(account);
    Ok(())
}
