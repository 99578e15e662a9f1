//! The report as a page of its own, to be kept with the incident's papers.

use askama::Template;

use super::{Report, unwritten};
use i18n::{Language, Texts};
use service::Fault;

#[derive(Template)]
#[template(path = "report.html")]
struct Page<'a> {
    report: &'a Report,
    chart_title: String,
    figures_title: String,
    timeline_title: String,
    when: String,
    what: String,
    who: String,
}

/// # Errors
/// The texts cannot be read.
pub fn page(report: &Report) -> Result<String, Fault> {
    let texts = Texts::load().map_err(|_| Fault::Broken("the texts cannot be read"))?;
    let language = Language::from_code(report.language).unwrap_or_default();
    let say = |key| texts.get(language, key).into_owned();
    let page = Page {
        report,
        chart_title: say("report-chart"),
        figures_title: say("report-figures"),
        timeline_title: say("report-timeline"),
        when: say("report-when"),
        what: say("report-what"),
        who: say("report-who"),
    };
    page.render().map_err(unwritten)
}
