//! `PUT /api/v1/clients/{id}`

use actix_web::http::StatusCode;
use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse};
use serde::Deserialize;

use super::{named, told};
use crate::api::access::with_caller;
use crate::api::body::{self, ArrivedBody};
use crate::kit::App;
use admin::clients::{self, Days};
use domain::client::{Policy, Scope};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    policy: Policy,
    /// For a client that has no secret yet and needs one now.
    secret_days: Option<u32>,
}

pub async fn put(app: Data<App>, request: HttpRequest, id: Path<String>, arrived: ArrivedBody) -> HttpResponse {
    with_caller(&app, &request, Scope::WriteClients, async |context, caller| {
        let id = named(&id)?;
        let entry: Entry = body::read(&request, arrived)?;
        let (core, lab, days) = (&context.app.core, context.lab(), Days::of_secret(entry.secret_days)?);
        let updated = clients::update(core, lab, &id, |_| entry.policy, days, &caller.authority()).await?;
        let told = told(context, &id, updated.secret.as_ref()).await?;
        Ok(body::json(StatusCode::OK, &told))
    })
    .await
}
