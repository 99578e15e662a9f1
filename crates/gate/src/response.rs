//! What the browser gets to see of the LIS's headers.

use actix_web::http::header::{
    CACHE_CONTROL, CONTENT_LENGTH, CONTENT_LOCATION, HeaderMap, HeaderName, HeaderValue, LOCATION, REFERRER_POLICY,
    REFRESH, SET_COOKIE, X_CONTENT_TYPE_OPTIONS,
};

use crate::cookies::SessionCookies;
use crate::headers::{is_hop_by_hop, named_in_connection};
use crate::origin::Origins;

/// Beginnings of names that are dropped: they tell of the LIS's software, cache what must not be cached, lead around
/// the gate (`Alt-Svc`), would end our session with theirs (`Clear-Site-Data`), order a proxy in front to fetch files (`X-Accel-*`, `X-Sendfile`), or let other origins read
/// (`Access-Control-*`).
const DROPPED: [&str; 20] = [
    "server",
    "x-powered-by",
    "x-aspnet",
    "x-generator",
    "via",
    "alt-svc",
    "age",
    "expires",
    "pragma",
    "surrogate-",
    "clear-site-data",
    "cdn-",
    "x-accel-",
    "x-sendfile",
    "x-vestibule",
    "access-control-",
    "public-key-pins",
    "cache-control",
    "strict-transport-security",
    "x-content-type-options",
];

/// `requested` is the path and query that were asked of the LIS; relative URLs are read against it. `Content-Length` is
/// left out: it belongs to the body.
pub fn for_browser(upstream: &HeaderMap, origins: &Origins, requested: &str, cookies: SessionCookies<'_>) -> HeaderMap {
    let mut headers = HeaderMap::with_capacity(upstream.len() + 4);
    let named = named_in_connection(upstream);
    for (name, value) in upstream {
        let dropped = is_hop_by_hop(name)
            || *name == CONTENT_LENGTH
            || DROPPED.iter().any(|beginning| name.as_str().starts_with(beginning))
            || named.iter().any(|hop| hop == name.as_str());
        if *name == SET_COOKIE {
            for cookie in cookies.for_browser(value.as_bytes()) {
                headers.append(SET_COOKIE, cookie);
            }
        } else if !dropped && let Some(value) = rewritten(name, value, origins, requested) {
            headers.append(name.clone(), value);
        }
    }
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    if !headers.contains_key(REFERRER_POLICY) {
        // Record numbers are in URLs: no other site may learn them.
        headers.insert(REFERRER_POLICY, HeaderValue::from_static("same-origin"));
    }
    headers
}

/// `None` drops the header.
fn rewritten(name: &HeaderName, value: &HeaderValue, origins: &Origins, requested: &str) -> Option<HeaderValue> {
    let text = match *name {
        LOCATION | CONTENT_LOCATION => {
            let url = value.to_str().ok()?;
            origins.to_site(url, requested).unwrap_or_else(|| url.to_owned())
        }
        REFRESH => refresh(value.to_str().ok()?, origins, requested),
        _ => return Some(value.clone()),
    };
    HeaderValue::from_str(&text).ok()
}

/// `5; url=/next`, with the liberties that browsers take: `,` for `;`, spaces, quotes.
fn refresh(value: &str, origins: &Origins, requested: &str) -> String {
    let Some((delay, target)) = value.split_once([';', ',']) else {
        return value.to_owned();
    };
    let target = target.trim();
    let url = match target.get(..3) {
        Some(key) if key.eq_ignore_ascii_case("url") => {
            target.get(3..).unwrap_or_default().trim_start().trim_start_matches('=')
        }
        _ => target,
    };
    let url = url.trim().trim_matches(['"', '\'']);
    let url = origins.to_site(url, requested).unwrap_or_else(|| url.to_owned());
    format!("{}; url={url}", delay.trim())
}

#[cfg(test)]
#[path = "response_tests.rs"]
mod tests;
