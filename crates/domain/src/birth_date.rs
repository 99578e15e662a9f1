//! A birth date as patients type it.

use std::fmt;

use jiff::civil::Date;

#[derive(Clone, Copy, PartialEq, Eq)]
pub struct BirthDate(Date);

impl BirthDate {
    /// `1944-05-12`, or `12/05/1944` with `/`, `.`, `-` or spaces between day, month and year.
    pub fn parse(typed: &str) -> Option<Self> {
        let typed = typed.trim();
        if typed.len() > 40 {
            return None;
        }
        let parts: Vec<&str> = typed
            .split(|c: char| !c.is_ascii_digit())
            .filter(|part| !part.is_empty())
            .collect();
        let [first, month, last] = parts.as_slice() else {
            return None;
        };
        let (year, day) = if first.len() == 4 { (first, last) } else { (last, first) };
        if year.len() != 4 {
            return None;
        }
        Date::new(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?)
            .ok()
            .map(Self)
    }

    pub fn date(self) -> Date {
        self.0
    }

    /// `YYYY-MM-DD`
    pub fn iso(self) -> String {
        self.0.to_string()
    }
}

impl fmt::Debug for BirthDate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("BirthDate(..)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_ways_of_writing_a_date_are_the_same_date() {
        let date = BirthDate::parse("1944-05-12");
        assert!(date.is_some());
        for typed in ["12/05/1944", " 12.5.1944 ", "12 05 1944", "12-05-1944"] {
            assert_eq!(BirthDate::parse(typed), date, "{typed}");
        }
        for typed in ["", "12/05/44", "31/02/1944", "1944", "12/05", "twelve"] {
            assert_eq!(BirthDate::parse(typed), None, "{typed}");
        }
    }
}
