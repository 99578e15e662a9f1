//! A letter as a page: the words of the mail, and below them the sheet of the desk where there is a code.

use std::io::{self, Write};

use askama::Template;

use super::{Letter, Run, name};
use i18n::{LabCodeSheet, Language, SheetTexts};
use service::outbox::typed_address;

#[derive(Template)]
#[template(path = "letters_begin.html")]
struct Opening<'a> {
    language: Language,
    title: &'a str,
}

#[derive(Template)]
#[template(path = "letter.html")]
struct Page<'a> {
    language: Language,
    lab: &'a str,
    date: String,
    record: String,
    paragraphs: Vec<String>,
    sheet: Option<SheetTexts>,
}

impl Run<'_> {
    pub(super) fn head(&self, pages: &mut dyn Write) -> io::Result<()> {
        let language = self.order.languages.first().copied().unwrap_or_default();
        let leak = self.leak.id.to_string();
        let title = self
            .texts
            .with(language, "letter-title", &[("leak", leak.as_str().into())]);
        let begin = Opening {
            language,
            title: &title,
        };
        pages.write_all(begin.render().map_err(io::Error::other)?.as_bytes())
    }

    pub(super) fn page(&self, letter: &Letter, language: Language) -> io::Result<String> {
        let (holder, address) = (name(&letter.person), typed_address(self.lab));
        let date = self.texts.date(language, &self.zone, self.now);
        let code = letter.code.as_ref().map(|code| code.grouped());
        let sheet = code.as_ref().map(|code| {
            LabCodeSheet {
                operator: None,
                lab: &self.lab.name,
                holder: None,
                code,
                valid_until: self.expires_at(),
                address: &format!("{}/activate", self.lab.portal_origin()),
                phone: None,
            }
            .texts(&self.texts, language, &self.zone)
        });
        let page = Page {
            language,
            lab: &self.lab.name,
            date: self
                .texts
                .with(language, "letter-date", &[("date", date.as_str().into())]),
            record: self
                .texts
                .with(language, "letter-record", &[("record", letter.records.as_str().into())]),
            paragraphs: self
                .notice(letter, &holder, &address)
                .paragraphs(&self.texts, language, &self.zone),
            sheet,
        };
        page.render().map_err(io::Error::other)
    }
}
