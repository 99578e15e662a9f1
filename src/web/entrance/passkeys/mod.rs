//! One's passkeys: listed, added, removed. For patients and operators alike.

pub mod add;
pub mod list;
pub mod new;
pub mod remove;

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse};

use crate::admin::operators;
use crate::auth::step_up::{Attempt, Outcome, step_up};
use crate::domain::audit::{DeskCause, Event};
use crate::domain::evidence::Elevated;
use crate::domain::operator::Role;
use crate::domain::session::Session;
use crate::service::audit;
use crate::web::entrance::signed_in;
use crate::web::kit::context::{retry_after, with_portal};
use crate::web::kit::failure::whole_seconds;
use crate::web::kit::{App, Context, Failure};
use crate::web::pages::{Again, AgainError, Purpose};

/// Answers those who are signed in; at the desk, those who have a role in this lab.
async fn with_holder(
    app: &App,
    request: &HttpRequest,
    work: impl AsyncFnOnce(&mut Context<'_>, &Session) -> Result<HttpResponse, Failure>,
) -> HttpResponse {
    with_portal(app, request, async |context| {
        context.shown_at(context.door.passkeys);
        let Some(session) = signed_in::current(context).await? else {
            return signed_in::sign_in_first(context);
        };
        if context.door.is_desk {
            let Some(operator) = operators::lookup(&app.core, session.account).await? else {
                return signed_in::sign_in_first(context);
            };
            if !operator.may(context.lab(), Role::Desk) {
                let (lab, cause) = (context.lab(), DeskCause::NoRole);
                let event = Event::DeskRefused { cause };
                audit::record_alone(&app.core, lab, &operator.actor(), None, event).await?;
                return Err(Failure::NotFound);
            }
        }
        work(context, &session).await
    })
    .await
}

/// What a form that asks again sends.
struct Typed<'a> {
    csrf: &'a str,
    password: &'a str,
    code: &'a str,
}

/// Asks again; who is elevated goes on to `act`, anybody else back to the form.
async fn ask_again<P>(
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

fn form(
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
