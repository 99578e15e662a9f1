//! `/`: to the account, or to the sign-in.

use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};

use crate::entrance::signed_in;
use crate::kit::context::with_portal;
use crate::kit::{App, see_other};

pub async fn get(app: Data<App>, request: HttpRequest) -> HttpResponse {
    with_portal(&app, &request, async |context| {
        let session = signed_in::current(context).await?;
        Ok(see_other(match session {
            Some(_) => context.door.home,
            None => context.door.login,
        }))
    })
    .await
}
