//! `proxy_set_header X-Original-Method $request_method` and `X-Original-URL $scheme://$http_host$request_uri`.

use actix_web::http::header::HeaderMap;

use super::{Question, Unclear, method, only};

const METHOD: &str = "x-original-method";
const URL: &str = "x-original-url";

pub(super) fn read(headers: &HeaderMap) -> Result<Question, Unclear> {
    let method = method(only(headers, METHOD)?, METHOD)?;
    let rest = only(headers, URL)?.strip_prefix("https://").ok_or(Unclear::Scheme)?;
    let (authority, target) = rest.split_at(rest.find('/').ok_or(Unclear::Unreadable(URL))?);
    Question::new(method, authority, target, URL)
}
