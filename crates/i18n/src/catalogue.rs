//! The text files themselves, and what can be read from them without formatting: keys and variables.

use std::collections::{BTreeMap, BTreeSet};

use super::Language;

pub(super) struct Source {
    pub(super) file: &'static str,
    pub(super) text: &'static str,
}

macro_rules! sources {
    ($language:literal: $($name:literal)+) => {
        &[$(Source {
            file: concat!($language, "/", $name, ".ftl"),
            text: include_str!(concat!($language, "/", $name, ".ftl")),
        }),+]
    };
}

const FR: &[Source] = sources!(
    "fr": "common" "login" "activate" "password" "codes" "account" "passkeys" "help" "errors" "sheet" "notice" "desk" "leaks"
        "alerts" "report" "siege" "clients" "provider"
);
const EN: &[Source] = sources!(
    "en": "common" "login" "activate" "password" "codes" "account" "passkeys" "help" "errors" "sheet" "notice" "desk" "leaks"
        "alerts" "report" "siege" "clients" "provider"
);

pub(super) const fn sources(language: Language) -> &'static [Source] {
    match language {
        Language::Fr => FR,
        Language::En => EN,
    }
}

/// Every key of a language with the variables its text uses.
pub(super) fn keys(language: Language) -> BTreeMap<&'static str, BTreeSet<&'static str>> {
    let mut found: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for source in sources(language) {
        let mut current = None;
        for line in source.text.lines().filter(|line| !line.starts_with('#')) {
            if let Some(key) = key_of(line) {
                current = Some(key);
                found.entry(key).or_default();
            }
            if let Some(variables) = current.and_then(|key| found.get_mut(key)) {
                variables.extend(variables_of(line));
            }
        }
    }
    found
}

fn key_of(line: &str) -> Option<&str> {
    let (key, _) = line.split_once(" =")?;
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    (!key.is_empty() && key.chars().all(plain)).then_some(key)
}

fn variables_of(line: &'static str) -> impl Iterator<Item = &'static str> {
    line.split('$').skip(1).map(|rest| {
        rest.split(|c: char| !(c.is_ascii_alphanumeric() || c == '_'))
            .next()
            .unwrap_or(rest)
    })
}
