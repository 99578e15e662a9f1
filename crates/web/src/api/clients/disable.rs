//! `DELETE /api/v1/clients/{id}`: it is disabled for good, and stays to be seen.

use actix_web::http::header;
use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse};

use super::named;
use crate::api::access::with_caller;
use crate::kit::App;
use admin::clients;
use domain::client::Scope;

pub async fn delete(app: Data<App>, request: HttpRequest, id: Path<String>) -> HttpResponse {
    with_caller(&app, &request, Scope::WriteClients, async |context, caller| {
        let (core, lab) = (&context.app.core, context.lab());
        clients::disable(core, lab, &named(&id)?, &caller.authority()).await?;
        Ok(HttpResponse::NoContent()
            .insert_header((header::CACHE_CONTROL, "no-store"))
            .finish())
    })
    .await
}
