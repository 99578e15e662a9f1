//! The page of a held sign-in, and no other's.

use actix_web::http::StatusCode;
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use secrecy::SecretString;
use serde::Deserialize;

use crate::entrance::login;
use crate::kit::context::with_portal;
use crate::kit::posted::shows_nothing_again;
use crate::kit::rebuff::Rebuff;
use crate::kit::{App, Context, Failure, Opened, Posted, once, see_other};
use crate::pages::{Held, PasswordError};
use auth::rotate::{self, OnHold, Rotation};
use crypto::token::TokenKind;
use domain::account::HoldReason;
use domain::password::Unsuitable;
use domain::pending::Remedy;
use domain::return_to::ReturnTo;

#[derive(Debug, Deserialize)]
pub struct Form {
    #[serde(default)]
    pub(super) new_password: SecretString,
    #[serde(default)]
    recovery_code: SecretString,
}

shows_nothing_again!(Form);

pub async fn get(app: Data<App>, request: HttpRequest) -> HttpResponse {
    with_portal(&app, &request, async |context| match on_hold(context).await? {
        Some(on_hold) => HoldView::of(&on_hold).page(context, StatusCode::OK, None),
        None => Ok(see_other(context.door.login)),
    })
    .await
}

pub async fn post(app: Data<App>, request: HttpRequest, posted: Posted<Form>) -> HttpResponse {
    once(app, request, posted, async |context, posted| {
        let admitted = context.admit()?;
        let fields = match posted.open(context, admitted).await? {
            Opened::Fields(fields) => Some(fields),
            Opened::Stale(()) => None,
            Opened::Answered(answer) => return Ok(answer),
        };
        let Some(on_hold) = on_hold(context).await? else {
            return Ok(see_other(context.door.login));
        };
        let shown = HoldView::of(&on_hold);
        let Some(fields) = fields else {
            return shown.page(context, StatusCode::FORBIDDEN, Some(PasswordError::Expired));
        };
        let form = rotate::Form {
            new_password: &fields.new_password,
            recovery_code: &fields.recovery_code,
        };
        let browser = context.visitor();
        let refusal = match rotate::choose(context.act(&context.actor()), on_hold, form, &browser).await? {
            Rotation::Done { opened, return_to } => return login::enter(context, opened, return_to.as_ref()).await,
            Rotation::Over => return Ok(see_other(context.door.login)),
            Rotation::Wait(wait) => {
                return Rebuff::wait(wait).answer(|status, error| shown.page(context, status, Some(error)));
            }
            Rotation::Busy(wait) => {
                return Rebuff::busy(wait).answer(|status, error| shown.page(context, status, Some(error)));
            }
            Rotation::WrongRecoveryCode => (StatusCode::UNAUTHORIZED, PasswordError::WrongRecoveryCode),
            Rotation::Unsuitable(unsuitable) => (StatusCode::UNPROCESSABLE_ENTITY, why(unsuitable)),
        };
        shown.page(context, refusal.0, Some(refusal.1))
    })
    .await
}

async fn on_hold(context: &mut Context<'_>) -> Result<Option<OnHold>, Failure> {
    let Some(token) = context.begun(TokenKind::Pending) else {
        return Ok(None);
    };
    let on_hold = rotate::lookup(&context.app.core, context.realm(), &token).await?;
    if let Some(ReturnTo::Client(client)) = on_hold.as_ref().and_then(OnHold::return_to) {
        context.leads_to(&client.target);
    }
    Ok(on_hold)
}

/// What the page shows of a hold.
struct HoldView {
    reason: HoldReason,
    wanted: Remedy,
    identifier: String,
}

impl HoldView {
    fn of(on_hold: &OnHold) -> Self {
        Self {
            reason: on_hold.reason(),
            wanted: on_hold.wanted,
            identifier: on_hold.person.identifier.clone(),
        }
    }

    fn page(
        &self,
        context: &Context<'_>,
        status: StatusCode,
        error: Option<PasswordError>,
    ) -> Result<HttpResponse, Failure> {
        let page = Held {
            chrome: context.chrome(),
            reason: self.reason,
            wanted: self.wanted,
            action: context.door.password,
            identifier: &self.identifier,
            error,
        };
        context.page(status, &page)
    }
}

pub fn why(reason: Unsuitable) -> PasswordError {
    match reason {
        Unsuitable::TooShort => PasswordError::TooShort,
        Unsuitable::TooLong => PasswordError::TooLong,
        Unsuitable::Common => PasswordError::TooCommon,
        Unsuitable::Guessable => PasswordError::Guessable,
        Unsuitable::Personal(what) => PasswordError::ContainsPersonal(what),
        Unsuitable::SameAsBefore => PasswordError::SameAsBefore,
        Unsuitable::Leaked => PasswordError::CloseToLeaked,
    }
}
