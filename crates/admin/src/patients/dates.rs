//! Birth dates as programs export them. Which of two numbers is the day is never guessed: either the file shows it, or
//! somebody says it.

use std::fmt;

use config::DateOrder;
use domain::birth_date::BirthDate;
use jiff::Span;
use jiff::civil::Date;

/// Day 0 of spreadsheets.
const FIRST_DAY: Date = Date::constant(1899, 12, 30);

/// What a date says of the order in which its file writes day and month.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum OrderSaid {
    Nothing,
    Only(DateOrder),
    /// It can be read in both ways, which are two days.
    Either {
        first: i8,
        second: i8,
        year: i16,
    },
}

/// Two readings of one date, for whoever knows the right one.
pub(super) struct Readings {
    pub first: i8,
    pub second: i8,
    pub year: i16,
}

impl fmt::Display for Readings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { first, second, year } = self;
        let day_first = Date::new(*year, *second, *first).map(|date| date.strftime("%-d %B %Y").to_string());
        let month_first = Date::new(*year, *first, *second).map(|date| date.strftime("%-d %B %Y").to_string());
        let (day_first, month_first) = (day_first.unwrap_or_default(), month_first.unwrap_or_default());
        write!(
            f,
            "{first:02}/{second:02}/{year} is {day_first} (day-first) or {month_first} (month-first)"
        )
    }
}

/// Why it is no birth date.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum NoBirthDate {
    Unreadable,
    TwoDigitYear,
}

/// `12/05/1944`: two short numbers and a year.
fn triple(text: &str) -> Option<(i8, i8, i16)> {
    let text = without_time(text);
    let (first, second, year) = match runs(text).as_slice() {
        [first, second, year] if year.len() == 4 && first.len() <= 2 && second.len() <= 2 => (*first, *second, *year),
        // 12051944
        [digits] if digits.len() == 8 && compact(digits).is_none() => {
            let (day, rest) = digits.split_at_checked(2)?;
            let (month, year) = rest.split_at_checked(2)?;
            (day, month, year)
        }
        _ => return None,
    };
    let is_numeric = text
        .chars()
        .all(|c| c.is_ascii_digit() || matches!(c, '/' | '.' | '-' | ' '));
    is_numeric.then_some(())?;
    Some((first.parse().ok()?, second.parse().ok()?, year.parse().ok()?))
}

pub(super) fn order_said(text: &str) -> OrderSaid {
    match triple(text) {
        Some((13..=31, 0..=12, _)) => OrderSaid::Only(DateOrder::DayFirst),
        Some((0..=12, 13..=31, _)) => OrderSaid::Only(DateOrder::MonthFirst),
        Some((first @ 1..=12, second @ 1..=12, year)) if first != second => OrderSaid::Either { first, second, year },
        _ => OrderSaid::Nothing,
    }
}

/// `order`: of day and month, where both are numbers before the year.
pub(super) fn read(text: &str, order: DateOrder) -> Result<BirthDate, NoBirthDate> {
    let date = without_time(text);
    if let Some((first, second, year)) = triple(date) {
        let (day, month) = match order {
            DateOrder::DayFirst => (first, second),
            DateOrder::MonthFirst => (second, first),
        };
        return of(year, month, day);
    }
    let is_numeric = !date.contains(char::is_alphabetic);
    let unreadable = NoBirthDate::Unreadable;
    match runs(date).as_slice() {
        [digits] if is_numeric && digits.len() == 8 => compact(digits).ok_or(unreadable),
        [year] if is_numeric && year.len() == 4 && date.len() == 4 => of(year.parse().unwrap_or(0), 0, 0),
        [serial] if is_numeric && serial.len() == 5 && date.len() == 5 => spreadsheet_day(serial).ok_or(unreadable),
        [year, month] if is_numeric && year.len() == 4 && month.len() <= 2 => {
            of(year.parse().unwrap_or(0), month.parse().unwrap_or(-1), 0)
        }
        [month, year] if is_numeric && year.len() == 4 && month.len() <= 2 => {
            of(year.parse().unwrap_or(0), month.parse().unwrap_or(-1), 0)
        }
        [year, month, day] if is_numeric && year.len() == 4 => {
            let small = |text: &str| text.parse().unwrap_or(-1);
            of(year.parse().unwrap_or(0), small(month), small(day))
        }
        [_, .., last] if last.len() == 2 && !runs(date).iter().any(|run| run.len() == 4) => {
            Err(NoBirthDate::TwoDigitYear)
        }
        [digits] if is_numeric && digits.len() == 6 => Err(NoBirthDate::TwoDigitYear),
        [_, _] if !is_numeric => BirthDate::parse(date).ok_or(unreadable),
        _ => Err(unreadable),
    }
}

/// Zero is what is not known.
fn of(year: i16, month: i8, day: i8) -> Result<BirthDate, NoBirthDate> {
    let known = |part: i8| (part != 0).then_some(part);
    BirthDate::of_parts(year, known(month), known(day)).ok_or(NoBirthDate::Unreadable)
}

/// `19440512`
fn compact(digits: &str) -> Option<BirthDate> {
    let (year, rest) = digits.split_at_checked(4)?;
    let (month, day) = rest.split_at_checked(2)?;
    let year: i16 = year.parse().ok()?;
    let date = of(year, month.parse().ok()?, day.parse().ok()?).ok()?;
    (1800..2200).contains(&year).then_some(date)
}

/// The number of a day in a spreadsheet: from 1927 on, as an earlier one looks like a year.
fn spreadsheet_day(serial: &str) -> Option<BirthDate> {
    let days: i32 = serial.parse().ok()?;
    let span: Span = Span::new().try_days(days).ok()?;
    FIRST_DAY
        .checked_add(span)
        .ok()
        .filter(|_| days >= 10_000)
        .map(BirthDate::from)
}

/// `1944-05-12T00:00:00`, `12/05/1944 00:00`, `16204.0`
fn without_time(text: &str) -> &str {
    let text = text.trim();
    let has_time = |(_, rest): &(&str, &str)| {
        let first = rest.split_whitespace().next().unwrap_or_default();
        first.contains(':') && first.starts_with(|c: char| c.is_ascii_digit())
    };
    let at_space = text.match_indices(' ').map(|(at, _)| text.split_at(at)).find(has_time);
    let at_letter = || {
        text.split_once('T')
            .filter(|(date, _)| date.ends_with(|c: char| c.is_ascii_digit()))
    };
    at_space
        .or_else(|| at_letter().filter(has_time))
        .map_or(text, |(date, _)| date.trim_end())
}

fn runs(text: &str) -> Vec<&str> {
    text.split(|c: char| !c.is_ascii_digit())
        .filter(|run| !run.is_empty())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn iso(text: &str, order: DateOrder) -> Result<String, NoBirthDate> {
        read(text, order).map(BirthDate::iso)
    }

    #[test]
    fn one_day_written_in_many_ways() {
        for text in [
            "1944-05-12",
            "19440512",
            "12051944",
            "1944-05-12 00:00:00",
            "1944-05-12T00:00:00Z",
            "1944/5/12",
            "12/05/1944",
            "12.5.1944",
            "12/05/1944 00:00",
            "12 MAI 1944",
            "12 MAI 1944 10:30",
            "12-MAY-1944",
            "16204",
        ] {
            assert_eq!(iso(text, DateOrder::DayFirst).as_deref(), Ok("1944-05-12"), "{text}");
        }
        assert_eq!(iso("05/12/1944", DateOrder::MonthFirst).as_deref(), Ok("1944-05-12"));
        for text in ["1944", "00/00/1944", "1944-00-00", "19440000"] {
            assert_eq!(iso(text, DateOrder::DayFirst).as_deref(), Ok("1944"), "{text}");
        }
        for text in ["00/05/1944", "05/1944", "1944-05"] {
            assert_eq!(iso(text, DateOrder::DayFirst).as_deref(), Ok("1944-05"), "{text}");
        }
    }

    #[test]
    fn what_would_have_to_be_guessed_is_refused() {
        for text in ["12/05/44", "12 mai 44", "44-05-12", "120544", "12-MAY-44"] {
            assert_eq!(iso(text, DateOrder::DayFirst), Err(NoBirthDate::TwoDigitYear), "{text}");
        }
        for text in [
            "31/02/1944",
            "12/25/1944",
            "12/00/1944",
            "#####",
            "944",
            "12",
            "mai",
            "0",
            "9999",
        ] {
            let read = iso(text, DateOrder::DayFirst);
            assert!(
                read == Err(NoBirthDate::Unreadable) || text == "9999",
                "{text} {read:?}"
            );
        }
    }

    #[test]
    fn a_date_may_say_which_number_is_the_day() {
        assert_eq!(order_said("25/05/1944"), OrderSaid::Only(DateOrder::DayFirst));
        assert_eq!(order_said("31/02/1944 10:00"), OrderSaid::Only(DateOrder::DayFirst));
        assert_eq!(order_said("05/25/1944"), OrderSaid::Only(DateOrder::MonthFirst));
        assert!(matches!(order_said("05/02/1983"), OrderSaid::Either { .. }));
        for text in [
            "05/05/1983",
            "1983-05-02",
            "19830502",
            "00/05/1983",
            "2 mai 1983",
            "16204",
            "x",
        ] {
            assert_eq!(order_said(text), OrderSaid::Nothing, "{text}");
        }
    }
}
