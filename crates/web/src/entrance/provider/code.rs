//! Asks for a code of the authenticator, where the provider showed one factor.

use actix_web::http::StatusCode;
use actix_web::web::{Data, Form};
use actix_web::{HttpRequest, HttpResponse};
use serde::Deserialize;

use super::{name_of, pending};
use crate::entrance::login;
use crate::kit::context::{retry_after, with_portal};
use crate::kit::failure::whole_seconds;
use crate::kit::{App, Context, Failure, cookies, see_other};
use crate::pages::provider::CODE;
use crate::pages::{ProviderCode, ProviderCodeError};
use auth::provider::code::{Awaited, Outcome, confirm, find};
use crypto::token::TokenKind;

#[derive(Deserialize)]
pub struct Fields {
    #[serde(default)]
    csrf: String,
    #[serde(default)]
    code: String,
}

impl std::fmt::Debug for Fields {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Fields(..)")
    }
}

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

pub async fn post(app: Data<App>, request: HttpRequest, fields: Form<Fields>) -> HttpResponse {
    with_portal(&app, &request, async |context| {
        context.shown_at(CODE);
        context.admit()?;
        let Some(awaited) = awaited(context).await? else {
            return Ok(see_other(context.door.login));
        };
        if !context.made_form(&fields.csrf) {
            let error = Some(ProviderCodeError::Expired);
            return form(context, StatusCode::FORBIDDEN, &awaited, error);
        }
        let (core, realm) = (&app.core, context.realm());
        let (actor, browser) = (context.actor(), context.visitor());
        match confirm(core, realm, &awaited, &fields.code, &actor, &browser).await? {
            Outcome::SignedIn(opened) => login::enter(context, opened, awaited.return_to()).await,
            Outcome::Held(token) => Ok(pending(context, &token, context.door.password)),
            Outcome::Over => Ok(see_other(context.door.login)),
            Outcome::Refused => {
                context.wait_for_floor().await;
                let error = Some(ProviderCodeError::Refused);
                form(context, StatusCode::UNAUTHORIZED, &awaited, error)
            }
            Outcome::Wait(wait) => {
                let seconds = whole_seconds(wait);
                let error = Some(ProviderCodeError::Wait { seconds });
                let mut response = form(context, StatusCode::TOO_MANY_REQUESTS, &awaited, error)?;
                retry_after(&mut response, seconds);
                Ok(response)
            }
        }
    })
    .await
}

async fn awaited(context: &Context<'_>) -> Result<Option<Awaited>, Failure> {
    let Some(token) = cookies::token(context.request, cookies::pending(context.door), TokenKind::Pending) else {
        return Ok(None);
    };
    Ok(find(&context.app.core, context.realm(), &token).await?)
}

fn form(
    context: &Context<'_>,
    status: StatusCode,
    awaited: &Awaited,
    error: Option<ProviderCodeError>,
) -> Result<HttpResponse, Failure> {
    let page = ProviderCode {
        chrome: context.chrome(),
        provider: &name_of(context, awaited.provider()),
        error,
    };
    context.page(status, &page)
}
