//! Results made up from the record number: the same file says the same thing on every machine and every day.

use jiff::ToSpan;
use jiff::civil::{Date, date};
use sha2::{Digest, Sha256};

use super::analyses::{Analyte, Panel, UsualValue};
use super::record::Record;

/// One line of a result page.
#[derive(Debug, PartialEq, Eq)]
pub struct Line {
    pub name: &'static str,
    pub value: String,
    pub unit: &'static str,
    pub usual: String,
    pub previous: String,
    /// `+`, `-`, `*` or nothing: above, below, not as usual, usual.
    pub mark: &'static str,
}

/// When the sample was taken.
pub fn sampled_on(record: &Record) -> Date {
    let days = i64::try_from(draw(record, "date") % 280).unwrap_or(0);
    date(2025, 9, 1).saturating_add(days.days())
}

pub fn day(date: Date) -> String {
    date.strftime("%d/%m/%Y").to_string()
}

/// The file's internal number at the laboratory, for the head of the page.
pub fn file_number(record: &Record) -> String {
    format!("{:06}", draw(record, "file") % 1_000_000)
}

pub fn lines(record: &Record, panel: &Panel) -> Vec<Line> {
    panel
        .analytes
        .iter()
        .map(|analyte| line(record, panel, analyte))
        .collect()
}

fn line(record: &Record, panel: &Panel, analyte: &Analyte) -> Line {
    let now = format!("{}/{}", panel.slug, analyte.name);
    let before = format!("{now}/before");
    let (value, usual, previous, mark) = match analyte.expected {
        UsualValue::Between(low, high, decimals) => {
            let value = measured(record, &now, low, high);
            let mark = match value {
                value if value > high => "+",
                value if value < low => "-",
                _ => "",
            };
            let usual = format!("{} à {}", number(low, decimals), number(high, decimals));
            let previous = number(measured(record, &before, low, high), decimals);
            (number(value, decimals), usual, previous, mark)
        }
        UsualValue::Usually(usual, other) => {
            let found = |what| {
                if draw(record, what).is_multiple_of(8) {
                    other
                } else {
                    usual
                }
            };
            let mark = if found(&now) == usual { "" } else { "*" };
            (
                found(&now).to_owned(),
                usual.to_owned(),
                found(&before).to_owned(),
                mark,
            )
        }
    };
    Line {
        name: analyte.name,
        value,
        unit: analyte.unit,
        usual,
        previous,
        mark,
    }
}

/// Mostly inside the usual range, now and then a tenth outside of it.
fn measured(record: &Record, what: &str, low: f64, high: f64) -> f64 {
    let share = f64::from(u32::try_from(draw(record, what) % 1_000).unwrap_or(0)) / 1_000.0;
    let value = low + (high - low) * (share * 1.2 - 0.1);
    value.max(low * 0.5)
}

fn number(value: f64, decimals: usize) -> String {
    format!("{value:.decimals$}").replace('.', ",")
}

pub fn draw(record: &Record, what: &str) -> u64 {
    let digest = Sha256::new()
        .chain_update(record.as_str())
        .chain_update([0])
        .chain_update(what)
        .finalize();
    digest
        .iter()
        .take(8)
        .fold(0, |number, byte| number << 8 | u64::from(*byte))
}

#[cfg(test)]
mod tests {
    use super::super::analyses::PANELS;
    use super::*;

    #[test]
    fn a_record_always_says_the_same_and_two_records_differ() {
        let (one, other) = (Record::parse("26104512").unwrap(), Record::parse("26104513").unwrap());
        for panel in PANELS {
            assert_eq!(lines(&one, panel), lines(&one, panel));
            assert_eq!(lines(&one, panel).len(), panel.analytes.len());
        }
        let all = |record| PANELS.iter().flat_map(|panel| lines(record, panel)).collect::<Vec<_>>();
        assert_ne!(all(&one), all(&other));
        assert_eq!(day(sampled_on(&one)).len(), 10);
    }

    #[test]
    fn most_results_are_usual_and_some_are_not() {
        let records = (0..50).map(|n| Record::parse(&format!("26{n:06}")).unwrap());
        let marks: Vec<_> = records
            .flat_map(|record| lines(&record, &PANELS[0]))
            .map(|line| line.mark)
            .collect();
        let unusual = marks.iter().filter(|mark| !mark.is_empty()).count();
        assert!(
            unusual * 10 > marks.len() && unusual * 3 < marks.len(),
            "{unusual} of {}",
            marks.len()
        );
    }

    #[test]
    fn numbers_are_written_the_french_way() {
        assert_eq!(number(4.256, 2), "4,26");
        assert_eq!(number(150.0, 0), "150");
    }
}
