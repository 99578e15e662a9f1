//! Signing in with a passkey: started by a button of the sign-in page, answered by the browser. Offered to everyone
//! alike, and refused in one way.

use actix_web::http::StatusCode;
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use secrecy::SecretString;
use serde::Deserialize;

use crate::entrance::login::{self, Destination, Typed};
use crate::kit::context::with_portal;
use crate::kit::settlement::{Settlement, settle};
use crate::kit::{App, Context, Failure, Fields, Posted, see_other};
use crate::pages::{LoginError, PasskeySignIn};
use auth::passkey_sign_in;

#[derive(Debug, Deserialize)]
pub struct Form {
    #[serde(default)]
    challenge: String,
    #[serde(default)]
    answer: SecretString,
    #[serde(flatten)]
    destination: Destination,
}

impl Fields for Form {
    type Again = Destination;

    fn again(&self) -> Destination {
        self.destination.clone()
    }
}

pub async fn get(app: Data<App>, request: HttpRequest) -> HttpResponse {
    with_portal(&app, &request, async |context| Ok(see_other(context.door.login))).await
}

pub async fn post(app: Data<App>, request: HttpRequest, posted: Posted<Form>) -> HttpResponse {
    with_portal(&app, &request, async |context| {
        let mut destination = posted.again();
        let login = destination.login_page(context.door);
        context.shown_at(&login);
        let admitted = context.admit()?;
        destination.look_up(context).await?;
        if posted.open(context, admitted).is_err() {
            return login::expired(context, &Typed::default(), &destination);
        }
        let asked = passkey_sign_in::begin(&app.core, &context.face.party, context.realm(), context.browser()).await?;
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

pub async fn post_answer(app: Data<App>, request: HttpRequest, posted: Posted<Form>) -> HttpResponse {
    with_portal(&app, &request, async |context| {
        let mut destination = posted.again();
        context.shown_at(&destination.login_page(context.door));
        let admitted = context.admit()?;
        destination.look_up(context).await?;
        let Ok(fields) = posted.open(context, admitted) else {
            return login::expired(context, &Typed::default(), &destination);
        };
        let shown = passkey_sign_in::Form {
            party: &context.face.party,
            challenge: fields.challenge.parse().ok(),
            asked: context.browser().hashed(),
            answer: &fields.answer,
            browser: context.visitor(),
            return_to: destination.check(context),
        };
        let ended = passkey_sign_in::sign_in(context.act(&context.actor()), shown).await?;
        match settle(context, ended).await {
            Settlement::Passed(arrival) => login::arrive(context, arrival, &destination).await,
            Settlement::Over | Settlement::Rebuffed(_) => refuse(context, &destination),
        }
    })
    .await
}

fn refuse(context: &Context<'_>, destination: &Destination) -> Result<HttpResponse, Failure> {
    let error = Some(LoginError::Passkey);
    login::form(context, StatusCode::UNAUTHORIZED, &Typed::default(), destination, error)
}
