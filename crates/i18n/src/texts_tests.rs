use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use super::*;

#[test]
fn the_texts_load_and_the_languages_agree() {
    Texts::load().unwrap();
    assert_eq!(catalogue::keys(Language::Fr), catalogue::keys(Language::En));
    assert!(catalogue::keys(Language::Fr).len() > 150);
}

/// Files in which keys are used, tests left out.
fn users() -> Vec<String> {
    fn walk(dir: &Path, found: &mut Vec<String>) {
        for entry in fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().path()) {
            let name = entry.file_name().unwrap().to_string_lossy().into_owned();
            if entry.is_dir() {
                walk(&entry, found);
            } else if (name.ends_with(".rs") || name.ends_with(".html"))
                && !name.contains("tests")
                && !name.starts_with("samples")
            {
                found.push(fs::read_to_string(&entry).unwrap());
            }
        }
    }
    let mut found = Vec::new();
    walk(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../../crates"), &mut found);
    found
}

#[test]
fn every_text_is_used() {
    let users = users();
    for key in catalogue::keys(Language::Fr)
        .keys()
        .filter(|key| !key.starts_with("month-"))
    {
        let quoted = format!("\"{key}\"");
        assert!(
            users.iter().any(|user| user.contains(&quoted)),
            "the text `{key}` is used nowhere"
        );
    }
}

#[test]
fn every_key_written_in_a_template_exists() {
    let keys: BTreeSet<&str> = catalogue::keys(Language::Fr).into_keys().collect();
    let mut seen = 0;
    for user in users() {
        for call in [".t(\"", ".t1(\"", ".t2(\"", "(language, \"", "say(\""] {
            for key in user.split(call).skip(1).map(|rest| rest.split('"').next().unwrap()) {
                assert!(keys.contains(key), "no text `{key}`");
                seen += 1;
            }
        }
    }
    assert!(seen > 80, "the templates are written in another way now: {seen}");
}

fn lines(language: Language) -> impl Iterator<Item = &'static str> {
    catalogue::sources(language)
        .iter()
        .flat_map(|source| source.text.lines())
        .filter(|line| !line.starts_with('#'))
}

/// The words of a line, keys and variables left out.
fn words(line: &str) -> Vec<String> {
    let text = line.split_once(" = ").map_or(line, |(_, text)| text);
    let plain: String = text
        .split('{')
        .map(|part| part.split_once('}').map_or(part, |(_, after)| after))
        .collect();
    plain
        .to_lowercase()
        .split(|c: char| !c.is_alphanumeric())
        .map(ToOwned::to_owned)
        .collect()
}

#[test]
fn patients_are_spoken_to_in_plain_words() {
    let jargon = [
        "totp",
        "otp",
        "2fa",
        "mfa",
        "token",
        "jeton",
        "session",
        "sessions",
        "credential",
        "credentials",
        "authentification",
        "authentication",
        "authenticate",
        "authentifier",
        "login",
        "logout",
        "enrolment",
        "enrôlement",
        "invalid",
        "invalide",
        "illegal",
        "url",
        "uri",
        "http",
        "cookie",
        "csrf",
        "server-side",
        "hash",
        "base32",
        "timeout",
        "forbidden",
        "unauthorized",
        "oups",
        "oops",
        "navigateur-client",
        "rotation",
        "factor",
        "facteur",
        "identifiants-clients",
        "qr",
    ];
    for language in Language::ALL {
        for line in lines(language) {
            let words = words(line);
            let found = jargon.iter().find(|word| words.iter().any(|own| own == *word));
            assert_eq!(found, None, "{line}");
        }
    }
}

#[test]
fn french_is_set_as_french_is_set() {
    for line in lines(Language::Fr) {
        let text = line.split_once(" = ").map_or(line, |(_, text)| text);
        let chars: Vec<char> = text.chars().collect();
        for pair in chars.windows(2) {
            assert!(
                !(matches!(pair[1], ';' | '?' | '!' | '»' | ':') && pair[0] != '\u{a0}'),
                "{line}"
            );
            assert!(!(pair[0] == '«' && pair[1] != '\u{a0}'), "{line}");
        }
        assert!(
            !text.contains('\'') && !text.contains('"') && !text.contains("..."),
            "{line}"
        );
        let familiar = words(line)
            .into_iter()
            .find(|word| ["tu", "toi", "ton", "tes"].contains(&word.as_str()));
        assert_eq!(familiar, None, "{line}");
    }
}

#[test]
fn english_uses_curly_quotes_too() {
    for line in lines(Language::En) {
        assert!(
            !line.contains('\'') && !line.contains('"') && !line.contains("..."),
            "{line}"
        );
    }
}

#[test]
fn texts_are_shared_between_threads() {
    fn shared<T: Send + Sync>() {}
    shared::<Texts>();
}

#[test]
fn an_unknown_key_is_loud_while_testing() {
    let texts = Texts::load().unwrap();
    let silent = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| texts.get(Language::Fr, "no-such-text")));
    assert!(silent.is_err());
}
