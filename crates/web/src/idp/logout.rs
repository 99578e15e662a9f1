//! `/oauth2/logout`: a client sends a browser to be signed out here, too. With an ID token of ours it is done; without
//! one, anyone could do it with a link, so the person is asked.

use actix_web::http::StatusCode;
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use serde::Deserialize;
use url::Url;
use url::form_urlencoded::{self, Serializer};

use crate::entrance::signed_in;
use crate::idp::authorize::on_page;
use crate::kit::context::{add_cookie, with_portal};
use crate::kit::posted::shows_nothing_again;
use crate::kit::{App, Context, Failure, ForeignPost, Posted, cookies, see_other};
use crate::pages::AskSignOut;
use auth::session;
use kernel::ids::{AccountId, ClientId, SessionId};
use oidc::Params;
use oidc::logout::{LogoutRequest, read};
use oidc::metadata::LOGOUT;
use oidc::refusal::ProtocolProblem;

pub const CONFIRM: &str = "/oauth2/logout/confirm";

pub async fn get(app: Data<App>, request: HttpRequest) -> HttpResponse {
    asked(&app, &request, request.query_string().as_bytes()).await
}

/// With a form on another site's page none of our cookies comes along, so no one would seem to be signed in here. What
/// the token names is ended at once; without one the browser is sent here once more, and the person there is asked. The
/// token itself never goes into an address.
pub async fn post(app: Data<App>, request: HttpRequest, posted: ForeignPost) -> HttpResponse {
    with_portal(&app, &request, async |context| {
        context.shown_at("/logout");
        context.admit()?;
        let wanted = match wanted(context, posted.body()).await {
            Ok(wanted) => wanted,
            Err(ProtocolProblem::Refused(refusal)) => return on_page(context, &refusal),
            Err(ProtocolProblem::Fault(fault)) => return Err(fault.into()),
        };
        if wanted.session.is_none() {
            return Ok(see_other(&without_token(posted.body(), wanted.client.as_ref())));
        }
        end(context, wanted.session).await?;
        Ok(see_other(wanted.back.as_deref().unwrap_or(context.door.logout)))
    })
    .await
}

fn without_token(pairs: &[u8], client: Option<&ClientId>) -> String {
    let pairs = form_urlencoded::parse(pairs).filter(|(name, _)| name != "id_token_hint" && name != "client_id");
    let mut query = Serializer::new(String::new());
    query.extend_pairs(client.map(|client| ("client_id", client.as_str())));
    format!("{LOGOUT}?{}", query.extend_pairs(pairs).finish())
}

async fn asked(app: &App, request: &HttpRequest, pairs: &[u8]) -> HttpResponse {
    with_portal(app, request, async |context| {
        context.shown_at("/logout");
        context.admit()?;
        let wanted = match wanted(context, pairs).await {
            Ok(wanted) => wanted,
            Err(ProtocolProblem::Refused(refusal)) => return on_page(context, &refusal),
            Err(ProtocolProblem::Fault(fault)) => return Err(fault.into()),
        };
        let here = signed_in::lookup_unended(context).await?;
        let here = here.map(|session| (session.id, session.account));
        match here {
            // Also where the token was another person's.
            Some(_) if here != wanted.session => ask(context, pairs, wanted.back.as_deref()),
            _ => leave(context, wanted.session, wanted.back.as_deref()).await,
        }
    })
    .await
}

async fn wanted(context: &Context<'_>, pairs: &[u8]) -> Result<LogoutRequest, ProtocolProblem> {
    let params = Params::of(form_urlencoded::parse(pairs).into_owned())?;
    read(&context.app.core, context.lab(), &params).await
}

#[derive(Debug, Deserialize)]
pub struct LogoutConfirmation {
    /// The client's request as it came.
    #[serde(default)]
    asked: String,
}

shows_nothing_again!(LogoutConfirmation);

pub async fn get_confirm(app: Data<App>, request: HttpRequest) -> HttpResponse {
    with_portal(&app, &request, async |context| Ok(see_other(context.door.logout))).await
}

pub async fn post_confirm(app: Data<App>, request: HttpRequest, posted: Posted<LogoutConfirmation>) -> HttpResponse {
    with_portal(&app, &request, async |context| {
        let admitted = context.admit_session()?;
        let Ok(fields) = posted.open(context, admitted) else {
            return Ok(see_other(context.door.home));
        };
        let here = signed_in::lookup_unended(context).await?;
        let here = here.map(|session| (session.id, session.account));
        // A form may say anything: the address is checked again.
        let back = match wanted(context, fields.asked.as_bytes()).await {
            Ok(wanted) => wanted.back,
            Err(ProtocolProblem::Refused(_)) => None,
            Err(ProtocolProblem::Fault(fault)) => return Err(fault.into()),
        };
        leave(context, here, back.as_deref()).await
    })
    .await
}

fn ask(context: &mut Context<'_>, pairs: &[u8], back: Option<&str>) -> Result<HttpResponse, Failure> {
    if let Some(back) = back.and_then(|back| Url::parse(back).ok()) {
        context.leads_to(&back.origin().ascii_serialization());
    }
    let page = AskSignOut {
        chrome: context.chrome(),
        action: CONFIRM,
        asked: &String::from_utf8_lossy(pairs),
    };
    context.page(StatusCode::OK, &page)
}

async fn leave(
    context: &Context<'_>,
    session: Option<(SessionId, AccountId)>,
    back: Option<&str>,
) -> Result<HttpResponse, Failure> {
    end(context, session).await?;
    let mut response = see_other(back.unwrap_or(context.door.logout));
    add_cookie(&mut response, cookies::clear(cookies::session(context.door)));
    add_cookie(&mut response, cookies::clear(cookies::pending(context.door)));
    Ok(response)
}

async fn end(context: &Context<'_>, session: Option<(SessionId, AccountId)>) -> Result<(), Failure> {
    if let Some((session, account)) = session {
        session::end(&context.app.core, context.lab(), account, session, &context.actor()).await?;
    }
    Ok(())
}
