//! Every page in every language and state, checked strictly. Rows of the requirements.

use std::collections::BTreeSet;

use super::samples::{HOSTILE, HOSTILE_WORDS, PLAUSIBLE, all};
use super::*;
use i18n::{Language, Texts, Zone};

fn setting() -> (Texts, Zone) {
    (Texts::load().unwrap(), Zone::named("Europe/Paris").unwrap())
}

fn page(name: &str, language: Language) -> String {
    let (texts, zone) = setting();
    all(&texts, &zone, language, PLAUSIBLE)
        .into_iter()
        .find(|(found, _)| found == name)
        .unwrap()
        .1
}

#[test]
fn r55_every_page_in_every_language_keeps_the_rules() {
    let (texts, zone) = setting();
    for language in Language::ALL {
        let pages = all(&texts, &zone, language, PLAUSIBLE);
        let names: BTreeSet<&String> = pages.iter().map(|(name, _)| name).collect();
        assert_eq!(names.len(), pages.len(), "sample names are unique");
        for (name, html) in &pages {
            html_check::check(&format!("{name}.{}", language.code()), html);
            let switches = html.matches("<nav aria-label=").count();
            assert_eq!(
                switches,
                usize::from(!name.ends_with("on-site") && name != "form-post"),
                "{name}: language links"
            );
        }
    }
}

#[test]
fn hostile_values_come_out_escaped() {
    let (texts, zone) = setting();
    for language in Language::ALL {
        for (name, html) in all(&texts, &zone, language, HOSTILE_WORDS) {
            html_check::check(&name, &html);
            assert!(
                !html.contains("<script>") && !html.contains("<img") && !html.contains(HOSTILE),
                "{name}"
            );
        }
    }
}

/// Pages whose HTML is kept whole; the others differ from them by their texts only.
const KEPT_WHOLE: [&str; 22] = [
    "login",
    "login-refused",
    "activate-birth-unread",
    "password",
    "held-listed",
    "enrol-wrong",
    "recovery-codes",
    "account",
    "passkey-sign-in",
    "passkeys",
    "passkey-new",
    "again-remove",
    "login-provider",
    "provider-go",
    "providers",
    "recover",
    "signed-out",
    "error-403-on-site",
    "consent",
    "oauth-error",
    "form-post",
    "ask-sign-out",
];

#[test]
fn pages_by_snapshot() {
    let (texts, zone) = setting();
    for (name, html) in all(&texts, &zone, Language::Fr, PLAUSIBLE) {
        if KEPT_WHOLE.contains(&name.as_str()) {
            insta::assert_snapshot!(name, without_hashes(html));
        }
    }
}

/// What can be read on every page, for people who judge the words: a file a page, both languages in it.
#[test]
fn words_by_snapshot() {
    let (texts, zone) = setting();
    let [fr, en] = [Language::Fr, Language::En].map(|language| all(&texts, &zone, language, PLAUSIBLE));
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path("snapshots/words");
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    let _bound = settings.bind_to_scope();
    for ((name, fr), (_, en)) in fr.iter().zip(&en) {
        let [fr, en] = [fr, en].map(|html| html_check::words(html));
        insta::assert_snapshot!(name.as_str(), format!("{fr}\n\n{en}"));
    }
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src/pages/snapshots/words");
    for file in std::fs::read_dir(folder).unwrap() {
        let file = file.unwrap().file_name().into_string().unwrap();
        let name = file.split_once(".snap").unwrap().0;
        assert!(fr.iter().any(|(page, _)| page == name), "no page goes with {file}");
    }
}

/// The hashes change with every touch of the stylesheet, and the path of a QR code is not for reading.
fn without_hashes(html: String) -> String {
    let files = [&asset::STYLESHEET, &asset::ICON, &asset::SHOW_PASSWORD, &asset::PASSKEY];
    let html = files
        .into_iter()
        .fold(html, |html, file| html.replace(&file.name, "ASSET"));
    match html.split_once("<path d=\"M4 4h") {
        Some((before, after)) => format!("{before}<path d=\"\"{}", after.split_once('"').unwrap().1),
        None => html,
    }
}

#[test]
fn stable_elements_for_scripts_are_there() {
    for language in Language::ALL {
        let has = |name: &str, id: &str| page(name, language).contains(&format!("id=\"{id}\""));
        assert!(has("login-refused", "error") && has("password-too-short", "error") && has("error-403", "error"));
        assert!(!has("login", "error") && !has("password", "error"));
        assert!(has("held-listed", "held") && has("held-known", "held") && has("recovery-codes", "recovery-codes"));
        assert!(page("enrol", language).contains("id=\"totp-secret\">JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP</code>"));
    }
}

#[test]
fn r53_the_code_is_one_field_that_takes_letters_and_paste() {
    let html = page("login", Language::Fr);
    let tags = html_check::tags(&html);
    let code = tags.iter().find(|tag| tag.get("name") == Some("code")).unwrap();
    assert_eq!(code.get("autocomplete"), Some("one-time-code"));
    assert_eq!((code.get("type"), code.get("inputmode")), (Some("text"), Some("text")));
    for restriction in ["pattern", "maxlength", "minlength", "readonly"] {
        assert_eq!(code.get(restriction), None);
    }
}

#[test]
fn r13_password_managers_find_their_fields() {
    for (name, field, token) in [
        ("login", "identifier", "username"),
        ("login", "password", "current-password"),
        ("password", "new_password", "new-password"),
        ("held-listed", "new_password", "new-password"),
        ("activate", "birth_date", "bday"),
    ] {
        let html = page(name, Language::En);
        let tags = html_check::tags(&html);
        let input = tags.iter().find(|tag| tag.get("name") == Some(field)).unwrap();
        assert_eq!(input.get("autocomplete"), Some(token), "{name}");
    }
    assert!(page("password", Language::En).contains("autocomplete=\"username\" readonly"));
}

#[test]
fn r54_the_end_of_the_sign_in_is_announced_and_put_off_with_one_action() {
    for (name, reminder) in [("account", "after-25"), ("account-two-sites", "after-0")] {
        let html = page(name, Language::Fr);
        assert!(html.contains(&format!("class=\"soon {reminder}\"")), "{name}");
        assert!(html.contains("se fermera d’elle-même le 23 novembre 2026 à"));
        assert!(html.contains("action=\"/account/stay\""));
    }
    let html = page("account-last-minutes", Language::Fr);
    assert!(!html.contains("/account/stay"), "what cannot be put off is not offered");
    let css = str::from_utf8(asset(&asset::STYLESHEET.name).unwrap().bytes).unwrap();
    assert!(css.contains(".after-25 { animation-delay: 1500s; }"));
}

#[test]
fn what_was_typed_is_kept_but_never_a_password_or_code() {
    let html = page("login-refused", Language::Fr);
    let tags = html_check::tags(&html);
    let value = |name| {
        tags.iter()
            .find(|tag| tag.get("name") == Some(name))
            .unwrap()
            .get("value")
    };
    assert_eq!(value("identifier"), Some("70114202"));
    assert_eq!((value("password"), value("code")), (None, None));
}

#[test]
fn on_a_sites_host_the_page_points_at_the_portal() {
    let html = page("error-403-on-site", Language::Fr);
    assert!(html.contains("href=\"https://portail.example/account\""));
    assert!(html.contains("href=\"/.vestibule/static/vestibule-"));
    assert!(
        !html.contains("action=\"/logout\""),
        "the site has no sign-out form of its own"
    );
    assert!(!html.contains("lang=en"), "addresses of the LIS are left alone");
}

#[test]
fn the_download_holds_every_code() {
    let html = page("recovery-codes", Language::Fr);
    let link = html
        .split("href=\"data:text/plain")
        .nth(1)
        .unwrap()
        .split('"')
        .next()
        .unwrap();
    let text = percent_encoding::percent_decode_str(link).decode_utf8().unwrap();
    for n in 0..10 {
        assert!(text.contains(&format!("7QM{n}-K2RX-P4H{n}-TW8C\r\n")), "{text}");
    }
}
