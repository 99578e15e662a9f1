//! Begins a sign-in with an identity of a provider.

use actix_web::http::StatusCode;
use actix_web::web::{Data, Form};
use actix_web::{HttpRequest, HttpResponse};
use serde::Deserialize;

use super::{chosen, leave, name_of};
use crate::entrance::login::{self, Destination, Typed};
use crate::kit::context::with_portal;
use crate::kit::{App, see_other};
use crate::pages::LoginError;
use domain::provider::Errand;

#[derive(Debug, Deserialize)]
pub struct Fields {
    #[serde(default)]
    csrf: String,
    #[serde(default)]
    provider: String,
    site: Option<String>,
    to: Option<String>,
    via: Option<String>,
    request: Option<String>,
}

pub async fn get(app: Data<App>, request: HttpRequest) -> HttpResponse {
    with_portal(&app, &request, async |context| Ok(see_other(context.door.login))).await
}

pub async fn post(app: Data<App>, request: HttpRequest, fields: Form<Fields>) -> HttpResponse {
    let fields = fields.into_inner();
    let mut destination = Destination {
        site: fields.site,
        to: fields.to,
        via: fields.via,
        request: fields.request,
        ..Destination::default()
    };
    with_portal(&app, &request, async |context| {
        let login = destination.login_page(context.door);
        context.shown_at(&login);
        context.admit()?;
        destination.look_up(context).await?;
        if !context.made_form(&fields.csrf) {
            let error = Some(LoginError::Expired);
            return login::form(context, StatusCode::FORBIDDEN, Typed::default(), &destination, error);
        }
        let id = chosen(&fields.provider)?;
        match leave(context, &id, Errand::SignIn(login.clone()), &login).await? {
            Ok(response) => Ok(response),
            Err(trouble) => {
                let (status, error) = (StatusCode::BAD_GATEWAY, Some(LoginError::Provider(trouble)));
                let name = name_of(context, &id);
                login::form(context, status, Typed::about(&name), &destination, error)
            }
        }
    })
    .await
}
