//! What the LIS gets to see of a request's headers.
//!
//! Only names that say nothing about who asks, from where, or for what URL: content negotiation, conditions, ranges,
//! what describes a body, what browsers say of the page they are on, and the tokens of forms. A site names what its
//! LIS needs beyond them. CGI, WSGI and PHP turn `X_Remote_User` and `X-Remote-User` into one variable: a name with
//! anything but letters, digits and `-` never passes.

use actix_web::http::header::{CONNECTION, COOKIE, HOST, HeaderMap, HeaderName, HeaderValue, ORIGIN, REFERER};

use crate::cookies::SessionCookies;
use crate::origin::Origins;
use kernel::client_address::ClientAddress;

pub use crate::cookies::OWN_COOKIES;

/// Carries the signed [assertion](crate::assertion) to the LIS.
pub const ASSERTION: &str = "x-vestibule-assertion";

const HOP_BY_HOP: [&str; 12] = [
    "connection",
    "keep-alive",
    "te",
    "trailer",
    "trailers",
    "transfer-encoding",
    "upgrade",
    "http2-settings",
    "expect",
    "max-forwards",
    "content-length",
    "host",
];

/// What every LIS gets, beside `content-*` and `sec-*`.
const PASSED: [&str; 29] = [
    "accept",
    "accept-charset",
    "accept-encoding",
    "accept-language",
    "cache-control",
    "csrf-token",
    "dnt",
    "if-match",
    "if-modified-since",
    "if-none-match",
    "if-range",
    "if-unmodified-since",
    "last-event-id",
    "origin",
    "pragma",
    "prefer",
    "priority",
    "range",
    "referer",
    "requestverificationtoken",
    "save-data",
    "upgrade-insecure-requests",
    "user-agent",
    "x-csrf-token",
    "x-csrftoken",
    "x-pjax",
    "x-requested-with",
    "x-xsrf-token",
    "xsrf-token",
];

/// What a site passes on beyond the common list, and what it does not.
#[derive(Clone, Debug, Default)]
pub struct HeaderList {
    passed: Vec<String>,
    stripped: Vec<String>,
}

/// What the gate itself tells the LIS about a request.
#[derive(Clone, Copy, Debug)]
pub struct Told<'a> {
    /// Where the request came from.
    pub client: ClientAddress,
    /// Who asks, signed; nobody on public pages.
    pub assertion: Option<&'a str>,
    /// Whose cookies of the LIS are sent.
    pub cookies: SessionCookies<'a>,
}

impl HeaderList {
    /// `pass_headers` and `strip_headers` of a site, in any case.
    pub fn new(passed: &[String], stripped: &[String]) -> Self {
        let lower = |names: &[String]| names.iter().map(|name| name.to_ascii_lowercase()).collect();
        Self {
            passed: lower(passed),
            stripped: lower(stripped),
        }
    }

    fn passes(&self, name: &str) -> bool {
        let common = PASSED.contains(&name) || name.starts_with("content-") || name.starts_with("sec-");
        let is = |listed: &String| listed == name;
        (common || self.passed.iter().any(is))
            && !self.stripped.iter().any(is)
            && !is_hop(name)
            && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
    }
}

/// The headers for the upstream request, except `Content-Length` and `Transfer-Encoding`, which belong to the body.
pub fn for_upstream(incoming: &HeaderMap, origins: &Origins, list: &HeaderList, told: Told<'_>) -> HeaderMap {
    let mut headers = HeaderMap::with_capacity(incoming.len() + 6);
    let named = named_in_connection(incoming);
    for (name, value) in incoming {
        if list.passes(name.as_str()) && !named.iter().any(|hop| hop == name.as_str()) {
            headers.append(name.clone(), value.clone());
        }
    }
    if let Some(cookies) = told.cookies.for_upstream(incoming) {
        headers.insert(COOKIE, cookies);
    }
    let mut set = |name, value: &str| {
        if let Ok(value) = HeaderValue::from_str(value) {
            headers.insert(name, value);
        }
    };
    for name in [REFERER, ORIGIN] {
        let moved = incoming
            .get(&name)
            .and_then(|value| origins.to_told(value.to_str().ok()?));
        if let Some(url) = moved {
            let url = if name == ORIGIN { origins.told() } else { url.as_str() };
            set(name, url);
        }
    }
    let (client, host, scheme) = (told.client.to_string(), origins.told_authority(), origins.told_scheme());
    set(HOST, host);
    set(HeaderName::from_static("x-forwarded-for"), &client);
    set(HeaderName::from_static("x-forwarded-proto"), scheme);
    set(HeaderName::from_static("x-forwarded-host"), host);
    let from = if client.contains(':') {
        format!("\"[{client}]\"")
    } else {
        client
    };
    // RFC 7239: what is no token is quoted.
    let quote = if host.contains(':') { "\"" } else { "" };
    let forwarded = format!("for={from};host={quote}{host}{quote};proto={scheme}");
    set(HeaderName::from_static("forwarded"), &forwarded);
    if let Some(assertion) = told.assertion {
        set(HeaderName::from_static(ASSERTION), assertion);
    }
    headers
}

/// Lower-case names that `Connection` declares to be of this hop only (RFC 9110 7.6.1).
pub fn named_in_connection(headers: &HeaderMap) -> Vec<String> {
    let values = headers.get_all(CONNECTION).filter_map(|value| value.to_str().ok());
    values
        .flat_map(|value| value.split(','))
        .map(|name| name.trim().to_ascii_lowercase())
        .collect()
}

/// Is it about one connection alone (RFC 9110, 7.6.1), or ours to set? Then it is not sent on.
pub fn is_hop_by_hop(name: &HeaderName) -> bool {
    is_hop(name.as_str())
}

fn is_hop(name: &str) -> bool {
    HOP_BY_HOP.contains(&name) || name.starts_with("proxy")
}

#[cfg(test)]
#[path = "headers_tests.rs"]
mod tests;
