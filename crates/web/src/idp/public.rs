//! Documents that anyone may read and that stay the same for a while: ready bytes, named by their content.

use actix_web::HttpRequest;
use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderMap, HeaderValue};
use bytes::Bytes;

use crate::kit::App;
use crate::kit::faces::Face;
use kernel::ids::LabId;

/// The lab whose portal's host was asked.
pub fn lab<'a>(app: &'a App, request: &HttpRequest) -> Option<&'a LabId> {
    match app.faces.of_request(request.head()) {
        Some(Face::Portal(lab)) => Some(lab),
        _ => None,
    }
}

/// Scripts of any origin may read it: it is the same for all, and no cookie has a part in it.
pub fn answer(request: &HttpRequest, body: &Bytes, etag: &str, cache_control: &'static str) -> HttpResponse {
    let mut response = if is_known(request.headers(), etag) {
        HttpResponse::new(StatusCode::NOT_MODIFIED)
    } else {
        HttpResponse::with_body(StatusCode::OK, body.clone()).map_into_boxed_body()
    };
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(cache_control));
    headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    if let Ok(etag) = HeaderValue::from_str(etag) {
        headers.insert(header::ETAG, etag);
    }
    response
}

fn is_known(headers: &HeaderMap, etag: &str) -> bool {
    let mut known = headers
        .get_all(header::IF_NONE_MATCH)
        .filter_map(|value| value.to_str().ok());
    known.any(|tags| tags.split(',').any(|tag| tag.trim().trim_start_matches("W/") == etag))
}
