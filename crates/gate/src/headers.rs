//! What the LIS gets to see of a request's headers.
//!
//! A name is judged by its letters and digits alone, so `X-Remote-User` and `x-remoteuser` are one; a name with any
//! character but letters, digits and `-` is dropped altogether, because CGI, WSGI and PHP turn `X_Remote_User` and
//! `X-Remote-User` into one variable.

use actix_web::http::header::{CONNECTION, COOKIE, HOST, HeaderMap, HeaderName, HeaderValue, ORIGIN, REFERER};

use crate::origin::Origins;
use kernel::client_address::ClientAddress;

/// Carries the signed [assertion](crate::assertion) to the LIS.
pub const ASSERTION: &str = "x-vestibule-assertion";
/// Cookies of that prefix are ours. They never go to the LIS and are never taken from it.
pub const OWN_COOKIES: &str = "__host-vst_";

const HOP_BY_HOP: [&str; 12] = [
    "connection",
    "keepalive",
    "te",
    "trailer",
    "trailers",
    "transferencoding",
    "upgrade",
    "http2settings",
    "expect",
    "maxforwards",
    "contentlength",
    "host",
];

/// Beginnings of names by which some server believes to be told who asks, from where, or for what URL. `X-Original-URL`
/// and `X-HTTP-Method-Override` are among them: they would make the LIS serve another page than was judged.
const IDENTITY: [&str; 66] = [
    "remote",
    "xremote",
    "auth",
    "xauth",
    "xuser",
    "user",
    "login",
    "xlogin",
    "xforwarded",
    "forwarded",
    "xreal",
    "xvestibule",
    "vestibule",
    "ssl",
    "xssl",
    "tls",
    "xtls",
    "cert",
    "xcert",
    "clientcert",
    "xclientcert",
    "xclientverify",
    "xclientdn",
    "xclientip",
    "clientip",
    "xclusterclient",
    "trueclientip",
    "cfconnecting",
    "fastlyclient",
    "xoriginal",
    "xoriginating",
    "xoriginip",
    "xrewrite",
    "xurl",
    "xscheme",
    "xhost",
    "xhttp",
    "xmethod",
    "frontend",
    "via",
    "from",
    "proxy",
    "xproxy",
    "xaccel",
    "xsendfile",
    "xenvoy",
    "xamzn",
    "xarr",
    "xms",
    "xgoog",
    "xaccount",
    "xaccess",
    "xidtoken",
    "xidentity",
    "ximpersonat",
    "xprincipal",
    "xgroup",
    "xrole",
    "xemail",
    "xsso",
    "oidc",
    "xoidc",
    "xsaml",
    "shib",
    "xjwt",
    "xwebauth",
];

/// Of single products: `SM_USER` (SiteMinder), `iv-user` (WebSEAL), `eppn` (Shibboleth), Kong's consumers.
const IDENTITY_OF_PRODUCTS: [&str; 7] = [
    "smuser",
    "smuniversal",
    "ivuser",
    "ivgroups",
    "ivcreds",
    "eppn",
    "xconsumer",
];

/// What a site strips beyond the common list.
#[derive(Clone, Debug, Default)]
pub struct ExtraIdentity(Vec<String>);

impl ExtraIdentity {
    /// Names as the configuration has them, in any spelling.
    pub fn new(names: &[String]) -> Self {
        Self(names.iter().map(|name| letters_of(name)).collect())
    }
}

/// The headers for the upstream request, except `Content-Length` and `Transfer-Encoding`, which belong to the body.
pub fn for_upstream(
    incoming: &HeaderMap,
    origins: &Origins,
    extra: &ExtraIdentity,
    client: ClientAddress,
    assertion: Option<&str>,
) -> HeaderMap {
    let mut headers = HeaderMap::with_capacity(incoming.len() + 5);
    let named = named_in_connection(incoming);
    for (name, value) in incoming {
        if *name != COOKIE && passes(name, extra) && !named.iter().any(|hop| hop == name.as_str()) {
            headers.append(name.clone(), value.clone());
        }
    }
    let mut set = |name, value: &str| {
        if let Ok(value) = HeaderValue::from_str(value) {
            headers.insert(name, value);
        }
    };
    for name in [REFERER, ORIGIN] {
        let moved = incoming
            .get(&name)
            .and_then(|value| origins.to_upstream(value.to_str().ok()?));
        if let Some(url) = moved {
            let url = if name == ORIGIN {
                origins.upstream()
            } else {
                url.as_str()
            };
            set(name, url);
        }
    }
    if let Some(cookies) = without_own_cookies(incoming) {
        set(COOKIE, &cookies);
    }
    set(HOST, origins.upstream_authority());
    set(HeaderName::from_static("x-forwarded-for"), &client.to_string());
    set(HeaderName::from_static("x-forwarded-proto"), "https");
    set(HeaderName::from_static("x-forwarded-host"), origins.site_authority());
    if let Some(assertion) = assertion {
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
    is_hop(&letters_of(name.as_str()))
}

fn is_hop(letters: &str) -> bool {
    HOP_BY_HOP.contains(&letters) || letters.starts_with("proxy")
}

fn passes(name: &HeaderName, extra: &ExtraIdentity) -> bool {
    let plain = name.as_str().bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
    let letters = letters_of(name.as_str());
    plain && !is_hop(&letters) && !is_identity(&letters) && !extra.0.contains(&letters)
}

fn is_identity(letters: &str) -> bool {
    let first = letters.bytes().next();
    // Most differ in the first letter, and that is compared without a call.
    let begins = |beginning: &&str| beginning.bytes().next() == first && letters.starts_with(*beginning);
    letters != "useragent" && IDENTITY.iter().chain(&IDENTITY_OF_PRODUCTS).any(begins)
}

fn letters_of(name: &str) -> String {
    let mut letters = String::with_capacity(name.len());
    let kept = name.chars().filter(char::is_ascii_alphanumeric);
    letters.extend(kept.map(|c| c.to_ascii_lowercase()));
    letters
}

/// All `Cookie` headers as one (HTTP/2 splits them), without ours. Cookies that are not ASCII are dropped.
fn without_own_cookies(incoming: &HeaderMap) -> Option<String> {
    let values = incoming.get_all(COOKIE).filter_map(|value| value.to_str().ok());
    let cookies = values.flat_map(|value| value.split(';')).map(str::trim);
    let kept: Vec<&str> = cookies
        .filter(|cookie| !cookie.is_empty() && !is_own_cookie(cookie))
        .collect();
    (!kept.is_empty()).then(|| kept.join("; "))
}

/// Also true for a nameless cookie `=__Host-vst_…`, which some browsers send without the equals sign.
pub fn is_own_cookie(cookie: &str) -> bool {
    let name = cookie.trim_start_matches(['=', '"', ' ', '\t', '$']);
    name.get(..OWN_COOKIES.len())
        .is_some_and(|start| start.eq_ignore_ascii_case(OWN_COOKIES))
}

#[cfg(test)]
#[path = "headers_tests.rs"]
mod tests;
