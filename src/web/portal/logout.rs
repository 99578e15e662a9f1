//! `/logout`: ends the session here and at every site.

use actix_web::http::StatusCode;
use actix_web::web::{Data, Form};
use actix_web::{HttpRequest, HttpResponse};
use serde::Deserialize;

use crate::auth::session;
use crate::web::kit::context::{add_cookie, with_portal};
use crate::web::kit::{App, cookies, see_other};
use crate::web::pages::SignedOut;
use crate::web::portal::signed_in;

#[derive(Debug, Deserialize)]
pub struct Fields {
    #[serde(default)]
    csrf: String,
}

/// Those still signed in are shown their account, where the button is: a link must not sign anybody out.
pub async fn get(app: Data<App>, request: HttpRequest) -> HttpResponse {
    with_portal(&app, &request, async |context| {
        if signed_in::current(context).await?.is_some() {
            return Ok(see_other("/account"));
        }
        context.page(
            StatusCode::OK,
            &SignedOut {
                chrome: context.chrome(),
            },
        )
    })
    .await
}

pub async fn post(app: Data<App>, request: HttpRequest, fields: Form<Fields>) -> HttpResponse {
    with_portal(&app, &request, async |context| {
        if !context.made_form(&fields.csrf) {
            return Ok(see_other("/account"));
        }
        if let Some(session) = signed_in::current(context).await? {
            let (core, lab) = (&context.app.core, context.lab());
            session::end(core, lab, session.account, session.id, &context.actor()).await?;
        }
        let mut response = see_other("/logout");
        add_cookie(&mut response, cookies::clear(cookies::SESSION));
        add_cookie(&mut response, cookies::clear(cookies::PENDING));
        Ok(response)
    })
    .await
}
