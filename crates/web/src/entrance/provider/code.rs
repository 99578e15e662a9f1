//! Asks for a code of the authenticator, where the provider showed one factor.

use actix_web::http::StatusCode;
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use secrecy::SecretString;
use serde::Deserialize;

use super::name_of;
use crate::entrance::login;
use crate::kit::context::with_portal;
use crate::kit::posted::shows_nothing_again;
use crate::kit::settlement::{Settlement, settle};
use crate::kit::{App, Context, Failure, Opened, Posted, once, see_other};
use crate::pages::provider::CODE;
use crate::pages::{ProviderCode, ProviderCodeError};
use auth::arrival::Arrival;
use auth::provider::code::{SignInAwaitingCode, confirm, lookup};
use crypto::token::TokenKind;

#[derive(Debug, Deserialize)]
pub struct Form {
    #[serde(default)]
    code: SecretString,
}

shows_nothing_again!(Form);

pub async fn get(app: Data<App>, request: HttpRequest) -> HttpResponse {
    with_portal(&app, &request, async |context| {
        context.shown_at(CODE);
        match awaited(context).await? {
            Some(awaited) => form(context, StatusCode::OK, &awaited, None),
            None => Ok(see_other(context.door.login)),
        }
    })
    .await
}

pub async fn post(app: Data<App>, request: HttpRequest, posted: Posted<Form>) -> HttpResponse {
    once(app, request, posted, async |context, posted| {
        context.shown_at(CODE);
        let admitted = context.admit()?;
        let fields = match posted.open(context, admitted).await? {
            Opened::Fields(fields) => Some(fields),
            Opened::Stale(()) => None,
            Opened::Answered(answer) => return Ok(answer),
        };
        let Some(awaited) = awaited(context).await? else {
            return Ok(see_other(context.door.login));
        };
        let Some(fields) = fields else {
            let error = Some(ProviderCodeError::Expired);
            return form(context, StatusCode::FORBIDDEN, &awaited, error);
        };
        let browser = context.visitor();
        let ended = confirm(context.act(&context.actor()), &awaited, &fields.code, &browser).await?;
        match settle(context, ended).await {
            Settlement::Passed(Arrival::SignedIn(opened)) => login::enter(context, opened, awaited.return_to()).await,
            Settlement::Passed(Arrival::Held(token)) => Ok(context.go_on_with(&token, context.door.password)),
            Settlement::Over => Ok(see_other(context.door.login)),
            Settlement::Rebuffed(rebuff) => rebuff.answer(|status, error| form(context, status, &awaited, Some(error))),
        }
    })
    .await
}

async fn awaited(context: &Context<'_>) -> Result<Option<SignInAwaitingCode>, Failure> {
    let Some(token) = context.begun(TokenKind::Pending) else {
        return Ok(None);
    };
    Ok(lookup(&context.app.core, context.realm(), &token).await?)
}

fn form(
    context: &Context<'_>,
    status: StatusCode,
    awaited: &SignInAwaitingCode,
    error: Option<ProviderCodeError>,
) -> Result<HttpResponse, Failure> {
    let page = ProviderCode {
        chrome: context.chrome(),
        provider: &name_of(context, awaited.provider()),
        error,
    };
    context.page(status, &page)
}
