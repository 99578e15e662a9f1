//! `/invite`: where a mailed link leads. The link's token goes into the cookie of what is begun, and out of the address.

use actix_web::http::StatusCode;
use actix_web::web::{Data, Query};
use actix_web::{HttpRequest, HttpResponse};
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;

use crate::entrance::activate;
use crate::entrance::under_way::{self, Begun};
use crate::kit::context::with_portal;
use crate::kit::settlement::{Settlement, settle};
use crate::kit::{App, Context, Failure, Fields, Posted, Stale, see_other};
use crate::pages::{ActivateError, Invite, PORTAL};
use auth::enrolment::invited;
use crypto::token::{PlainToken, TokenKind};
use domain::birth_date::BirthDate;

pub const PATH: &str = "/invite";

#[derive(Debug, Deserialize)]
pub struct Link {
    token: Option<SecretString>,
}

#[derive(Debug, Deserialize)]
pub struct Form {
    #[serde(default)]
    birth_date: String,
    #[serde(default)]
    password: SecretString,
}

impl Fields for Form {
    type Again = String;

    fn again(&self) -> String {
        self.birth_date.clone()
    }
}

pub async fn get(app: Data<App>, request: HttpRequest, link: Query<Link>) -> HttpResponse {
    with_portal(&app, &request, async |context| {
        context.shown_at(PATH);
        let sent = link.token.as_ref().map(SecretString::expose_secret);
        if let Some(token) = sent.and_then(|text| PlainToken::parse(TokenKind::Invitation, text)) {
            // Any page could send a browser here: what its holder has begun stays.
            return Ok(match under_way::lookup(context).await? {
                Begun::Alive(begun) => see_other(under_way::page(context, begun)),
                Begun::Nothing | Begun::Over => context.go_on_with(&token, PATH),
            });
        }
        match invitation(context) {
            Some(_) => page(context, StatusCode::OK, "", None),
            None => Ok(see_other(PORTAL.activate)),
        }
    })
    .await
}

pub async fn post(app: Data<App>, request: HttpRequest, posted: Posted<Form>) -> HttpResponse {
    with_portal(&app, &request, async |context| {
        context.shown_at(PATH);
        let admitted = context.admit()?;
        let Some(invitation) = invitation(context) else {
            return Ok(see_other(PORTAL.activate));
        };
        let fields = match posted.open(context, admitted) {
            Ok(fields) => fields,
            Err(Stale(typed)) => return page(context, StatusCode::FORBIDDEN, &typed, Some(ActivateError::Expired)),
        };
        let typed = &fields.birth_date;
        let Some(birth_date) = BirthDate::parse(typed) else {
            let status = StatusCode::UNPROCESSABLE_ENTITY;
            return page(context, status, typed, Some(ActivateError::BirthDateUnread));
        };
        let shown = invited::Form {
            invitation: &invitation,
            birth_date,
            password: &fields.password,
        };
        let ended = invited::begin(context.act(&context.actor()), &shown).await?;
        match settle(context, ended).await {
            Settlement::Passed(token) => {
                context.app.floor.note(context.arrived);
                Ok(context.go_on_with(&token, PORTAL.activate))
            }
            Settlement::Over => Ok(see_other(PORTAL.activate)),
            Settlement::Rebuffed(rebuff) => rebuff.answer(|status, error| page(context, status, typed, Some(error))),
        }
    })
    .await
}

fn invitation(context: &Context<'_>) -> Option<PlainToken> {
    context.begun(TokenKind::Invitation)
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
