//! Has the browser make a passkey, and takes it.

use actix_web::http::StatusCode;
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use secrecy::SecretString;
use serde::Deserialize;

use super::{list, with_holder};
use crate::kit::context::add_cookie;
use crate::kit::posted::shows_nothing_again;
use crate::kit::{App, Context, Failure, Posted, cookies, see_other};
use crate::pages::{NewPasskey, PasskeysError};
use auth::passkeys::{self, AddOutcome, Adding};
use crypto::token::TokenKind;
use domain::session::Session;

#[derive(Debug, Deserialize)]
pub struct Form {
    #[serde(default)]
    name: String,
    #[serde(default)]
    answer: SecretString,
}

shows_nothing_again!(Form);

pub async fn get(app: Data<App>, request: HttpRequest) -> HttpResponse {
    with_holder(&app, &request, async |context, session| {
        context.shown_at(context.door.passkeys_new);
        let Some(adding) = adding(context, session).await? else {
            return Ok(see_other(context.door.passkeys));
        };
        let page = NewPasskey {
            chrome: context.chrome(),
            options: adding.options(),
        };
        context.page(StatusCode::OK, &page)
    })
    .await
}

pub async fn post(app: Data<App>, request: HttpRequest, posted: Posted<Form>) -> HttpResponse {
    with_holder(&app, &request, async |context, session| {
        let admitted = context.admit()?;
        let Ok(fields) = posted.open(context, admitted) else {
            let (status, error) = (StatusCode::FORBIDDEN, Some(PasskeysError::Expired));
            return list::show(context, session, status, None, error).await;
        };
        let added = match adding(context, session).await? {
            Some(adding) => {
                let (party, actor) = (&context.face.party, context.actor());
                passkeys::add(context.act(&actor), party, adding, &fields.name, &fields.answer).await?
            }
            None => AddOutcome::Over,
        };
        let mut response = match added {
            AddOutcome::Done => see_other(&format!("{}?{}", context.door.passkeys, list::ADDED)),
            AddOutcome::Refused | AddOutcome::Over => {
                let error = match added {
                    AddOutcome::Over => PasskeysError::Expired,
                    _ => PasskeysError::Refused,
                };
                list::show(context, session, StatusCode::UNPROCESSABLE_ENTITY, None, Some(error)).await?
            }
        };
        add_cookie(&mut response, cookies::clear(cookies::passkey(context.door)));
        Ok(response)
    })
    .await
}

async fn adding(context: &Context<'_>, session: &Session) -> Result<Option<Adding>, Failure> {
    let Some(token) = cookies::token(context.request, cookies::passkey(context.door), TokenKind::Pending) else {
        return Ok(None);
    };
    let core = &context.app.core;
    Ok(passkeys::find(core, context.realm(), session.account, &token).await?)
}
