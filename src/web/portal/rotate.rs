//! `/password`: the page of a held sign-in, and no other's.

use actix_web::http::StatusCode;
use actix_web::web::{Data, Form};
use actix_web::{HttpRequest, HttpResponse};
use serde::Deserialize;

use crate::auth::rotate::{self, OnHold, Rotation};
use crate::crypto::token::TokenKind;
use crate::domain::account::HoldReason;
use crate::domain::password::Unsuitable;
use crate::web::kit::context::with_portal;
use crate::web::kit::failure::whole_seconds;
use crate::web::kit::{App, Context, Failure, cookies, see_other};
use crate::web::pages::{Held, HeldReason, PasswordError};
use crate::web::portal::login;

pub const PATH: &str = "/password";

#[derive(Deserialize)]
pub struct Fields {
    #[serde(default)]
    pub new_password: String,
    #[serde(default)]
    pub csrf: String,
}

impl std::fmt::Debug for Fields {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Fields(..)")
    }
}

pub async fn get(app: Data<App>, request: HttpRequest) -> HttpResponse {
    with_portal(&app, &request, async |context| match on_hold(context).await? {
        Some(on_hold) => page(
            context,
            StatusCode::OK,
            on_hold.reason(),
            &on_hold.person.identifier,
            None,
        ),
        None => Ok(see_other("/login")),
    })
    .await
}

pub async fn post(app: Data<App>, request: HttpRequest, fields: Form<Fields>) -> HttpResponse {
    with_portal(&app, &request, async |context| {
        context.admit()?;
        let Some(on_hold) = on_hold(context).await? else {
            return Ok(see_other("/login"));
        };
        let (identifier, reason) = (on_hold.person.identifier.clone(), on_hold.reason());
        if !context.made_form(&fields.csrf) {
            return page(
                context,
                StatusCode::FORBIDDEN,
                reason,
                &identifier,
                Some(PasswordError::Expired),
            );
        }
        let (core, lab) = (&context.app.core, context.lab());
        let (actor, device) = (context.actor(), context.device());
        match rotate::choose(core, lab, on_hold, &fields.new_password, &actor, device).await? {
            Rotation::Done { opened, return_to } => login::enter(context, opened, return_to.as_ref()).await,
            Rotation::Over => Ok(see_other("/login")),
            Rotation::Busy(wait) => {
                let error = PasswordError::Busy {
                    seconds: whole_seconds(wait),
                };
                page(
                    context,
                    StatusCode::SERVICE_UNAVAILABLE,
                    reason,
                    &identifier,
                    Some(error),
                )
            }
            Rotation::Unsuitable(unsuitable) => page(
                context,
                StatusCode::UNPROCESSABLE_ENTITY,
                reason,
                &identifier,
                Some(why(unsuitable)),
            ),
        }
    })
    .await
}

async fn on_hold(context: &Context<'_>) -> Result<Option<OnHold>, Failure> {
    let Some(token) = cookies::token(context.request, cookies::PENDING, TokenKind::Pending) else {
        return Ok(None);
    };
    Ok(rotate::find(&context.app.core, context.lab(), &token).await?)
}

fn page(
    context: &Context<'_>,
    status: StatusCode,
    reason: HoldReason,
    identifier: &str,
    error: Option<PasswordError>,
) -> Result<HttpResponse, Failure> {
    let reason = match reason {
        HoldReason::Listed | HoldReason::Disabled => HeldReason::Listed,
        HoldReason::KnownPassword => HeldReason::KnownPassword,
    };
    context.page(
        status,
        &Held {
            chrome: context.chrome(),
            reason,
            action: PATH,
            identifier,
            error,
        },
    )
}

pub fn why(reason: Unsuitable) -> PasswordError {
    match reason {
        Unsuitable::TooShort => PasswordError::TooShort,
        Unsuitable::TooLong => PasswordError::TooLong,
        Unsuitable::Common => PasswordError::TooCommon,
        Unsuitable::Guessable => PasswordError::Guessable,
        Unsuitable::Personal(what) => PasswordError::ContainsPersonal(what),
        Unsuitable::SameAsBefore => PasswordError::SameAsBefore,
    }
}
