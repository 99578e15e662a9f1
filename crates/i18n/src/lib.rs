//! What people read: texts in French and English, moments and waits in words, the sheet handed over with a lab code.
//!
//! The texts stand in `fr/*.ftl` and `en/*.ftl`, one file per theme, and are compiled in.

pub mod alert;
mod catalogue;
pub mod language;
pub mod moments;
pub mod notice;
pub mod sheet;
pub mod texts;

pub use alert::AlertNotice;
pub use language::{Language, negotiate, wished};
pub use moments::{UnknownZone, Zone};
pub use notice::{Medium, Notice, Situation};
pub use sheet::{LabCodeSheet, SheetTexts, lab_code_sheet};
pub use texts::{Arg, Texts, TextsError};
