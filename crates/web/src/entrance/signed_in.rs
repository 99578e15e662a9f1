//! Who is signed in here, and the pages for those who are not.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse};

use crate::kit::context::{add_cookie, with_portal};
use crate::kit::{App, Context, Failure, Fields, Posted, cookies, see_other};
use crate::pages::{Login, LoginError};
use auth::session::{self, Trigger};
use crypto::token::TokenKind;
use domain::session::Session;

pub async fn current(context: &mut Context<'_>) -> Result<Option<Session>, Failure> {
    current_asked(context, Trigger::Person).await
}

pub async fn current_asked(context: &mut Context<'_>, asked: Trigger) -> Result<Option<Session>, Failure> {
    let Some(token) = cookies::token(context.request, cookies::session(context.door), TokenKind::Session) else {
        return Ok(None);
    };
    context.admit_session()?;
    let session = session::recognise(&context.app.core, context.realm(), &token, asked).await?;
    context.session_checked();
    context.signed_in = session.is_some();
    Ok(session)
}

/// The person to sign out here, even if their session has idled out.
pub async fn lookup_unended(context: &mut Context<'_>) -> Result<Option<Session>, Failure> {
    if let Some(session) = current(context).await? {
        return Ok(Some(session));
    }
    let Some(token) = cookies::token(context.request, cookies::session(context.door), TokenKind::Session) else {
        return Ok(None);
    };
    Ok(session::lookup_unended(&context.app.core, context.realm(), &token).await?)
}

/// To the sign-in; a browser that still carries the cookie of a sign-in that is over is told so with a 401.
///
/// # Errors
/// The page cannot be written.
pub async fn sign_in_first(context: &mut Context<'_>) -> Result<HttpResponse, Failure> {
    let cookie = cookies::session(context.door);
    if context.request.cookie(cookie).is_none() {
        return Ok(see_other(context.door.login));
    }
    context.shown_at(context.door.login);
    let page = Login {
        chrome: context.chrome(),
        identifier: "",
        site: None,
        to: None,
        via: None,
        request: None,
        asks_two: context.asks_two_codes(false),
        providers: &context.providers(),
        provider: "",
        error: Some(LoginError::SignedOut),
    };
    let mut response = context.page(StatusCode::UNAUTHORIZED, &page)?;
    // Of a session that only idled out the next one takes the place.
    if lookup_unended(context).await?.is_none() {
        add_cookie(&mut response, cookies::clear(cookie));
    }
    Ok(response)
}

/// A form of those who are signed in; one that is not ours leads home and does nothing.
pub async fn with_form<F: Fields>(
    app: &App,
    request: &HttpRequest,
    posted: Posted<F>,
    work: impl AsyncFnOnce(&mut Context<'_>, &Session, F) -> Result<HttpResponse, Failure>,
) -> HttpResponse {
    with_portal(app, request, async |context| {
        context.shown_at(context.door.home);
        let admitted = context.admit_session()?;
        let Some(session) = current(context).await? else {
            return sign_in_first(context).await;
        };
        match posted.open(context, admitted) {
            Ok(fields) => work(context, &session, fields).await,
            Err(_) => Ok(see_other(context.door.home)),
        }
    })
    .await
}
