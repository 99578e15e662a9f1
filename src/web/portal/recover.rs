//! `/recover`: the ways back in.

use actix_web::http::StatusCode;
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};

use crate::web::kit::App;
use crate::web::kit::context::with_portal;
use crate::web::pages::Recover;

pub async fn get(app: Data<App>, request: HttpRequest) -> HttpResponse {
    with_portal(&app, &request, async |context| {
        context.page(
            StatusCode::OK,
            &Recover {
                chrome: context.chrome(),
            },
        )
    })
    .await
}
