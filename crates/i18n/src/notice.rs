//! What a person on a leaked list is told, by mail or by letter: what happened, what we did, what to do.

use super::{Language, Texts, Zone};
use kernel::clock::Timestamp;

/// The person's situation at the moment of telling.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Situation {
    /// A new password is required; from `until` on the old one is disabled.
    Rotate { until: Timestamp },
    /// The old password no longer works.
    Disabled,
    /// Listed without a password.
    Listed,
    /// The password is a newer one.
    Changed,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Medium {
    Mail,
    Letter {
        /// Whether a laboratory code is printed below.
        with_code: bool,
    },
}

#[derive(Clone, Copy, Debug)]
pub struct Notice<'a> {
    pub lab: &'a str,
    /// The person it is for: one mailbox may serve a family.
    pub holder: &'a str,
    pub situation: Situation,
    pub medium: Medium,
    /// Of the portal, to be typed: host, and port if it has one.
    pub address: &'a str,
    pub phone: Option<&'a str>,
    /// The contact for questions about personal data.
    pub contact: Option<&'a str>,
}

impl Notice<'_> {
    /// From the greeting to the laboratory's name.
    pub fn paragraphs(&self, texts: &Texts, language: Language, zone: &Zone) -> Vec<String> {
        let say = |key| texts.get(language, key).into_owned();
        let found = match self.situation {
            Situation::Listed => "notice-found-listed",
            _ => "notice-found-password",
        };
        let done = match (self.situation, self.medium) {
            (Situation::Rotate { until }, _) => {
                let until = texts.moment(language, zone, until);
                texts.with(language, "notice-rotate", &[("until", until.as_str().into())])
            }
            (Situation::Disabled, Medium::Letter { with_code: true }) => say("notice-disabled-code"),
            (Situation::Disabled, _) => say("notice-disabled"),
            (Situation::Listed, _) => say("notice-listed"),
            (Situation::Changed, _) => say("notice-changed"),
        };
        let address = match self.medium {
            Medium::Mail => Some("notice-no-link"),
            Medium::Letter { with_code: false } => Some("notice-address"),
            // It is on the code's sheet.
            Medium::Letter { with_code: true } => None,
        };
        let mut all = vec![
            texts.with(language, "notice-greeting", &[("name", self.holder.into())]),
            say(found),
            done,
        ];
        if self.situation != Situation::Listed {
            all.push(say("notice-elsewhere"));
        }
        all.push(say("notice-beware"));
        all.extend(address.map(|key| texts.with(language, key, &[("address", self.address.into())])));
        all.push(match self.phone {
            Some(phone) => texts.with(language, "sheet-call", &[("phone", phone.into())]),
            None => say("sheet-ask"),
        });
        if let Some(contact) = self.contact {
            all.push(texts.with(language, "notice-contact", &[("contact", contact.into())]));
        }
        all.push(self.lab.to_owned());
        all
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SITUATIONS: [Situation; 4] = [
        Situation::Rotate {
            until: Timestamp::from_seconds(1_795_461_300),
        },
        Situation::Disabled,
        Situation::Listed,
        Situation::Changed,
    ];

    fn sample(language: Language, situation: Situation, medium: Medium) -> String {
        let texts = Texts::load().unwrap();
        let zone = Zone::named("Europe/Paris").unwrap();
        let notice = Notice {
            lab: "Laboratoire des Tilleuls",
            holder: "Jeanne Moreau",
            situation,
            medium,
            address: "resultats.labo-tilleuls.fr",
            phone: Some("01 23 45 67 89"),
            contact: Some("dpo@labo-tilleuls.fr"),
        };
        notice.paragraphs(&texts, language, &zone).join("\n\n")
    }

    fn all(language: Language) -> String {
        let letter = Medium::Letter { with_code: true };
        let mut samples: Vec<_> = SITUATIONS.map(|one| sample(language, one, Medium::Mail)).into();
        samples.push(sample(language, Situation::Disabled, letter));
        samples.join("\n\n----\n\n")
    }

    #[test]
    fn notice_fr() {
        insta::assert_snapshot!(all(Language::Fr));
    }

    #[test]
    fn notice_en() {
        insta::assert_snapshot!(all(Language::En));
    }

    #[test]
    fn no_mail_holds_a_link() {
        for language in Language::ALL {
            for situation in SITUATIONS {
                let text = sample(language, situation, Medium::Mail);
                assert!(!text.contains("http") && !text.contains("www."), "{text}");
            }
        }
    }
}
