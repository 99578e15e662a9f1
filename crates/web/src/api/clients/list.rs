//! `GET /api/v1/clients`

use actix_web::http::StatusCode;
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use serde_json::json;

use crate::api::access::with_caller;
use crate::api::body;
use crate::kit::App;
use admin::clients;
use domain::client::Scope;

pub async fn get(app: Data<App>, request: HttpRequest) -> HttpResponse {
    with_caller(&app, &request, Scope::ReadClients, async |context, _| {
        let all = clients::list(&context.app.core, context.lab()).await?;
        Ok(body::json(StatusCode::OK, &json!({ "clients": all })))
    })
    .await
}
