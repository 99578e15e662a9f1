//! Our cookies: host-bound, for TLS alone, out of reach of scripts, gone with the browser's window.

use actix_web::HttpRequest;
use actix_web::cookie::time::Duration;
use actix_web::cookie::{Cookie, SameSite};

use crate::pages::Door;
use crypto::token::{PlainToken, TokenKind};

/// A site's session.
pub const SITE: &str = "__Host-vst_site";
/// The browser itself: forms and hand-overs are bound to it.
pub const BROWSER: &str = "__Host-vst_browser";
pub const LANGUAGE: &str = "__Host-vst_lang";

/// A session, of a patient or of an operator: one is never taken for the other.
pub const fn session(door: &Door) -> &'static str {
    if door.is_desk {
        "__Host-vst_desk"
    } else {
        "__Host-vst_session"
    }
}

/// A sign-in or enrolment that is not complete.
pub const fn pending(door: &Door) -> &'static str {
    if door.is_desk {
        "__Host-vst_desk_pending"
    } else {
        "__Host-vst_pending"
    }
}

/// A passkey that is being added.
pub const fn passkey(door: &Door) -> &'static str {
    if door.is_desk {
        "__Host-vst_desk_passkey"
    } else {
        "__Host-vst_passkey"
    }
}

/// A browser that a person signed in from; unlike the others it outlives the browser's window.
pub const fn device(door: &Door) -> &'static str {
    if door.is_desk {
        "__Host-vst_desk_device"
    } else {
        "__Host-vst_device"
    }
}

/// How long it is kept.
pub fn keep(name: &'static str, value: &str, lasts: std::time::Duration) -> Cookie<'static> {
    let mut cookie = set(name, value);
    cookie.set_max_age(Duration::try_from(lasts).unwrap_or(Duration::ZERO));
    cookie
}

pub fn set(name: &'static str, value: &str) -> Cookie<'static> {
    // Lax, not Strict: a person who comes from a site's page to the portal is still the same person.
    Cookie::build(name, value.to_owned())
        .path("/")
        .secure(true)
        .http_only(true)
        .same_site(SameSite::Lax)
        .finish()
}

pub fn clear(name: &'static str) -> Cookie<'static> {
    let mut cookie = set(name, "");
    cookie.set_max_age(Duration::ZERO);
    cookie
}

/// A cookie that is not one of our tokens counts as none.
pub fn token(request: &HttpRequest, name: &str, kind: TokenKind) -> Option<PlainToken> {
    request
        .cookie(name)
        .and_then(|cookie| PlainToken::parse(kind, cookie.value()))
}
