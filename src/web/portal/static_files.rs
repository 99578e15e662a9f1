//! `/static/…`: the stylesheet, the icon and one small script, under names that change with their content.

use actix_web::HttpResponse;
use actix_web::http::header;
use actix_web::web::Path;

use crate::web::pages::asset;

pub async fn get(name: Path<String>) -> HttpResponse {
    let Some(asset) = asset(&name) else {
        return HttpResponse::NotFound().finish();
    };
    HttpResponse::Ok()
        .content_type(asset.content_type)
        .insert_header((header::CACHE_CONTROL, "public, max-age=31536000, immutable"))
        .insert_header((header::ETAG, asset.etag))
        .insert_header((header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .body(asset.bytes)
}
