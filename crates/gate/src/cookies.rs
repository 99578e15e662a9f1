//! The LIS's cookies, bound to the session in which they were set.
//!
//! The browser keeps them for us under another name, sealed: they open only for the same site and the same session. So
//! the LIS's own session ends with ours, and the next person in the same browser never meets it. A cookie that nobody
//! sealed never reaches the LIS.

use actix_web::http::header::{COOKIE, HeaderMap, HeaderValue};
use data_encoding::BASE64URL_NOPAD;

use config::SiteSection;
use crypto::seal::{Place, Sealer};
use kernel::ids::{LabId, SessionId, SiteId};

/// What the browser knows a LIS's cookie by: this and its name.
pub const SEALED: &str = "lis.";
/// Cookies of that prefix are ours. They never go to the LIS and are never taken from it.
pub const OWN_COOKIES: &str = "__host-vst_";

/// How a site's cookies are kept.
#[derive(Clone, Debug)]
pub struct CookieJar {
    sealer: Sealer,
    lab: LabId,
    site: SiteId,
    /// Names that the pages' scripts may read.
    script: Vec<String>,
}

/// The cookies of one session, or of nobody's.
#[derive(Clone, Copy, Debug)]
pub struct SessionCookies<'a> {
    jar: &'a CookieJar,
    session: Option<SessionId>,
}

impl CookieJar {
    /// For one site.
    pub fn new(section: &SiteSection, sealer: Sealer) -> Self {
        Self {
            sealer,
            lab: section.lab.clone(),
            site: section.id.clone(),
            script: section.script_cookies.clone(),
        }
    }

    /// The cookies that were set in this session; those of people who are not signed in are nobody's.
    pub const fn of(&self, session: Option<SessionId>) -> SessionCookies<'_> {
        SessionCookies { jar: self, session }
    }
}

impl SessionCookies<'_> {
    /// The `Cookie` header for the LIS.
    pub fn for_upstream(&self, incoming: &HeaderMap) -> Option<HeaderValue> {
        let values = incoming.get_all(COOKIE).filter_map(|value| value.to_str().ok());
        let mut cookies = Vec::new();
        for cookie in values.flat_map(|value| value.split(';')) {
            let sealed = cookie.trim().strip_prefix(SEALED).and_then(|pair| pair.split_once('='));
            let Some((name, value)) = sealed else { continue };
            let Some(value) = self.open(name, value) else { continue };
            if !cookies.is_empty() {
                cookies.extend_from_slice(b"; ");
            }
            cookies.extend_from_slice(name.as_bytes());
            cookies.push(b'=');
            cookies.extend_from_slice(&value);
        }
        (!cookies.is_empty()).then(|| HeaderValue::from_bytes(&cookies).ok())?
    }

    /// What the browser is told instead of a `Set-Cookie` of the LIS: held to the site's host and to HTTPS. Nothing if
    /// the cookie has no name or one of ours.
    pub fn for_browser(&self, set_cookie: &[u8]) -> Vec<HeaderValue> {
        let (pair, attributes) = split(set_cookie, b';').unwrap_or((set_cookie, b""));
        let Some((name, value)) = split(pair, b'=') else {
            return Vec::new();
        };
        let Some(name) = std::str::from_utf8(name.trim_ascii())
            .ok()
            .filter(|name| is_token(name))
        else {
            return Vec::new();
        };
        if is_own_cookie(name) || name.starts_with(SEALED) {
            return Vec::new();
        }
        let (value, attributes) = (value.trim_ascii(), kept(attributes));
        let mut cookies = Vec::new();
        if let Some(sealed) = self.seal(name, value) {
            cookies.push(format!("{SEALED}{name}={sealed}{attributes}; HttpOnly").into_bytes());
        }
        if self.jar.script.iter().any(|readable| readable == name) {
            let parts = [name.as_bytes(), b"=", value, attributes.as_bytes()];
            cookies.push(parts.concat());
        }
        cookies
            .iter()
            .filter_map(|cookie| HeaderValue::from_bytes(cookie).ok())
            .collect()
    }

    fn seal(&self, name: &str, value: &[u8]) -> Option<String> {
        let row = self.row(name);
        let sealed = self.jar.sealer.seal(self.place(&row), value).ok()?;
        Some(BASE64URL_NOPAD.encode(&sealed))
    }

    fn open(&self, name: &str, value: &str) -> Option<Vec<u8>> {
        let row = self.row(name);
        let sealed = BASE64URL_NOPAD.decode(value.trim().as_bytes()).ok()?;
        let value = self.jar.sealer.open(self.place(&row), &sealed).ok()?;
        Some(value.to_vec())
    }

    fn row(&self, name: &str) -> Vec<u8> {
        let session = self.session.map(|session| *session.as_bytes());
        let mut row = session.map_or_else(Vec::new, |bytes| bytes.to_vec());
        row.push(b'/');
        row.extend_from_slice(self.jar.site.as_str().as_bytes());
        row.push(b'/');
        row.extend_from_slice(name.as_bytes());
        row
    }

    const fn place<'r>(&'r self, row: &'r [u8]) -> Place<'r> {
        Place {
            lab: &self.jar.lab,
            column: "lis.cookie",
            row,
        }
    }
}

/// The attributes that the browser is to keep, and ours.
fn kept(attributes: &[u8]) -> String {
    let attributes = String::from_utf8_lossy(attributes);
    let mut text = String::new();
    let mut same_site = false;
    for attribute in attributes.split(';').map(str::trim).filter(|part| !part.is_empty()) {
        let key = attribute.split('=').next().unwrap_or_default().trim();
        let is = |name: &str| key.eq_ignore_ascii_case(name);
        same_site |= is("samesite");
        if ["path", "expires", "max-age", "samesite"].into_iter().any(is) && attribute.is_ascii() {
            text.push_str("; ");
            text.push_str(attribute);
        }
    }
    text.push_str("; Secure");
    if !same_site {
        text.push_str("; SameSite=Lax");
    }
    text
}

/// Also true for a nameless cookie `=__Host-vst_…`, which some browsers send without the equals sign.
fn is_own_cookie(cookie: &str) -> bool {
    let name = cookie.trim_start_matches(['=', '"', ' ', '\t', '$']);
    name.get(..OWN_COOKIES.len())
        .is_some_and(|start| start.eq_ignore_ascii_case(OWN_COOKIES))
}

fn is_token(name: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_graphic() && !b"()<>@,;:\\\"/[]?={}".contains(&byte);
    !name.is_empty() && name.bytes().all(plain)
}

fn split(text: &[u8], at: u8) -> Option<(&[u8], &[u8])> {
    let place = text.iter().position(|byte| *byte == at)?;
    Some((text.get(..place)?, text.get(place + 1..)?))
}

#[cfg(test)]
#[path = "cookies_tests.rs"]
pub(crate) mod tests;
