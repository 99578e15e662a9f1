//! What a request announces of its body.

use actix_web::HttpRequest;
use actix_web::http::header::{CONTENT_LENGTH, TRANSFER_ENCODING};
use actix_web::http::{Method, Version};

/// How much the browser is going to send.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BodyLength {
    Known(u64),
    Chunked,
}

/// A `GET` over HTTP/2 may bring a body without announcing it; it counts as none and is not passed on.
pub fn body_length(req: &HttpRequest) -> BodyLength {
    let headers = req.headers();
    if headers.contains_key(TRANSFER_ENCODING) {
        return BodyLength::Chunked;
    }
    let announced = headers
        .get(CONTENT_LENGTH)
        .and_then(|value| value.to_str().ok()?.trim().parse().ok());
    let bodiless = [Method::GET, Method::HEAD].contains(req.method());
    match announced {
        Some(length) => BodyLength::Known(length),
        None if req.version() >= Version::HTTP_2 && !bodiless => BodyLength::Chunked,
        None => BodyLength::Known(0),
    }
}
