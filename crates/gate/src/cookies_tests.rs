use std::sync::Arc;

use super::*;
use crypto::keyring::Keyring;
use kernel::clock::Timestamp;
use kernel::entropy::SystemEntropy;

pub fn jar() -> CookieJar {
    let toml = "id = \"s\"\nlab = \"l\"\norigin = \"https://s.example\"\nupstream = \"http://127.0.0.1:1\"\n\
        script_cookies = [\"csrftoken\"]";
    let entropy = Arc::new(SystemEntropy);
    let keyring = Keyring::generate(&*entropy, Timestamp::from_seconds(1_000));
    CookieJar::new(&toml::from_str(toml).unwrap(), Sealer::new(Arc::new(keyring), entropy))
}

fn session(byte: u8) -> Option<SessionId> {
    Some(SessionId::from_bytes([byte; 16]))
}

fn set(cookies: SessionCookies<'_>, set_cookie: &[u8]) -> Vec<String> {
    let values = cookies.for_browser(set_cookie);
    values
        .iter()
        .map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned())
        .collect()
}

fn back(cookies: SessionCookies<'_>, cookie: &str) -> Option<Vec<u8>> {
    let mut headers = HeaderMap::new();
    headers.append(COOKIE, HeaderValue::from_str(cookie).unwrap());
    Some(cookies.for_upstream(&headers)?.as_bytes().to_vec())
}

fn pair(line: &str) -> &str {
    line.split(';').next().unwrap()
}

#[test]
fn a_cookie_comes_back_in_its_own_session_alone() {
    let jar = jar();
    let kept = set(
        jar.of(session(1)),
        b"sid=abc; Path=/lis; Domain=lab.example; HttpOnly; SameSite=Strict",
    );
    assert_eq!(kept.len(), 1);
    assert!(kept[0].starts_with("lis.sid=") && kept[0].ends_with("; Path=/lis; SameSite=Strict; Secure; HttpOnly"));
    assert!(!kept[0].contains("abc"));
    let cookie = pair(&kept[0]);
    assert_eq!(back(jar.of(session(1)), cookie).as_deref(), Some(b"sid=abc".as_slice()));
    for other in [session(2), None] {
        assert_eq!(back(jar.of(other), cookie), None);
    }
    let renamed = cookie.replace("lis.sid", "lis.admin");
    for forged in ["sid=abc", "lis.sid=abc", renamed.as_str(), "lis.sid="] {
        assert_eq!(back(jar.of(session(1)), forged), None, "{forged}");
    }
    let nobody = set(jar.of(None), b"lang=fr");
    assert_eq!(
        back(jar.of(session(1)), pair(&nobody[0])),
        None,
        "what was planted before the sign-in"
    );
    assert_eq!(
        back(jar.of(None), pair(&nobody[0])).as_deref(),
        Some(b"lang=fr".as_slice())
    );
}

#[test]
fn what_it_says_is_not_changed() {
    let jar = jar();
    let cookies = jar.of(session(1));
    for value in [b"a=\"x y\"".as_slice(), b"a=\xe9t\xe9", b"a=", b"a=b=c"] {
        let kept = set(cookies, &[value, b"; path=/"].concat());
        assert_eq!(back(cookies, pair(&kept[0])).as_deref(), Some(value));
    }
    let gone = set(cookies, b"a=; Max-Age=0; Expires=Thu, 01 Jan 1970 00:00:00 GMT");
    assert!(gone[0].ends_with("; Max-Age=0; Expires=Thu, 01 Jan 1970 00:00:00 GMT; Secure; SameSite=Lax; HttpOnly"));
    let two = format!(
        "{}; x=1; {}",
        pair(&set(cookies, b"a=1")[0]),
        pair(&set(cookies, b"b=2")[0])
    );
    assert_eq!(back(cookies, &two).as_deref(), Some(b"a=1; b=2".as_slice()));
}

#[test]
fn scripts_read_what_the_site_names() {
    let jar = jar();
    let cookies = jar.of(session(1));
    let kept = set(cookies, b"csrftoken=t0k; Path=/; HttpOnly");
    assert_eq!(kept.len(), 2);
    assert_eq!(kept[1], "csrftoken=t0k; Path=/; Secure; SameSite=Lax");
    assert_eq!(back(cookies, "csrftoken=t0k"), None, "it was not sealed");
    let both = format!("csrftoken=t0k; {}", pair(&kept[0]));
    assert_eq!(back(cookies, &both).as_deref(), Some(b"csrftoken=t0k".as_slice()));
}

#[test]
fn names_of_ours_are_not_taken() {
    let jar = jar();
    for line in [
        "__Host-vst_site=1",
        "__HOST-VST_x=1",
        "=x",
        "x",
        "=__Host-vst_a=1",
        "lis.sid=1",
        "a b=1",
    ] {
        assert!(jar.of(session(1)).for_browser(line.as_bytes()).is_empty(), "{line}");
    }
}
