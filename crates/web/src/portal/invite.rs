//! `/invite`: where a mailed link leads. The link's token goes into the cookie of what is begun, and out of the address.

use actix_web::http::StatusCode;
use actix_web::web::{Data, Form, Query};
use actix_web::{HttpRequest, HttpResponse};
use serde::Deserialize;

use crate::entrance::activate;
use crate::kit::context::{add_cookie, retry_after, with_portal};
use crate::kit::failure::whole_seconds;
use crate::kit::{App, Context, Failure, cookies, see_other};
use crate::pages::{ActivateError, Invite, PORTAL};
use auth::invited::{Attempt, Outcome, begin};
use crypto::token::{PlainToken, TokenKind};
use domain::birth_date::BirthDate;

pub const PATH: &str = "/invite";

#[derive(Deserialize)]
pub struct Link {
    token: Option<String>,
}

#[derive(Deserialize)]
pub struct Fields {
    #[serde(default)]
    birth_date: String,
    #[serde(default)]
    password: String,
    #[serde(default)]
    csrf: String,
}

impl std::fmt::Debug for Link {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Link(..)")
    }
}

impl std::fmt::Debug for Fields {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Fields(..)")
    }
}

pub async fn get(app: Data<App>, request: HttpRequest, link: Query<Link>) -> HttpResponse {
    with_portal(&app, &request, async |context| {
        context.shown_at(PATH);
        let sent = link.token.as_deref();
        if let Some(token) = sent.and_then(|text| PlainToken::parse(TokenKind::Invitation, text)) {
            let mut response = see_other(PATH);
            add_cookie(&mut response, cookies::set(cookies::pending(&PORTAL), token.expose()));
            return Ok(response);
        }
        match invitation(context) {
            Some(_) => page(context, StatusCode::OK, "", None),
            None => Ok(see_other(PORTAL.activate)),
        }
    })
    .await
}

pub async fn post(app: Data<App>, request: HttpRequest, fields: Form<Fields>) -> HttpResponse {
    with_portal(&app, &request, async |context| {
        context.shown_at(PATH);
        context.admit()?;
        let Some(invitation) = invitation(context) else {
            return Ok(see_other(PORTAL.activate));
        };
        let typed = fields.birth_date.as_str();
        if !context.made_form(&fields.csrf) {
            return page(context, StatusCode::FORBIDDEN, typed, Some(ActivateError::Expired));
        }
        let Some(birth_date) = BirthDate::parse(typed) else {
            let status = StatusCode::UNPROCESSABLE_ENTITY;
            return page(context, status, typed, Some(ActivateError::BirthDateUnread));
        };
        let attempt = Attempt {
            lab: context.lab(),
            invitation: &invitation,
            birth_date,
            password: &fields.password,
            actor: context.actor(),
        };
        let outcome = begin(&context.app.core, attempt).await?;
        answer(context, outcome, typed).await
    })
    .await
}

async fn answer(context: &Context<'_>, outcome: Outcome, typed: &str) -> Result<HttpResponse, Failure> {
    let (status, seconds, error) = match outcome {
        Outcome::Begun(token) => {
            context.app.floor.note(context.arrived);
            let mut response = see_other(PORTAL.activate);
            add_cookie(&mut response, cookies::set(cookies::pending(&PORTAL), token.expose()));
            return Ok(response);
        }
        Outcome::Refused => {
            context.wait_for_floor().await;
            return page(context, StatusCode::UNAUTHORIZED, typed, Some(ActivateError::Refused));
        }
        Outcome::Wait(wait) => {
            let seconds = whole_seconds(wait);
            (StatusCode::TOO_MANY_REQUESTS, seconds, ActivateError::Wait { seconds })
        }
        Outcome::Busy(wait) => {
            let seconds = whole_seconds(wait);
            (
                StatusCode::SERVICE_UNAVAILABLE,
                seconds,
                ActivateError::Busy { seconds },
            )
        }
    };
    let mut response = page(context, status, typed, Some(error))?;
    retry_after(&mut response, seconds);
    Ok(response)
}

fn invitation(context: &Context<'_>) -> Option<PlainToken> {
    cookies::token(context.request, cookies::pending(&PORTAL), TokenKind::Invitation)
}

fn page(
    context: &Context<'_>,
    status: StatusCode,
    birth_date: &str,
    error: Option<ActivateError>,
) -> Result<HttpResponse, Failure> {
    let page = Invite {
        chrome: context.chrome(),
        step: activate::step(1),
        birth_date,
        error,
    };
    context.page(status, &page)
}
