//! `/desk/leaks/{id}/report`: what the laboratory, the authority and the sector are told.

use askama::Template;

use crate::pages::{Chrome, Stay};
use domain::leak::LeakId;
use leak::report::Report;

#[derive(Clone, Debug, Template)]
#[template(path = "desk_report.html")]
pub struct ReportPage<'a> {
    pub chrome: Chrome<'a>,
    pub stay: Stay,
    pub id: LeakId,
    pub report: &'a Report,
}

impl ReportPage<'_> {
    fn title(&self) -> String {
        self.chrome.title(&self.report.title, false)
    }
}
