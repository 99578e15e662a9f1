//! Asks a signed-in person for password and code again, before their means of signing in change.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use secrecy::SecretString;
use serde::Deserialize;

use crate::kit::settlement::{Settlement, settle};
use crate::kit::{Context, Failure, Fields, Posted, see_other};
use crate::pages::{Again, AgainError, Purpose};
use auth::step_up;
use domain::evidence::Elevated;
use domain::session::Session;

/// Every form that asks again.
#[derive(Debug, Deserialize)]
pub struct Form {
    #[serde(default)]
    password: SecretString,
    #[serde(default)]
    code: SecretString,
    #[serde(flatten)]
    about: About,
}

/// What it is about, by a handle: each of the forms has one of these fields, or none. A query that leads to a form says
/// it in the same way.
#[derive(Clone, Debug, Deserialize)]
pub struct About {
    pub(super) passkey: Option<String>,
    pub(super) provider: Option<String>,
    pub(super) link: Option<String>,
}

impl Fields for Form {
    type Again = About;

    fn again(&self) -> About {
        self.about.clone()
    }
}

/// Asks again; with an elevation, continues to `act`, otherwise back to the form.
pub(super) async fn ask_again<P>(
    context: &mut Context<'_>,
    session: &Session,
    posted: Posted<Form>,
    purpose: Purpose<'_>,
    act: impl AsyncFnOnce(&mut Context<'_>, Elevated<P>) -> Result<HttpResponse, Failure>,
) -> Result<HttpResponse, Failure> {
    let admitted = context.admit()?;
    let Ok(fields) = posted.open(context, admitted) else {
        return form(context, StatusCode::FORBIDDEN, purpose, Some(AgainError::Expired));
    };
    let shown = step_up::Form {
        account: session.account,
        password: &fields.password,
        code: &fields.code,
        browser: context.visitor(),
    };
    let ended = step_up::step_up(context.act(&context.actor()), &shown).await?;
    match settle(context, ended).await {
        Settlement::Passed(elevated) => act(context, elevated).await,
        Settlement::Over => Ok(see_other(context.door.home)),
        Settlement::Rebuffed(rebuff) => rebuff.answer(|status, error| form(context, status, purpose, Some(error))),
    }
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
