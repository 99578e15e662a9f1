//! Asks somebody signed in for password and code again, before their means of signing in change.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;

use crate::kit::context::retry_after;
use crate::kit::failure::whole_seconds;
use crate::kit::{Context, Failure};
use crate::pages::{Again, AgainError, Purpose};
use auth::step_up::{Attempt, Outcome, step_up};
use domain::evidence::Elevated;
use domain::session::Session;

/// What a form that asks again sends.
pub(super) struct Typed<'a> {
    pub csrf: &'a str,
    pub password: &'a str,
    pub code: &'a str,
}

/// Asks again; who is elevated goes on to `act`, anybody else back to the form.
pub(super) async fn ask_again<P>(
    context: &mut Context<'_>,
    session: &Session,
    typed: Typed<'_>,
    purpose: Purpose<'_>,
    act: impl AsyncFnOnce(&mut Context<'_>, Elevated<P>) -> Result<HttpResponse, Failure>,
) -> Result<HttpResponse, Failure> {
    context.admit()?;
    if !context.made_form(typed.csrf) {
        return form(context, StatusCode::FORBIDDEN, purpose, Some(AgainError::Expired));
    }
    let core = &context.app.core;
    let attempt = Attempt {
        lab: context.realm(),
        account: session.account,
        password: typed.password,
        code: typed.code,
        actor: context.actor(),
        browser: context.visitor(),
    };
    let (status, error, wait) = match step_up(core, attempt).await? {
        Outcome::Elevated(elevated) => return act(context, elevated).await,
        Outcome::Refused => {
            context.wait_for_floor().await;
            let error = Some(AgainError::Refused);
            return form(context, StatusCode::UNAUTHORIZED, purpose, error);
        }
        Outcome::Wait(wait) => {
            let seconds = whole_seconds(wait);
            (StatusCode::TOO_MANY_REQUESTS, AgainError::Wait { seconds }, seconds)
        }
        Outcome::Busy(wait) => {
            let seconds = whole_seconds(wait);
            (StatusCode::SERVICE_UNAVAILABLE, AgainError::Busy { seconds }, seconds)
        }
    };
    let mut response = form(context, status, purpose, Some(error))?;
    retry_after(&mut response, wait);
    Ok(response)
}

pub(super) fn form(
    context: &Context<'_>,
    status: StatusCode,
    purpose: Purpose<'_>,
    error: Option<AgainError>,
) -> Result<HttpResponse, Failure> {
    let page = Again {
        chrome: context.chrome(),
        purpose,
        error,
    };
    context.page(status, &page)
}
