//! What another proxy asks before it lets a request through: may this one pass? (forward-auth)
//!
//! A proxy describes the browser's request in headers, each in its own way; what a browser can add to them must never be
//! taken for the proxy's word. So every proxy has one source for each of method, scheme, host and URI: the value is
//! there once, under its own name and no look-alike of it, or there is no question. Nothing else is looked at: no
//! second header where the first is missing, no override, no prefix.

mod envoy;
mod forwarded;
mod nginx;

use actix_web::http::Method;
use actix_web::http::header::HeaderMap;
use actix_web::http::uri::PathAndQuery;

use crate::request::NormalizedRequest;
use crate::text::Ambiguity;

/// Who asks, and so how they put it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Proxy {
    /// `auth_request`: `X-Original-Method` and `X-Original-URL`.
    Nginx,
    /// `forward_auth`: `X-Forwarded-Method`, `-Proto`, `-Host` and `-Uri`.
    Caddy,
    /// `ForwardAuth`: as Caddy.
    Traefik,
    /// `http-request lua.auth-intercept`: as Caddy.
    Haproxy,
    /// `ext_authz` over HTTP: the browser's own method and `Host`, its path behind a prefix, `X-Forwarded-Proto`.
    Envoy,
}

impl Proxy {
    /// By the last part of the address at which it asks.
    pub fn named(name: &str) -> Option<Self> {
        Some(match name {
            "nginx" => Self::Nginx,
            "caddy" => Self::Caddy,
            "traefik" => Self::Traefik,
            "haproxy" => Self::Haproxy,
            "envoy" => Self::Envoy,
            _ => return None,
        })
    }
}

/// Why what a proxy sent is no question: in words for the log, without anything that was sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unclear {
    /// The proxy was not told to send it, or a browser made two of one.
    #[error("the header {0} is not there exactly once")]
    NotOnce(&'static str),
    /// Some proxies and servers take `_` and `.` for `-`.
    #[error("a header is written almost like {0}")]
    LookAlike(&'static str),
    /// Empty, several values in one, or not what the header is for.
    #[error("the header {0} cannot be read")]
    Unreadable(&'static str),
    /// Over http, cookies and answers would be everyone's.
    #[error("the scheme is not https")]
    Scheme,
}

/// A browser's request as its proxy describes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Question {
    /// The browser's, not that of the question.
    pub method: Method,
    /// Host, with the port where it is not 443; in lower case.
    pub authority: String,
    target: PathAndQuery,
}

/// The question as it reached us, for a proxy whose own request carries a part of it.
#[derive(Clone, Copy, Debug)]
pub struct Carrier<'a> {
    /// Of the request that carries the question.
    pub method: &'a Method,
    /// What stands behind `/forward-auth/NAME` in its URL.
    pub target: &'a str,
    /// All its headers.
    pub headers: &'a HeaderMap,
}

impl Question {
    /// # Errors
    /// What was sent can be understood in more than one way, or in none.
    pub fn read(proxy: Proxy, carrier: Carrier<'_>) -> Result<Self, Unclear> {
        match proxy {
            Proxy::Nginx => nginx::read(carrier.headers),
            Proxy::Caddy | Proxy::Traefik | Proxy::Haproxy => forwarded::read(carrier.headers),
            Proxy::Envoy => envoy::read(carrier),
        }
    }

    fn new(method: Method, authority: &str, target: &str, source: &'static str) -> Result<Self, Unclear> {
        let unreadable = Unclear::Unreadable(source);
        if !target.starts_with('/') || target.contains('#') || is_list(target) {
            return Err(unreadable);
        }
        let authority = authority.to_ascii_lowercase();
        Ok(Self {
            method,
            authority: authority.strip_suffix(":443").unwrap_or(&authority).to_owned(),
            target: target.parse().map_err(|_| unreadable)?,
        })
    }

    /// Path and query as the browser wrote them: that is what the proxy sends on.
    pub fn target(&self) -> &str {
        self.target.as_str()
    }

    /// The request that is judged. The proxy sends on its own spelling and not ours, so one that disguises plain
    /// characters is refused.
    ///
    /// # Errors
    /// It can be read in more than one way.
    pub fn request(&self) -> Result<NormalizedRequest, Ambiguity> {
        if disguises(self.target.as_str()) {
            return Err(Ambiguity::Spelling);
        }
        NormalizedRequest::read(&self.method, self.target.path(), self.target.query())
    }
}

/// Two targets in one value, as proxies join headers that were sent twice.
fn is_list(target: &str) -> bool {
    target
        .split(',')
        .skip(1)
        .any(|rest| rest.starts_with('/') || rest.starts_with("http"))
}

/// Is a letter, a digit, a dash, a dot or an underscore percent-encoded? No browser does that.
fn disguises(target: &str) -> bool {
    target.split('%').skip(1).any(|rest| {
        let byte = rest.get(..2).and_then(|digits| u8::from_str_radix(digits, 16).ok());
        byte.is_some_and(|byte| byte.is_ascii_alphanumeric() || b"-._".contains(&byte))
    })
}

/// The one value of a header, as the proxy wrote it.
fn only<'a>(headers: &'a HeaderMap, name: &'static str) -> Result<&'a str, Unclear> {
    let alike = |other: &str| {
        other != name
            && other.len() == name.len()
            && other.bytes().zip(name.bytes()).all(|pair| match pair {
                (b'_' | b'.', b'-') => true,
                (other, ours) => other == ours,
            })
    };
    if headers.keys().any(|other| alike(other.as_str())) {
        return Err(Unclear::LookAlike(name));
    }
    let mut values = headers.get_all(name);
    let (Some(value), None) = (values.next(), values.next()) else {
        return Err(Unclear::NotOnce(name));
    };
    match value.to_str() {
        Ok(text) if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_graphic()) => Ok(text),
        _ => Err(Unclear::Unreadable(name)),
    }
}

/// Methods are written in capitals; a server behind might read any other spelling as one of them.
fn method(text: &str, source: &'static str) -> Result<Method, Unclear> {
    text.bytes()
        .all(|byte| byte.is_ascii_uppercase())
        .then(|| Method::from_bytes(text.as_bytes()).ok())
        .flatten()
        .ok_or(Unclear::Unreadable(source))
}

#[cfg(test)]
mod tests;
