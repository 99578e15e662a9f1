//! `GET /api/v1/openapi.json`: what there is, for authors of programs; the same for every lab. Written by hand and
//! held to the routes and types by tests ([0021](../../../docs/decisions/0021-api.md)).

use actix_web::HttpResponse;
use actix_web::http::header;

const DOCUMENT: &str = include_str!("openapi.json");

pub async fn get() -> HttpResponse {
    HttpResponse::Ok()
        .insert_header((header::CONTENT_TYPE, "application/json"))
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .insert_header((header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .body(DOCUMENT)
}
