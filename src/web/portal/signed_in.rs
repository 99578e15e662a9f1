//! Who is signed in at the portal, and the pages for those who are not.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;

use crate::auth::session;
use crate::crypto::token::TokenKind;
use crate::domain::session::Session;
use crate::web::kit::context::add_cookie;
use crate::web::kit::{Context, Failure, cookies, see_other};
use crate::web::pages::Login;

/// # Errors
/// The database does not answer.
pub async fn current(context: &mut Context<'_>) -> Result<Option<Session>, Failure> {
    let Some(token) = cookies::token(context.request, cookies::SESSION, TokenKind::Session) else {
        return Ok(None);
    };
    let session = session::recognise(&context.app.core, context.lab(), &token).await?;
    context.signed_in = session.is_some();
    Ok(session)
}

/// To the sign-in; a browser that still carries the cookie of a sign-in that is over is told so with a 401.
///
/// # Errors
/// The page cannot be written.
pub fn sign_in_first(context: &mut Context<'_>) -> Result<HttpResponse, Failure> {
    if context.request.cookie(cookies::SESSION).is_none() {
        return Ok(see_other("/login"));
    }
    context.shown_at("/login");
    let page = Login {
        chrome: context.chrome(),
        identifier: "",
        site: None,
        to: None,
        via: None,
        error: None,
    };
    let mut response = context.page(StatusCode::UNAUTHORIZED, &page)?;
    add_cookie(&mut response, cookies::clear(cookies::SESSION));
    Ok(response)
}
