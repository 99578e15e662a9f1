//! Progress as bars, each with its label and its number: nothing is said by colour or length alone.

use askama::Template;

use super::Pen;
use super::figures::{Figure, find};

const STAGES: [&str; 6] = [
    "found",
    "told",
    "rotation-required",
    "rotated",
    "re-enrolled",
    "disabled",
];
const STAGE_HEIGHT: u64 = 36;
const FULL_WIDTH: u64 = 560;

#[derive(Template)]
#[template(path = "progress.svg", escape = "html")]
struct Chart<'a> {
    height: u64,
    title: String,
    text: String,
    bars: Vec<Bar<'a>>,
}

struct Bar<'a> {
    figure: &'a Figure,
    width: u64,
    label_y: u64,
    bar_y: u64,
    count_y: u64,
}

impl<'a> Bar<'a> {
    fn of(figure: &'a Figure, index: u64, all: u64) -> Self {
        let top = index * STAGE_HEIGHT;
        let share = u128::from(figure.count.min(all)) * u128::from(FULL_WIDTH) / u128::from(all.max(1));
        Self {
            figure,
            width: u64::try_from(share).unwrap_or(FULL_WIDTH),
            label_y: top + 14,
            bar_y: top + 19,
            count_y: top + 29,
        }
    }
}

pub(super) fn of(pen: &Pen<'_>, figures: &[Figure]) -> Result<String, askama::Error> {
    let (all, shown) = find(figures, "found").map_or((0, ""), |found| (found.count, found.shown.as_str()));
    let stages = (0..).zip(STAGES.iter().filter_map(|name| find(figures, name)));
    let bars: Vec<Bar<'_>> = stages.map(|(index, figure)| Bar::of(figure, index, all)).collect();
    Chart {
        height: STAGE_HEIGHT * bars.len() as u64,
        title: pen.say("report-chart"),
        text: pen
            .texts
            .with(pen.language, "report-chart-text", &[("found", shown.into())]),
        bars,
    }
    .render()
}
