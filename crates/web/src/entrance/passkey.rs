//! Signing in with a passkey: asked for by a button of the sign-in page, answered by the browser. Offered to everybody
//! alike, and refused in one way.

use actix_web::http::StatusCode;
use actix_web::web::{Data, Form};
use actix_web::{HttpRequest, HttpResponse};
use serde::Deserialize;

use crate::entrance::login::{self, Destination, Typed};
use crate::kit::context::with_portal;
use crate::kit::{App, Context, Failure, see_other};
use crate::pages::{LoginError, PasskeySignIn};
use auth::arrival::Arrived;
use auth::passkey_sign_in::{Attempt, begin, sign_in};
use auth::sign_in::Outcome;

#[derive(Deserialize)]
pub struct Fields {
    #[serde(default)]
    csrf: String,
    #[serde(default)]
    challenge: String,
    #[serde(default)]
    answer: String,
    site: Option<String>,
    to: Option<String>,
    via: Option<String>,
    request: Option<String>,
}

impl std::fmt::Debug for Fields {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Fields(..)")
    }
}

impl Fields {
    fn split(self) -> (Destination, Self) {
        let destination = Destination {
            site: self.site.clone(),
            to: self.to.clone(),
            via: self.via.clone(),
            request: self.request.clone(),
            ..Destination::default()
        };
        (destination, self)
    }
}

pub async fn get(app: Data<App>, request: HttpRequest) -> HttpResponse {
    with_portal(&app, &request, async |context| Ok(see_other(context.door.login))).await
}

pub async fn post(app: Data<App>, request: HttpRequest, fields: Form<Fields>) -> HttpResponse {
    let (mut destination, fields) = fields.into_inner().split();
    with_portal(&app, &request, async |context| {
        let login = destination.login_page(context.door);
        context.shown_at(&login);
        context.admit()?;
        destination.look_up(context).await?;
        if !context.made_form(&fields.csrf) {
            let error = Some(LoginError::Expired);
            return login::form(context, StatusCode::FORBIDDEN, Typed::default(), &destination, error);
        }
        let asked = begin(&app.core, &context.face.party, context.realm(), context.browser()).await?;
        let page = PasskeySignIn {
            chrome: context.chrome(),
            options: &asked.options,
            challenge: &asked.id.to_string(),
            login: &login,
            site: destination.site.as_deref(),
            to: destination.to.as_deref(),
            via: destination.via.as_deref(),
            request: destination.request.as_deref(),
        };
        context.page(StatusCode::OK, &page)
    })
    .await
}

pub async fn post_answer(app: Data<App>, request: HttpRequest, fields: Form<Fields>) -> HttpResponse {
    let (mut destination, fields) = fields.into_inner().split();
    with_portal(&app, &request, async |context| {
        context.shown_at(&destination.login_page(context.door));
        context.admit()?;
        destination.look_up(context).await?;
        if !context.made_form(&fields.csrf) {
            let error = Some(LoginError::Expired);
            return login::form(context, StatusCode::FORBIDDEN, Typed::default(), &destination, error);
        }
        let attempt = Attempt {
            lab: context.realm(),
            party: &context.face.party,
            challenge: fields.challenge.parse().ok(),
            asked: context.browser().hashed(),
            answer: &fields.answer,
            actor: context.actor(),
            browser: context.visitor(),
            return_to: destination.check(context),
        };
        match sign_in(&app.core, attempt).await? {
            Some(Arrived::Held(token)) => {
                login::answer(context, Outcome::Held(token), Typed::default(), &destination).await
            }
            Some(Arrived::SignedIn(opened)) => {
                login::answer(context, Outcome::SignedIn(opened), Typed::default(), &destination).await
            }
            None => refuse(context, &destination).await,
        }
    })
    .await
}

async fn refuse(context: &Context<'_>, destination: &Destination) -> Result<HttpResponse, Failure> {
    context.wait_for_floor().await;
    let error = Some(LoginError::Passkey);
    login::form(context, StatusCode::UNAUTHORIZED, Typed::default(), destination, error)
}
