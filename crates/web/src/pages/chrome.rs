//! What every page knows besides its own content.

use std::borrow::Cow;

use super::Door;
use super::asset::{FORM_POST, ICON, ONE_CLICK, PASSKEY, SHOW_PASSWORD, STYLESHEET};
use i18n::{Arg, Language, Texts, Zone};
use kernel::clock::Timestamp;

#[derive(Clone, Copy, Debug)]
pub struct Chrome<'a> {
    pub texts: &'a Texts,
    pub door: &'static Door,
    pub language: Language,
    pub zone: &'a Zone,
    /// The lab's name, as patients know it.
    pub lab: &'a str,
    /// The lab's telephone, for those who are stuck.
    pub phone: Option<&'a str>,
    /// The value of every form's hidden `csrf` field.
    pub csrf: &'a str,
    /// Path and query of this page, for the language links; it must answer to GET. Empty: no such links, as on a site's
    /// host, whose addresses belong to the LIS.
    pub path: &'a str,
    /// Where the portal's pages are: empty on the portal, `https://portal.example` on a site's host.
    pub portal: &'a str,
    /// Where the assets are: `/static` on the portal, `/.vestibule/static` on a site's host.
    pub assets: &'a str,
    /// Shows the way home and "sign out" in the header.
    pub signed_in: bool,
}

/// A place in a sequence of pages, shown as "step 2 of 4".
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Step {
    pub number: u8,
    pub total: u8,
}

impl<'a> Chrome<'a> {
    /// The text of a key.
    pub fn t(&self, key: &str) -> Cow<'a, str> {
        self.texts.get(self.language, key)
    }

    /// The text of a key with one variable filled in.
    pub fn t1<'b>(&self, key: &str, name: &str, value: impl Into<Arg<'b>>) -> String {
        self.texts.with(self.language, key, &[(name, value.into())])
    }

    /// The text of a key with two variables filled in.
    pub fn t2(&self, key: &str, (first, a): (&str, Arg<'_>), (second, b): (&str, Arg<'_>)) -> String {
        self.texts.with(self.language, key, &[(first, a), (second, b)])
    }

    pub fn step_text(&self, step: &Step) -> String {
        let (number, total) = (u64::from(step.number), u64::from(step.total));
        self.t2("step", ("number", number.into()), ("total", total.into()))
    }

    /// A wait in words.
    pub fn wait(&self, seconds: u64) -> String {
        self.texts.wait(self.language, seconds)
    }

    /// A moment in words, in the lab's time zone.
    pub fn moment(&self, at: &Timestamp) -> String {
        self.texts.moment(self.language, self.zone, *at)
    }

    /// The text of `<title>`; a page that shows an error says so first.
    pub fn title(&self, page: &str, is_error: bool) -> String {
        let key = if is_error { "page-title-error" } else { "page-title" };
        self.t2(key, ("page", page.into()), ("lab", self.lab.into()))
    }

    pub fn stylesheet(&self) -> String {
        format!("{}/{}", self.assets, STYLESHEET.name)
    }

    pub fn icon(&self) -> String {
        format!("{}/{}", self.assets, ICON.name)
    }

    pub fn show_password_script(&self) -> String {
        format!("{}/{}", self.assets, SHOW_PASSWORD.name)
    }

    pub fn one_click_script(&self) -> String {
        format!("{}/{}", self.assets, ONE_CLICK.name)
    }

    pub fn passkey_script(&self) -> String {
        format!("{}/{}", self.assets, PASSKEY.name)
    }

    pub fn form_post_script(&self) -> String {
        format!("{}/{}", self.assets, FORM_POST.name)
    }

    /// A path of the portal, reachable from here.
    pub fn on_portal(&self, path: &str) -> String {
        format!("{}{path}", self.portal)
    }

    /// The other languages this page can be read in.
    pub fn other_languages(&self) -> impl Iterator<Item = Language> + use<> {
        let current = self.language;
        Language::ALL.into_iter().filter(move |language| *language != current)
    }

    /// This page in another language: the same path and query with `lang` set.
    pub fn in_language(&self, language: Language) -> String {
        let (path, query) = self.path.split_once('?').unwrap_or((self.path, ""));
        // A path that starts with two slashes would name another host; browsers drop control characters before looking.
        let path = format!(
            "/{}",
            path.trim_start_matches(|c: char| matches!(c, '/' | '\\') || c.is_control())
        );
        let kept = query
            .split('&')
            .filter(|pair| !pair.is_empty() && !pair.starts_with("lang=") && *pair != "lang");
        let lang = format!("lang={}", language.code());
        let query: Vec<&str> = kept.chain([lang.as_str()]).collect();
        format!("{path}?{}", query.join("&"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_language_link_keeps_the_query_and_stays_on_this_host() {
        let (texts, zone) = (Texts::load().unwrap(), Zone::named("Europe/Paris").unwrap());
        let link = |path| {
            let chrome = Chrome {
                path,
                ..super::super::samples::chrome(&texts, &zone, Language::Fr)
            };
            chrome.in_language(Language::En)
        };
        assert_eq!(link("/login"), "/login?lang=en");
        assert_eq!(link("/login?site=s&lang=fr&to=%2Fa"), "/login?site=s&to=%2Fa&lang=en");
        assert_eq!(link("//evil.example/x"), "/evil.example/x?lang=en");
        assert_eq!(link("/\\evil.example"), "/evil.example?lang=en");
        assert_eq!(link("/\t/evil.example"), "/evil.example?lang=en");
        assert_eq!(link("javascript:alert(1)"), "/javascript:alert(1)?lang=en");
    }
}
