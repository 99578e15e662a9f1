//! `/recover`: the ways back in; one of them begins here.

use actix_web::http::StatusCode;
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;

use crate::kit::context::with_portal;
use crate::kit::rebuff::Rebuff;
use crate::kit::settlement::{Settlement, settle};
use crate::kit::{App, Context, Failure, Fields, Opened, Posted, once, see_other};
use crate::pages::{Recover, RecoverError};
use auth::recover;
use service::attempts::Codes;

#[derive(Debug, Deserialize)]
pub struct Form {
    #[serde(default)]
    identifier: String,
    #[serde(default)]
    code: SecretString,
    #[serde(default)]
    next_code: SecretString,
    #[serde(default)]
    recovery_code: SecretString,
}

#[derive(Debug, Default)]
pub struct Typed {
    identifier: String,
    two_codes: bool,
}

impl Fields for Form {
    type Again = Typed;

    fn again(&self) -> Typed {
        Typed {
            identifier: self.identifier.clone(),
            two_codes: !self.next_code.expose_secret().trim().is_empty(),
        }
    }
}

pub async fn get(app: Data<App>, request: HttpRequest) -> HttpResponse {
    with_portal(&app, &request, async |context| {
        page(context, StatusCode::OK, &Typed::default(), None)
    })
    .await
}

pub async fn post(app: Data<App>, request: HttpRequest, posted: Posted<Form>) -> HttpResponse {
    once(app, request, posted, async |context, posted| {
        let admitted = context.admit_sign_in()?;
        let mut typed = posted.again();
        let fields = match posted.open(context, admitted).await? {
            Opened::Fields(fields) => fields,
            Opened::Stale(_) => return page(context, StatusCode::FORBIDDEN, &typed, Some(RecoverError::Expired)),
            Opened::Answered(answer) => return Ok(answer),
        };
        let shown = recover::Form {
            identifier: &fields.identifier,
            codes: Codes::two(&fields.code, &fields.next_code),
            recovery_code: &fields.recovery_code,
            browser: context.visitor(),
        };
        let ended = recover::recover(context.act(&context.actor()), &shown).await?;
        let rebuff = match settle(context, ended).await {
            Settlement::Passed(token) => return Ok(context.go_on_with(&token, context.door.password)),
            Settlement::Over => return Ok(see_other(context.door.login)),
            Settlement::Rebuffed(rebuff) => rebuff,
        };
        typed.two_codes |= rebuff == Rebuff::TwoCodes;
        rebuff.answer(|status, error| page(context, status, &typed, Some(error)))
    })
    .await
}

fn page(
    context: &Context<'_>,
    status: StatusCode,
    typed: &Typed,
    error: Option<RecoverError>,
) -> Result<HttpResponse, Failure> {
    let page = Recover {
        chrome: context.chrome(),
        identifier: &typed.identifier,
        asks_two: context.asks_two_codes(typed.two_codes),
        error,
    };
    context.page(status, &page)
}
