//! A birth date as patients type it. Of some people the day, or day and month, is not known.

use jiff::civil::Date;
use subtle::ConstantTimeEq as _;
use unicode_normalization::UnicodeNormalization as _;
use unicode_normalization::char::is_combining_mark;

use kernel::typed::plain;

#[derive(Clone, Copy, PartialEq, Eq)]
pub struct BirthDate {
    /// What is not known is 1.
    date: Date,
    known: Known,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Known {
    Year,
    Month,
    Day,
}

/// In French and English; enough letters to be one month's name are a name, with or without accents.
const MONTHS: [[&str; 2]; 12] = [
    ["janvier", "january"],
    ["fevrier", "february"],
    ["mars", "march"],
    ["avril", "april"],
    ["mai", "may"],
    ["juin", "june"],
    ["juillet", "july"],
    ["aout", "august"],
    ["septembre", "september"],
    ["octobre", "october"],
    ["novembre", "november"],
    ["decembre", "december"],
];
/// Words that stand in a date and say nothing: 1er mai, 1st of May, le 2.
const FILLERS: [&str; 9] = ["er", "st", "nd", "rd", "th", "of", "de", "le", "the"];

impl BirthDate {
    /// `1944-05-12`, or day, month and year in this order with anything between them (`12/05/1944`, `12.5.1944`) or
    /// nothing (`12051944`), or with the month's name (`12 mai 1944`, `May 12, 1944`). Digits of any script. A year has
    /// four digits: which century two of them mean is never guessed. What is not known is left out or zero
    /// (`00/00/1944`, `1944`).
    pub fn parse(typed: &str) -> Option<Self> {
        if typed.len() > 160 {
            return None;
        }
        let typed: String = plain(typed).nfd().filter(|c| !is_combining_mark(*c)).collect();
        let parts = parts(&typed);
        match parts.as_slice() {
            [Part::Number(year)] if year.len() == 4 => return Self::of_parts(year.parse().ok()?, None, None),
            [Part::Number("0" | "00"), Part::Number(month), Part::Number(year)] if year.len() == 4 => {
                let month = number(month)?;
                return Self::of_parts(year.parse().ok()?, (month != 0).then_some(month), None);
            }
            [Part::Number(digits)] if digits.len() == 8 => of_digits(digits),
            [Part::Number(first), Part::Number(month), Part::Number(last)] => {
                let (year, day) = if first.len() == 4 { (first, last) } else { (last, first) };
                of(year, number(month)?, day)
            }
            [Part::Number(day), Part::Word(month), Part::Number(year)]
            | [Part::Word(month), Part::Number(day), Part::Number(year)] => of(year, month_named(month)?, day),
            _ => None,
        }
        .map(Self::from)
    }

    /// None: no such date, or a day of no month.
    pub fn of_parts(year: i16, month: Option<i8>, day: Option<i8>) -> Option<Self> {
        let known = match (month, day) {
            (Some(_), Some(_)) => Known::Day,
            (Some(_), None) => Known::Month,
            (None, None) => Known::Year,
            (None, Some(_)) => return None,
        };
        let date = Date::new(year, month.unwrap_or(1), day.unwrap_or(1)).ok()?;
        (year > 0).then_some(Self { date, known })
    }

    /// The earliest that it can be.
    pub fn date(self) -> Date {
        self.date
    }

    /// `YYYY-MM-DD`, or what is known of it: `YYYY-MM`, `YYYY`.
    pub fn iso(self) -> String {
        let mut iso = self.date.to_string();
        iso.truncate(match self.known {
            Known::Year => 4,
            Known::Month => 7,
            Known::Day => 10,
        });
        iso
    }

    /// Whether somebody who types it has said what the lab knows, which may be less. In a time that does not depend on
    /// how much of it is right.
    pub fn agrees_with(self, known: &str) -> bool {
        let typed = self.iso();
        let typed = typed.get(..known.len()).filter(|_| matches!(known.len(), 4 | 7 | 10));
        typed.is_some_and(|typed| typed.as_bytes().ct_eq(known.as_bytes()).into())
    }
}

impl From<Date> for BirthDate {
    fn from(date: Date) -> Self {
        Self {
            date,
            known: Known::Day,
        }
    }
}

enum Part<'a> {
    Number(&'a str),
    Word(String),
}

/// Runs of digits and of letters, without fillers.
fn parts(typed: &str) -> Vec<Part<'_>> {
    let mut parts = Vec::new();
    let mut rest = typed;
    while let Some(begin) = rest.find(char::is_alphanumeric) {
        rest = rest.split_at(begin).1;
        let is_number = rest.starts_with(|c: char| c.is_ascii_digit());
        let end = rest.find(|c: char| !c.is_alphanumeric() || c.is_ascii_digit() != is_number);
        let (part, after) = rest.split_at(end.unwrap_or(rest.len()));
        rest = after;
        if is_number {
            parts.push(Part::Number(part));
        } else if !FILLERS.contains(&part.to_lowercase().as_str()) {
            parts.push(Part::Word(part.to_lowercase()));
        }
    }
    parts
}

fn month_named(word: &str) -> Option<i8> {
    let mut named = (1..)
        .zip(MONTHS)
        .filter(|(_, names)| names.iter().any(|name| name.starts_with(word)));
    let (month, _) = named.next().filter(|_| word.len() >= 3)?;
    named.next().is_none().then_some(month)
}

/// `12051944`, or `19440512` where the other order is no date of our times.
fn of_digits(digits: &str) -> Option<Date> {
    let (first, last) = digits.split_at_checked(4)?;
    let of_our_times = |year: &str, month_and_day: (&str, &str)| {
        let (month, day) = month_and_day;
        of(year, number(month)?, day).filter(|date| (1850..=2200).contains(&date.year()))
    };
    let (day, month) = first.split_at_checked(2)?;
    of_our_times(last, (month, day)).or_else(|| of_our_times(first, last.split_at_checked(2)?))
}

fn of(year: &str, month: i8, day: &str) -> Option<Date> {
    let year: i16 = (year.len() == 4).then(|| year.parse().ok())??;
    Date::new(year, month, number(day)?).ok()
}

/// Of a day or a month.
fn number(text: &str) -> Option<i8> {
    (text.len() <= 2).then(|| text.parse().ok())?
}

kernel::opaque!(BirthDate);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_ways_of_writing_a_date_are_the_same_date() {
        let date = BirthDate::parse("1944-05-12");
        assert!(date.is_some());
        for typed in [
            "12/05/1944",
            " 12.5.1944 ",
            "12 05 1944",
            "12-05-1944",
            "12/5/1944",
            "1944/05/12",
            "12051944",
            "19440512",
            "12 mai 1944",
            "le 12 Mai 1944",
            "12 May 1944",
            "12th of May, 1944",
            "May 12, 1944",
            "12-MAY-1944",
            "١٢/٠٥/١٩٤٤",
            "\u{200e}12\u{2011}05\u{2011}1944",
            "１２／０５／１９４４",
        ] {
            assert_eq!(BirthDate::parse(typed), date, "{typed}");
        }
        for typed in [
            "",
            "12/05/44",
            "31/02/1944",
            "12/00/1944",
            "00/13/1944",
            "12/05",
            "12 1944",
            "twelve",
            "12 jui 1944",
            "12 ma 1944",
            "12 mai 44",
            "120544",
            "99999999",
            "12/005/1944",
            "12 mai mai 1944",
            "12/05/1944/1",
        ] {
            assert_eq!(BirthDate::parse(typed), None, "{typed}");
        }
        for (typed, iso) in [
            ("1er février 1950", "1950-02-01"),
            ("3 févr. 1950", "1950-02-03"),
            ("14 août 1950", "1950-08-14"),
            ("31 déc. 2012", "2012-12-31"),
            ("20112012", "2012-11-20"),
        ] {
            assert_eq!(
                BirthDate::parse(typed).map(BirthDate::iso).as_deref(),
                Some(iso),
                "{typed}"
            );
        }
    }

    #[test]
    fn what_is_not_known_is_not_asked_for() {
        let typed = |text: &str| BirthDate::parse(text).unwrap();
        assert_eq!(typed("00/00/1944").iso(), "1944");
        assert_eq!(typed("1944").iso(), "1944");
        assert_eq!(typed("00/05/1944").iso(), "1944-05");
        for (text, known, agrees) in [
            ("12/05/1944", "1944-05-12", true),
            ("12/05/1944", "1944-05", true),
            ("12/05/1944", "1944", true),
            ("1944", "1944", true),
            ("13/05/1944", "1944-05-12", false),
            ("1944", "1944-05-12", false),
            ("1944", "1944-05", false),
            ("12/06/1944", "1944-05", false),
            ("12/05/1945", "1944", false),
            ("12/05/1944", "", false),
            ("12/05/1944", "194", false),
        ] {
            assert_eq!(typed(text).agrees_with(known), agrees, "{text} {known}");
        }
    }
}
