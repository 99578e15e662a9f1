//! What happens next with a request that is kept, each time its browser comes: sign in, ask the person, or answer.

use serde_json::{Map, Value};
use url::Url;

use super::{Response, WayBack};
use crate::issuer::lab_issuer;
use crate::{Refusal, acr, disclosure};
use crypto::token::{HashedToken, PlainToken, TokenKind};
use domain::account::HoldReason;
use domain::audit::{Actor, Event};
use domain::authorization::{
    AuthorizationRequest, CodeTerms, Grant, Next, OauthError, Prompt, SignedIn, Situation, Terms, decide,
};
use domain::client::{Client, Scope, SubjectType};
use domain::session::Session;
use kernel::clock::Timestamp;
use kernel::ids::{GrantId, LabId};
use service::{Core, Fault, audit, standing};
use store::account::locked;
use store::oauth::client_sessions::ClientSession;
use store::oauth::{authorizations, client_sessions, clients, consents, oauth_grants};
use store::sign_in::sessions;
use store::{StoreFault, Tx};

/// A code lies in a URL for a moment (RFC 9700 2.1.1; FAPI 2.0 allows 60 seconds).
const CODE_LASTS: std::time::Duration = std::time::Duration::from_secs(60);

/// The person at the browser.
#[derive(Debug)]
pub struct Visitor<'a> {
    pub browser: &'a HashedToken,
    pub session: Option<&'a Session>,
    /// A sign-in waits there for its holder.
    pub is_held: bool,
    /// What they said on the consent page, just now.
    pub said: Option<PageAnswer<'a>>,
    pub actor: &'a Actor,
}

/// It counts for the person to whom the page was shown.
#[derive(Clone, Copy, Debug)]
pub struct PageAnswer<'a> {
    pub answer: Answer,
    /// As in [`Question::person`].
    pub person: &'a str,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    Allow,
    Deny,
}

#[derive(Debug)]
pub enum Step {
    /// There is no such request, or not in this browser.
    Gone,
    SignIn,
    SignInAgain,
    Ask(Question),
    Answer(Response),
}

/// What the consent page shows: exactly what goes out.
#[derive(Debug)]
pub struct Question {
    pub client: String,
    /// Names the session whose holder is asked.
    pub person: String,
    /// Several clients of the lab know them by the same name.
    pub is_public: bool,
    pub claims: Map<String, Value>,
    /// Days for which the client may ask on without the person.
    pub offline_days: Option<u32>,
    /// Origin to which the answer leads.
    pub target: String,
    pub ui_locales: Option<String>,
}

pub async fn proceed(core: &Core, lab: &LabId, handle: &HashedToken, visitor: &Visitor<'_>) -> Result<Step, Fault> {
    let Some(kept) = load(core, lab, handle, visitor.browser).await? else {
        return Ok(Step::Gone);
    };
    let (next, subject) = look(core, lab, &kept, visitor).await?;
    let refused = |error, why| Step::Answer(kept.refusal(&Refusal::new(error, why)));
    let said = visitor.said.filter(|said| {
        let person = visitor.session.map(|session| kept.sid(core, lab, session));
        person.is_some_and(|person| person == said.person)
    });
    Ok(match (next, visitor.session, said.map(|said| said.answer)) {
        (Next::Refuse(error), ..) => {
            conclude(core, lab, handle, &kept).await?;
            refused(
                error,
                "the person would have to do something first, or did not do what was asked",
            )
        }
        // Even if they agreed before or would not have been asked: no means no.
        (Next::Grant | Next::AskConsent, Some(session), Some(Answer::Deny)) => {
            deny(core, lab, handle, &kept, session, visitor.actor).await?;
            refused(OauthError::AccessDenied, "the person said no")
        }
        (Next::AskConsent, Some(session), None) => Step::Ask(question(core, lab, &kept, session).await?),
        (Next::SignInAgain, ..) => Step::SignInAgain,
        (Next::Grant | Next::AskConsent, Some(session), answer) => {
            let said_yes = answer == Some(Answer::Allow);
            grant(
                core,
                lab,
                handle,
                &kept,
                Approval {
                    session,
                    subject,
                    said_yes,
                },
                visitor.actor,
            )
            .await?
        }
        _ => Step::SignIn,
    })
}

/// The address that the browser's form leads to in the end, for the pages on the way; and whom the client expects.
#[derive(Clone)]
pub struct Outline {
    pub target: String,
    pub login_hint: Option<String>,
    pub ui_locales: Option<String>,
}

/// The hint names a person.
impl std::fmt::Debug for Outline {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Outline")
            .field("target", &self.target)
            .finish_non_exhaustive()
    }
}

pub async fn outline(
    core: &Core,
    lab: &LabId,
    handle: &HashedToken,
    browser: &HashedToken,
) -> Result<Option<Outline>, Fault> {
    let kept = load(core, lab, handle, browser).await?;
    Ok(kept.map(|kept| Outline {
        target: kept.target(),
        login_hint: kept.request.login_hint,
        ui_locales: kept.request.ui_locales,
    }))
}

struct StoredRequest {
    client: Client,
    request: AuthorizationRequest,
    created_at: Timestamp,
    issuer: String,
}

impl StoredRequest {
    fn back(&self) -> WayBack {
        WayBack {
            redirect_uri: self.request.redirect_uri.clone(),
            mode: self.request.response_mode,
            state: self.request.state.clone(),
        }
    }

    fn refusal(&self, refusal: &Refusal) -> Response {
        Response::refusal(&self.back(), &self.issuer, refusal)
    }

    fn sid(&self, core: &Core, lab: &LabId, session: &Session) -> String {
        disclosure::sid(core, lab, &self.client.id, session.id)
    }

    fn target(&self) -> String {
        let url = Url::parse(&self.request.redirect_uri);
        url.map(|url| url.origin().ascii_serialization()).unwrap_or_default()
    }
}

async fn load(
    core: &Core,
    lab: &LabId,
    handle: &HashedToken,
    browser: &HashedToken,
) -> Result<Option<StoredRequest>, Fault> {
    let now = core.now();
    let mut tx = core.db.begin_read().await?;
    let mut found = authorizations::lookup_asked(&mut tx, &core.sealer, lab, handle, browser, now).await?;
    tx.commit().await?;
    if found.is_none() {
        let mut tx = core.db.begin().await?;
        if authorizations::bind(&mut tx, lab, handle, browser, now).await? {
            found = authorizations::lookup_asked(&mut tx, &core.sealer, lab, handle, browser, now).await?;
        }
        tx.commit().await?;
    }
    let Some(found) = found else { return Ok(None) };
    let mut tx = core.db.begin_read().await?;
    let client = clients::lookup_enabled(&mut tx, lab, &found.client).await?;
    tx.commit().await?;
    let Some(client) = client else { return Ok(None) };
    Ok(Some(StoredRequest {
        client,
        request: found.request,
        created_at: found.created_at,
        issuer: lab_issuer(core, lab)?,
    }))
}

/// What is decided, and, if a person is signed in, their subject at the client.
async fn look(core: &Core, lab: &LabId, kept: &StoredRequest, visitor: &Visitor<'_>) -> Result<(Next, String), Fault> {
    let (policy, request) = (&kept.client.policy, &kept.request);
    let mut situation = Situation {
        signed_in: None,
        is_held: visitor.is_held,
        requested_at: kept.created_at,
        now: core.now(),
    };
    let Some(session) = visitor.session else {
        return Ok((decide(request, policy, &situation), String::new()));
    };
    let subject = disclosure::subject(core, lab, policy, session.account);
    let mut tx = core.db.begin_read().await?;
    let agreed = consents::lookup(&mut tx, lab, session.account, &kept.client.id).await?;
    tx.commit().await?;
    let wanted = request.claims.all(&request.scopes);
    situation.signed_in = Some(SignedIn {
        authenticated_at: session.authenticated_at,
        subject: &subject,
        acr: acr::of(core, lab, session.means),
        has_consented: agreed.is_some_and(|agreed| agreed.is_superset(&wanted)),
    });
    Ok((decide(request, policy, &situation), subject))
}

async fn question(core: &Core, lab: &LabId, kept: &StoredRequest, session: &Session) -> Result<Question, Fault> {
    let (policy, request) = (&kept.client.policy, &kept.request);
    let wanted = request.claims.all(&request.scopes);
    let mut tx = core.db.begin_read().await?;
    let claims = disclosure::claims(core, &mut tx, lab, session.account, &wanted).await?;
    tx.commit().await?;
    let is_offline = request.scopes.contains(Scope::OfflineAccess);
    Ok(Question {
        client: policy.name.clone(),
        person: kept.sid(core, lab, session),
        is_public: policy.subject == SubjectType::Public,
        claims,
        offline_days: is_offline.then_some(policy.lifetimes.offline_days),
        target: kept.target(),
        ui_locales: request.ui_locales.clone(),
    })
}

struct Approval<'a> {
    session: &'a Session,
    subject: String,
    said_yes: bool,
}

/// One transaction: hold and session are looked at again, the request is used up, and the code exists.
async fn grant(
    core: &Core,
    lab: &LabId,
    handle: &HashedToken,
    kept: &StoredRequest,
    granted: Approval<'_>,
    actor: &Actor,
) -> Result<Step, Fault> {
    let session = granted.session;
    let mut tx = core.db.begin().await?;
    let Some(mut holder) = locked::lock(&mut tx, lab, session.account).await? else {
        return Ok(Step::Gone);
    };
    let held = HoldReason::of(standing::of(core, holder.tx(), lab, session.account).await?);
    let open = sessions::find_open(holder.tx(), lab, session.account).await?;
    if held.is_some() || !open.iter().any(|open| open.id == session.id) {
        drop(tx);
        return overtaken(core, lab, handle, kept).await;
    }
    if !use_up(holder.tx(), lab, handle, kept).await? {
        return Ok(Step::Gone);
    }
    let sid = tell_of_session(core, holder.tx(), lab, kept, &granted).await?;
    let new = new_grant(core, kept, &granted, sid);
    oauth_grants::insert(&mut holder, &new).await?;
    let code = PlainToken::generate(TokenKind::AuthorizationCode, &*core.entropy);
    let terms = code_terms(&kept.request);
    let until = core.now().plus(CODE_LASTS);
    oauth_grants::insert_code(&mut tx, lab, &code.hashed(), new.id, &terms, until).await?;
    if granted.said_yes {
        agree(core, &mut tx, lab, kept, session, actor).await?;
    }
    let event = Event::ClientEntered {
        session: session.id.to_string(),
        client: kept.client.id.clone(),
        scopes: kept.request.scopes.to_string(),
    };
    audit::record(core, &mut tx, lab, actor, Some(session.account), event).await?;
    tx.commit().await?;
    Ok(Step::Answer(Response::code(&kept.back(), &kept.issuer, code.expose())))
}

/// The client knows of the session from now on, by the name that is returned.
async fn tell_of_session(
    core: &Core,
    tx: &mut Tx,
    lab: &LabId,
    kept: &StoredRequest,
    granted: &Approval<'_>,
) -> Result<String, StoreFault> {
    let (client, session) = (&kept.client, granted.session);
    let known = ClientSession {
        lab: lab.clone(),
        session: session.id,
        client: client.id.clone(),
        sid: kept.sid(core, lab, session),
        subject: granted.subject.clone(),
        attempts: 0,
    };
    let is_told = client.policy.backchannel_logout_uri.is_some();
    client_sessions::put(tx, &known, is_told, core.now(), session.expires_at).await
}

/// A list or a sign-out was faster.
async fn overtaken(core: &Core, lab: &LabId, handle: &HashedToken, kept: &StoredRequest) -> Result<Step, Fault> {
    if !kept.request.prompts(Prompt::None) {
        return Ok(Step::SignInAgain);
    }
    conclude(core, lab, handle, kept).await?;
    let refusal = Refusal::new(OauthError::InteractionRequired, "the person has to sign in first");
    Ok(Step::Answer(kept.refusal(&refusal)))
}

fn new_grant(core: &Core, kept: &StoredRequest, granted: &Approval<'_>, sid: String) -> Grant {
    let (session, request, now) = (granted.session, &kept.request, core.now());
    let is_offline = request.scopes.contains(Scope::OfflineAccess);
    Grant {
        id: GrantId::generate(&*core.entropy),
        client: kept.client.id.clone(),
        account: session.account,
        session: session.id,
        is_offline,
        terms: Terms {
            scopes: request.scopes.clone(),
            claims: request.claims.clone(),
            means: session.means,
            auth_time: session.authenticated_at.unix_seconds(),
            sid,
            subject: granted.subject.clone(),
            is_bound: false,
        },
        created_at: now,
        expires_at: match is_offline {
            true => now.plus(kept.client.policy.lifetimes.offline()),
            false => session.expires_at,
        },
        ended_at: None,
    }
}

fn code_terms(request: &AuthorizationRequest) -> CodeTerms {
    CodeTerms {
        redirect_uri: request.redirect_uri.clone(),
        code_challenge: request.code_challenge.clone(),
        nonce: request.nonce.clone(),
        dpop_jkt: request.dpop_jkt.clone(),
    }
}

async fn agree(
    core: &Core,
    tx: &mut Tx,
    lab: &LabId,
    kept: &StoredRequest,
    session: &Session,
    actor: &Actor,
) -> Result<(), StoreFault> {
    let claims = kept.request.claims.all(&kept.request.scopes);
    consents::put(tx, lab, session.account, &kept.client.id, &claims, core.now()).await?;
    let event = Event::ConsentGiven {
        client: kept.client.id.clone(),
        claims: claims.into_iter().collect(),
    };
    audit::record(core, tx, lab, actor, Some(session.account), event).await
}

async fn deny(
    core: &Core,
    lab: &LabId,
    handle: &HashedToken,
    kept: &StoredRequest,
    session: &Session,
    actor: &Actor,
) -> Result<(), StoreFault> {
    let mut tx = core.db.begin().await?;
    use_up(&mut tx, lab, handle, kept).await?;
    let event = Event::ConsentRefused {
        client: kept.client.id.clone(),
    };
    audit::record(core, &mut tx, lab, actor, Some(session.account), event).await?;
    tx.commit().await
}

async fn conclude(core: &Core, lab: &LabId, handle: &HashedToken, kept: &StoredRequest) -> Result<(), StoreFault> {
    let mut tx = core.db.begin().await?;
    use_up(&mut tx, lab, handle, kept).await?;
    tx.commit().await
}

/// The request, and what was pushed for it, work once. False if they were used already.
async fn use_up(tx: &mut Tx, lab: &LabId, handle: &HashedToken, kept: &StoredRequest) -> Result<bool, StoreFault> {
    if let Some(pushed) = &kept.request.pushed
        && !authorizations::consume(tx, lab, pushed).await?
    {
        return Ok(false);
    }
    authorizations::consume(tx, lab, handle.as_bytes()).await
}
