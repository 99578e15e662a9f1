//! What the lab's own people are told of an alert, by mail and on the desk.

use super::{Language, Texts, Zone};
use kernel::clock::Timestamp;

/// A kind of alert, its title, and what it means and asks for.
const KINDS: &[(&str, &str, &str)] = &[
    ("stuffing", "alert-stuffing", "alert-stuffing-text"),
    ("siege-began", "alert-siege-began", "alert-siege-began-text"),
    ("siege-ended", "alert-siege-ended", "alert-siege-ended-text"),
    ("one-network", "alert-one-network", "alert-one-network-text"),
    ("one-account", "alert-one-account", "alert-one-account-text"),
    ("mass-reading", "alert-mass-reading", "alert-mass-reading-text"),
    ("other-records", "alert-other-records", "alert-other-records-text"),
    ("export", "alert-export", "alert-export-text"),
    ("new-network", "alert-new-network", "alert-new-network-text"),
    ("other-lab", "alert-other-lab", "alert-other-lab-text"),
    ("replayed", "alert-replayed", "alert-replayed-text"),
    ("canary", "alert-canary", "alert-canary-text"),
    ("leak-awaiting", "alert-leak-awaiting", "alert-leak-awaiting-text"),
    ("leak-applied", "alert-leak-applied", "alert-leak-applied-text"),
    ("deadline", "alert-deadline", "alert-deadline-text"),
];

/// Keys of the title and of what it means, by the kind's stored word.
pub fn keys(kind: &str) -> (&'static str, &'static str) {
    let found = KINDS.iter().find(|(known, ..)| *known == kind);
    found.map_or(("alerts-title", "alerts-intro"), |(_, title, text)| (title, text))
}

#[derive(Clone, Copy, Debug)]
pub struct AlertNotice<'a> {
    pub kind: &'a str,
    /// raised, again, reminder.
    pub about: &'a str,
    pub subject: &'a str,
    pub figure: u64,
    pub times: u64,
    pub first_at: Timestamp,
    pub last_at: Timestamp,
    pub owner: Option<&'a str>,
    pub lab: &'a str,
    /// Of the desk, to be typed.
    pub address: &'a str,
}

impl AlertNotice<'_> {
    /// Of the mail.
    pub fn subject(&self, texts: &Texts, language: Language) -> String {
        let title = texts.get(language, keys(self.kind).0);
        let key = match self.about {
            "again" => "alert-mail-again",
            "reminder" => "alert-mail-reminder",
            _ => "alert-mail-raised",
        };
        texts.with(language, key, &[("title", title.as_ref().into())])
    }

    pub fn paragraphs(&self, texts: &Texts, language: Language, zone: &Zone) -> Vec<String> {
        let moment = |at| texts.moment(language, zone, at);
        let (first, last) = (moment(self.first_at), moment(self.last_at));
        let mut all = vec![
            self.subject(texts, language),
            texts.get(language, keys(self.kind).1).into_owned(),
        ];
        if !self.subject.is_empty() {
            all.push(texts.with(language, "alert-about", &[("subject", self.subject.into())]));
        }
        if self.figure > 0 {
            all.push(texts.with(language, "alert-figure", &[("figure", self.figure.into())]));
        }
        let times = [
            ("times", self.times.into()),
            ("first", first.as_str().into()),
            ("last", last.as_str().into()),
        ];
        all.push(texts.with(language, "alert-mail-times", &times));
        all.push(match self.owner {
            Some(owner) => texts.with(language, "alert-mail-owned", &[("owner", owner.into())]),
            None => texts.get(language, "alert-mail-unowned").into_owned(),
        });
        all.push(texts.with(language, "alert-mail-where", &[("address", self.address.into())]));
        all.push(self.lab.to_owned());
        all
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample(language: Language) -> String {
        let texts = Texts::load().unwrap();
        let zone = Zone::named("Europe/Paris").unwrap();
        let parts = KINDS.iter().zip(["raised", "again", "reminder"].into_iter().cycle());
        let parts = parts.map(|((kind, ..), about)| {
            let notice = AlertNotice {
                kind,
                about,
                subject: if about == "raised" { "" } else { "203.0.113.9" },
                figure: u64::from(about == "again") * 120,
                times: if about == "raised" { 1 } else { 7 },
                first_at: Timestamp::from_seconds(1_795_461_300),
                last_at: Timestamp::from_seconds(1_795_464_300),
                owner: (about == "reminder").then_some("operator:claire"),
                lab: "Laboratoire des Tilleuls",
                address: "resultats.labo-tilleuls.fr/desk",
            };
            let lines = notice.paragraphs(&texts, language, &zone);
            assert!(!lines.concat().contains("http"), "{lines:?}");
            lines.join("\n\n")
        });
        parts.collect::<Vec<_>>().join("\n\n----\n\n")
    }

    #[test]
    fn alert_mail_fr() {
        insta::assert_snapshot!(sample(Language::Fr));
    }

    #[test]
    fn alert_mail_en() {
        insta::assert_snapshot!(sample(Language::En));
    }
}
