//! The page for a request that could not be read, made where there is no handler.

use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};

use crate::kit::faces::Face;
use crate::kit::{App, Context};
use crate::pages::ErrorKind;

pub fn misfit(request: &HttpRequest, kind: ErrorKind<'_>) -> HttpResponse {
    let app = request.app_data::<Data<App>>();
    let page = app.and_then(|app| {
        let Some(Face::Portal(lab)) = app.faces.of_request(request.head()) else {
            return None;
        };
        Some(Context::on_portal(app, request, app.faces.lab(lab)?).error(kind))
    });
    page.unwrap_or_else(|| HttpResponse::BadRequest().finish())
}
