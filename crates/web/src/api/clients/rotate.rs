//! `POST /api/v1/clients/{id}/rotate`: a new secret.

use actix_web::http::StatusCode;
use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse};
use serde::{Deserialize, Serialize};

use super::{ToldSecret, named};
use crate::api::access::with_caller;
use crate::api::body::{self, ArrivedBody};
use crate::kit::App;
use admin::clients::{self, Days, Rotation};
use domain::client::Scope;
use kernel::ids::ClientId;

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct RotationOrder {
    overlap_days: Option<u32>,
    secret_days: Option<u32>,
}

#[derive(Serialize)]
struct RotationReply<'a> {
    client_id: &'a ClientId,
    #[serde(flatten)]
    secret: ToldSecret<'a>,
    /// The older ones work until then at the latest.
    older_until: String,
}

pub async fn post(app: Data<App>, request: HttpRequest, id: Path<String>, arrived: ArrivedBody) -> HttpResponse {
    with_caller(&app, &request, Scope::WriteClients, async |context, caller| {
        let id = named(&id)?;
        let wanted: RotationOrder = body::read_or_default(&request, arrived)?;
        let rotation = Rotation {
            overlap: Days::of_overlap(wanted.overlap_days)?,
            valid: Days::of_secret(wanted.secret_days)?,
        };
        let (core, lab) = (&context.app.core, context.lab());
        let issued = clients::rotate(core, lab, &id, rotation, &caller.authority()).await?;
        let rotated = RotationReply {
            client_id: &id,
            secret: ToldSecret::of(&issued),
            older_until: issued.older_until.to_string(),
        };
        Ok(body::json(StatusCode::OK, &rotated))
    })
    .await
}
