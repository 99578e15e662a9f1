//! `GET /api/v1/clients/{id}`

use actix_web::http::StatusCode;
use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse};

use super::{named, told};
use crate::api::access::with_caller;
use crate::api::body;
use crate::kit::App;
use domain::client::Scope;

pub async fn get(app: Data<App>, request: HttpRequest, id: Path<String>) -> HttpResponse {
    with_caller(&app, &request, Scope::ReadClients, async |context, _| {
        Ok(body::json(StatusCode::OK, &told(context, &named(&id)?, None).await?))
    })
    .await
}
