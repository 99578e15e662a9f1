//! `X-Forwarded-Method`, `X-Forwarded-Proto`, `X-Forwarded-Host` and `X-Forwarded-Uri`.

use actix_web::http::header::HeaderMap;

use super::{Question, Unclear, method, only};

const METHOD: &str = "x-forwarded-method";
const SCHEME: &str = "x-forwarded-proto";
const HOST: &str = "x-forwarded-host";
const TARGET: &str = "x-forwarded-uri";

pub(super) fn read(headers: &HeaderMap) -> Result<Question, Unclear> {
    let method = method(only(headers, METHOD)?, METHOD)?;
    if only(headers, SCHEME)? != "https" {
        return Err(Unclear::Scheme);
    }
    Question::new(method, only(headers, HOST)?, only(headers, TARGET)?, TARGET)
}
