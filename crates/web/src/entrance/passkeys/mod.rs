//! One's passkeys: listed, added, removed. For patients and operators alike.

pub mod add;
pub mod list;
pub mod new;
pub mod remove;

use actix_web::{HttpRequest, HttpResponse};

use crate::entrance::signed_in;
use crate::kit::context::with_portal;
use crate::kit::{App, Context, Failure};
use admin::operators;
use domain::audit::{DeskCause, Event};
use domain::operator::Role;
use domain::session::Session;
use service::audit;

/// Answers those who are signed in; at the desk, those who have a role in this lab.
async fn with_holder(
    app: &App,
    request: &HttpRequest,
    work: impl AsyncFnOnce(&mut Context<'_>, &Session) -> Result<HttpResponse, Failure>,
) -> HttpResponse {
    with_portal(app, request, async |context| {
        context.shown_at(context.door.passkeys);
        let Some(session) = signed_in::current(context).await? else {
            return signed_in::sign_in_first(context).await;
        };
        if context.door.is_desk {
            let Some(operator) = operators::lookup(&app.core, session.account).await? else {
                return signed_in::sign_in_first(context).await;
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
