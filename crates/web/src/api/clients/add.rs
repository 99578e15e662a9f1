//! `POST /api/v1/clients`

use actix_web::http::{StatusCode, header};
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use serde::Deserialize;

use super::told;
use crate::api::access::with_caller;
use crate::api::body::{self, ArrivedBody};
use crate::kit::App;
use admin::clients::{self, Days};
use domain::client::{Policy, Scope};
use kernel::ids::ClientId;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct New {
    client_id: ClientId,
    policy: Policy,
    secret_days: Option<u32>,
}

pub async fn post(app: Data<App>, request: HttpRequest, arrived: ArrivedBody) -> HttpResponse {
    with_caller(&app, &request, Scope::WriteClients, async |context, caller| {
        let new: New = body::read(&request, arrived)?;
        let (core, lab, days) = (&context.app.core, context.lab(), Days::of_secret(new.secret_days)?);
        let secret = clients::add(core, lab, &new.client_id, new.policy, days, &caller.authority()).await?;
        let told = told(context, &new.client_id, secret.as_ref()).await?;
        let mut response = body::json(StatusCode::CREATED, &told);
        if let Ok(address) = header::HeaderValue::try_from(format!("/api/v1/clients/{}", new.client_id)) {
            response.headers_mut().insert(header::LOCATION, address);
        }
        Ok(response)
    })
    .await
}
