//! One line of an import: its six fields, checked. A reason never repeats the contents of the line.

use std::fmt;

use crate::patients::columns::{Columns, Field};
use crate::patients::damage::{is_damaged, is_placeholder};
use crate::patients::dates::{self, NoBirthDate};
use crate::patients::lines::{LineProblem, Record};
use crate::patients::survey::Encoding;
use config::DateOrder;
use crypto::legacy::UnreadableLegacy;
use domain::birth_date::BirthDate;
use domain::identifier::Identifier;
use domain::record::RecordNumber;
use kernel::clock::Timestamp;
use service::outbox::mail_address;
use store::account::accounts::Person;

const LONGEST_NAME: usize = 200;
const OLDEST: i16 = 1880;

/// Why a line was not imported.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    Broken(LineProblem),
    OtherEncoding,
    Empty,
    TooLong,
    ControlCharacter,
    SpaceAround,
    NoRecordNumber,
    SocialSecurityNumber,
    Damaged,
    Placeholder,
    TwoDigitYear,
    NoEmail,
    NoDate,
    ImpossibleDate,
    RecordOfAnother,
    IdentifierOfAnother,
    IdentifierOfSeveral,
    OtherPerson,
    ContactFrozen,
    /// The patient was imported; the password beside them was not.
    Legacy(UnreadableLegacy),
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Broken(LineProblem::Columns { found, expected }) => {
                return write!(f, "{found} columns where the first line has {expected}");
            }
            Self::Broken(LineProblem::UnclosedQuote) => "a quote is opened and not closed",
            Self::Broken(LineProblem::StrayQuote) => "text after a closing quote",
            Self::Broken(LineProblem::TooLong) => "longer than a mebibyte",
            Self::Legacy(why) => return write!(f, "password of the LIS not taken: {why}"),
            Self::OtherEncoding => "not in the encoding of the rest of the file",
            Self::Empty => "empty",
            Self::TooLong => "too long",
            Self::ControlCharacter => "a control character",
            Self::SpaceAround => "begins or ends with a space, and record numbers are compared exactly",
            Self::NoRecordNumber => "not 1 to 64 printable characters without '/'",
            Self::SocialSecurityNumber => "a social-security number cannot be an identifier",
            Self::Damaged => "damaged by a spreadsheet: export it again, without opening it in one",
            Self::Placeholder => "a word for nobody: leave people out who have no identifier",
            Self::TwoDigitYear => "a year of two digits: the century is never guessed",
            Self::NoEmail => "not an e-mail address",
            Self::NoDate => "not a date such as 1944-05-12 or 12/05/1944",
            Self::ImpossibleDate => "in the future, or before 1880",
            Self::RecordOfAnother => {
                "the record is an account's own file under another identifier: nobody reads it until somebody decides \
                 (vestibule patient conflicts)"
            }
            Self::IdentifierOfAnother => {
                "an account with other names or another birth date has this identifier: somebody has to decide \
                 (vestibule patient conflicts)"
            }
            Self::IdentifierOfSeveral => {
                "several people of this file have this identifier: give each their own (vestibule patient conflicts)"
            }
            Self::OtherPerson => {
                "the record's account has other names or another birth date: nobody reads it until somebody decides \
                 (vestibule patient conflicts)"
            }
            Self::ContactFrozen => {
                "the account is on a leaked list: its e-mail cannot be changed yet ([leak] contact_freeze_days), unless \
                 somebody decides (vestibule patient conflicts)"
            }
        })
    }
}

/// What was wrong, and in which field, where it was one.
pub type Wrong = (Option<Field>, Reason);

pub struct Row {
    pub record: RecordNumber,
    pub identifier: Identifier,
    pub person: Person,
}

impl Row {
    /// # Errors
    /// The first field that is wrong.
    pub fn read(
        record: &Record,
        columns: &Columns,
        encoding: Encoding,
        order: DateOrder,
        now: Timestamp,
    ) -> Result<Self, Wrong> {
        let text = |field: Field| {
            let Some(at) = columns.of(field) else {
                return Ok(String::new());
            };
            encoding
                .decode(&record.field(at))
                .ok_or((Some(field), Reason::OtherEncoding))
        };
        let number = record_number(&text(Field::Record)?).map_err(|reason| (Some(Field::Record), reason))?;
        let typed = text(Field::Identifier)?;
        let identifier = identifier(&typed).map_err(|reason| (Some(Field::Identifier), reason))?;
        let email = email(&text(Field::Email)?).map_err(|reason| (Some(Field::Email), reason))?;
        let birth_date =
            birth_date(&text(Field::BirthDate)?, order, now).map_err(|reason| (Some(Field::BirthDate), reason))?;
        let given_name = name(&text(Field::GivenName)?).map_err(|reason| (Some(Field::GivenName), reason))?;
        let family_name = name(&text(Field::FamilyName)?).map_err(|reason| (Some(Field::FamilyName), reason))?;
        let mut other_names = Vec::new();
        for field in [Field::BirthName, Field::UsedName] {
            let other = name(&text(field)?).map_err(|reason| (Some(field), reason))?;
            if !other.is_empty() && other != family_name && !other_names.contains(&other) {
                other_names.push(other);
            }
        }
        if family_name.is_empty() {
            return Err((Some(Field::FamilyName), Reason::Empty));
        }
        Ok(Self {
            record: number,
            identifier,
            person: Person {
                identifier: typed.trim().to_owned(),
                email,
                birth_date: birth_date.iso(),
                given_name,
                family_name,
                other_names,
            },
        })
    }
}

fn record_number(text: &str) -> Result<RecordNumber, Reason> {
    if text.is_empty() {
        return Err(Reason::Empty);
    }
    if is_damaged(text) {
        return Err(Reason::Damaged);
    }
    if text.trim() != text {
        return Err(Reason::SpaceAround);
    }
    RecordNumber::parse(text).map_err(|_| Reason::NoRecordNumber)
}

fn identifier(text: &str) -> Result<Identifier, Reason> {
    let text = text.trim();
    if text.is_empty() {
        return Err(Reason::Empty);
    }
    if text.chars().any(char::is_control) {
        return Err(Reason::ControlCharacter);
    }
    if is_damaged(text) {
        return Err(Reason::Damaged);
    }
    if is_placeholder(text) {
        return Err(Reason::Placeholder);
    }
    let identifier = Identifier::parse(text).ok_or(Reason::TooLong)?;
    if is_social_security_number(identifier.as_str()) {
        return Err(Reason::SocialSecurityNumber);
    }
    Ok(identifier)
}

/// Thirteen characters, with or without the two digits that check them, and what people write before it; Corsican
/// departments count as 19 and 18. Without those digits, it is one if it can be one: sex, year, month, department.
fn is_social_security_number(normalized: &str) -> bool {
    let digits: String = normalized.chars().filter(char::is_ascii_alphanumeric).collect();
    let before = ["nir", "nss", "insee", "ins", "nosecu", "nsecu", "secu", "ss"];
    let digits = before
        .iter()
        .find_map(|word| digits.strip_prefix(word))
        .unwrap_or(&digits)
        .to_owned();
    let digits = match digits.get(5..7) {
        Some("2a") => format!(
            "{}19{}",
            digits.get(..5).unwrap_or_default(),
            digits.get(7..).unwrap_or_default()
        ),
        Some("2b") => format!(
            "{}18{}",
            digits.get(..5).unwrap_or_default(),
            digits.get(7..).unwrap_or_default()
        ),
        _ => digits,
    };
    if digits.len() == 13 && digits.bytes().all(|byte| byte.is_ascii_digit()) {
        let month = digits.get(3..5).and_then(|month| month.parse().ok());
        let is_somewhere = digits.get(5..7) != Some("00");
        return digits.starts_with(['1', '2']) && matches!(month, Some(1..=12 | 20..=42)) && is_somewhere;
    }
    if digits.len() != 15 || digits.starts_with(['0', '5', '6', '9']) {
        return false;
    }
    let (number, check) = digits.split_at(13);
    match (number.parse::<u64>(), check.parse::<u64>()) {
        (Ok(number), Ok(check)) => 97 - number % 97 == check,
        _ => false,
    }
}

pub fn email(text: &str) -> Result<Option<String>, Reason> {
    let text = text.trim();
    if text.is_empty() {
        return Ok(None);
    }
    let address = mail_address(text).ok_or(Reason::NoEmail)?;
    Ok(Some(address.to_string()))
}

fn birth_date(text: &str, order: DateOrder, now: Timestamp) -> Result<BirthDate, Reason> {
    if text.trim().is_empty() {
        return Err(Reason::Empty);
    }
    if is_damaged(text) {
        return Err(Reason::Damaged);
    }
    let birth_date = dates::read(text, order).map_err(|why| match why {
        NoBirthDate::Unreadable => Reason::NoDate,
        NoBirthDate::TwoDigitYear => Reason::TwoDigitYear,
    })?;
    // A child may be born today east of Greenwich.
    let tomorrow = now.plus(std::time::Duration::from_secs(86_400)).civil();
    let latest = jiff::tz::Offset::UTC.to_datetime(tomorrow).date();
    if birth_date.date() > latest || birth_date.date().year() < OLDEST {
        return Err(Reason::ImpossibleDate);
    }
    Ok(birth_date)
}

/// May be empty: a new-born may have no given name yet.
pub fn name(text: &str) -> Result<String, Reason> {
    let text = text.trim();
    if text.chars().any(char::is_control) {
        return Err(Reason::ControlCharacter);
    }
    // A name may begin with an apostrophe.
    if !text.starts_with('\'') && is_damaged(text) {
        return Err(Reason::Damaged);
    }
    if text.chars().count() > LONGEST_NAME {
        return Err(Reason::TooLong);
    }
    Ok(text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::from_seconds(1_790_000_000);

    #[test]
    fn a_social_security_number_is_no_identifier() {
        for number in [
            "1 84 12 76 451 089 46",
            "184127645108946",
            "2 69 05 49 588 157 80",
            "1 84 12 76 451 089",
            "1841276451089",
            "NIR184127645108946",
            "NIR : 1.84.12.76.451.089",
            "1-84-12-2A-451-089",
            "SS 184127645108946",
        ] {
            assert_eq!(
                identifier(number).unwrap_err(),
                Reason::SocialSecurityNumber,
                "{number}"
            );
        }
        for number in [
            "184127645108947",
            "P-184127645108946",
            "102477",
            "184127645108",
            "20240512000123",
            "1847776451089",
        ] {
            assert!(identifier(number).is_ok(), "{number}");
        }
        let corsican = 97 - 1_841_219_451_089_u64 % 97;
        assert!(is_social_security_number(&format!("184122a451089{corsican:02}")));
    }

    #[test]
    fn fields_are_checked_one_by_one() {
        assert_eq!(record_number(" 42"), Err(Reason::SpaceAround));
        assert_eq!(record_number("4/2"), Err(Reason::NoRecordNumber));
        assert_eq!(record_number(""), Err(Reason::Empty));
        assert_eq!(email(" o@example.org ").unwrap().as_deref(), Some("o@example.org"));
        assert_eq!(email(" "), Ok(None));
        for bad in ["o@", "@b.c", "o@localhost", "a b@c.d", "a@b.c,d@e.f", "<a@b.c>"] {
            assert_eq!(email(bad), Err(Reason::NoEmail), "{bad}");
        }
        assert_eq!(
            birth_date("12/05/1944", DateOrder::DayFirst, NOW).unwrap().iso(),
            "1944-05-12"
        );
        assert_eq!(birth_date("31/02/1944", DateOrder::DayFirst, NOW), Err(Reason::NoDate));
        assert_eq!(
            birth_date("2093-01-01", DateOrder::DayFirst, NOW),
            Err(Reason::ImpossibleDate)
        );
        assert_eq!(
            birth_date("0044-05-12", DateOrder::DayFirst, NOW),
            Err(Reason::ImpossibleDate)
        );
        assert_eq!(name("a\u{7}"), Err(Reason::ControlCharacter));
        assert_eq!(name(&"a".repeat(201)), Err(Reason::TooLong));
    }
}
