//! Begins a sign-in with an identity of a provider.

use actix_web::http::StatusCode;
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use serde::Deserialize;

use super::{chosen, leave, name_of};
use crate::entrance::login::{self, Destination, Typed};
use crate::kit::context::with_portal;
use crate::kit::{App, Fields, Posted, see_other};
use crate::pages::LoginError;
use domain::provider::Errand;

#[derive(Debug, Deserialize)]
pub struct Form {
    #[serde(default)]
    provider: String,
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
        let Ok(fields) = posted.open(context, admitted) else {
            return login::expired(context, &Typed::default(), &destination);
        };
        let id = chosen(&fields.provider)?;
        match leave(context, &id, Errand::SignIn(login.clone()), &login).await? {
            Ok(response) => Ok(response),
            Err(trouble) => {
                let (status, error) = (StatusCode::BAD_GATEWAY, Some(LoginError::Provider(trouble)));
                let name = name_of(context, &id);
                login::form(context, status, &Typed::about(name), &destination, error)
            }
        }
    })
    .await
}
