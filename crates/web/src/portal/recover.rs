//! `/recover`: the ways back in; one of them begins here.

use actix_web::http::StatusCode;
use actix_web::web::{Data, Form};
use actix_web::{HttpRequest, HttpResponse};
use serde::Deserialize;

use crate::kit::context::{add_cookie, retry_after, with_portal};
use crate::kit::failure::whole_seconds;
use crate::kit::{App, Context, Failure, cookies, see_other};
use crate::pages::{Recover, RecoverError};
use auth::codes::Codes;
use auth::recover::{Attempt, Outcome, recover};

#[derive(Deserialize)]
pub struct Fields {
    #[serde(default)]
    identifier: String,
    #[serde(default)]
    code: String,
    #[serde(default)]
    next_code: String,
    #[serde(default)]
    recovery_code: String,
    #[serde(default)]
    csrf: String,
}

impl std::fmt::Debug for Fields {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Fields(..)")
    }
}

pub async fn get(app: Data<App>, request: HttpRequest) -> HttpResponse {
    with_portal(&app, &request, async |context| {
        page(context, StatusCode::OK, "", false, None)
    })
    .await
}

pub async fn post(app: Data<App>, request: HttpRequest, fields: Form<Fields>) -> HttpResponse {
    with_portal(&app, &request, async |context| {
        context.admit_sign_in()?;
        let (typed, two_codes) = (fields.identifier.as_str(), !fields.next_code.trim().is_empty());
        if !context.made_form(&fields.csrf) {
            let error = Some(RecoverError::Expired);
            return page(context, StatusCode::FORBIDDEN, typed, two_codes, error);
        }
        let attempt = Attempt {
            lab: context.lab(),
            identifier: typed,
            codes: Codes {
                code: &fields.code,
                next: &fields.next_code,
            },
            recovery_code: &fields.recovery_code,
            browser: context.visitor(),
            actor: context.actor(),
        };
        let outcome = recover(&context.app.core, attempt).await?;
        answer(context, outcome, typed, two_codes).await
    })
    .await
}

async fn answer(
    context: &Context<'_>,
    outcome: Outcome,
    typed: &str,
    two_codes: bool,
) -> Result<HttpResponse, Failure> {
    match outcome {
        Outcome::Held(token) => {
            let mut response = see_other(context.door.password);
            add_cookie(
                &mut response,
                cookies::set(cookies::pending(context.door), token.expose()),
            );
            Ok(response)
        }
        Outcome::Refused => {
            context.wait_for_floor().await;
            let error = Some(RecoverError::Refused);
            page(context, StatusCode::UNAUTHORIZED, typed, two_codes, error)
        }
        Outcome::TurnedAway => {
            let error = Some(RecoverError::TwoCodes);
            page(context, StatusCode::UNAUTHORIZED, typed, true, error)
        }
        Outcome::Wait(wait) => {
            let seconds = whole_seconds(wait);
            let error = Some(RecoverError::Wait { seconds });
            let mut response = page(context, StatusCode::TOO_MANY_REQUESTS, typed, two_codes, error)?;
            retry_after(&mut response, seconds);
            Ok(response)
        }
    }
}

fn page(
    context: &Context<'_>,
    status: StatusCode,
    identifier: &str,
    typed_two: bool,
    error: Option<RecoverError>,
) -> Result<HttpResponse, Failure> {
    let page = Recover {
        chrome: context.chrome(),
        identifier,
        asks_two: context.asks_two_codes(typed_two),
        error,
    };
    context.page(status, &page)
}
