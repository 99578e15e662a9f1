//! `{record}` with text around it: `{record}.pdf`, `Patients('{record}')`, `{record}|*`.

use crate::pattern_problem::PatternProblem;
use crate::text::letters;

/// A text in which one place is the record's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Template {
    before: Literal,
    after: Literal,
    kind: RecordKind,
}

/// What stands on one side of the record: a literal, and perhaps anything at all on the far side of it.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Literal {
    text: String,
    open: bool,
}

/// What a record may consist of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum RecordKind {
    Any,
    Digits,
    Hex,
}

impl Template {
    /// `None` if there is no `{record}` in the text.
    pub(crate) fn parse(
        text: &str,
        decode: impl Fn(&str) -> Result<String, PatternProblem>,
    ) -> Option<Result<Self, PatternProblem>> {
        let (before, rest) = text.split_once("{record")?;
        let Some((kind, after)) = rest.split_once('}') else {
            return Some(Err(PatternProblem::Mixed));
        };
        let kind = match kind {
            "" | ":any" => RecordKind::Any,
            ":digits" => RecordKind::Digits,
            ":hex" => RecordKind::Hex,
            _ => return Some(Err(PatternProblem::Mixed)),
        };
        let side = |text: &str, star: Option<&str>| {
            let literal = star.unwrap_or(text);
            if literal.contains(['*', '{', '}']) || star.is_some_and(str::is_empty) {
                return Err(PatternProblem::Mixed);
            }
            // Beside a letter, because "" or "CR." would be no segment of its own.
            let beside = decode(&format!("{literal}x"))?;
            let text = beside.strip_suffix('x').unwrap_or_default().to_owned();
            Ok(Literal {
                text,
                open: star.is_some(),
            })
        };
        let sides = side(before, before.strip_prefix('*')).and_then(|before| {
            let after = side(after, after.strip_suffix('*'))?;
            Ok(Self { before, after, kind })
        });
        Some(sides)
    }

    /// The record in `text`; `None` if the text is another one. There is one way to read it, or none.
    pub(crate) fn take<'r>(&self, text: &'r str) -> Option<&'r str> {
        let rest = if self.before.open {
            let (_, rest) = text.split_once(&self.before.text)?;
            (!rest.contains(&self.before.text)).then_some(rest)?
        } else {
            text.strip_prefix(self.before.text.as_str())?
        };
        let record = if self.after.open {
            rest.split_once(&self.after.text)?.0
        } else {
            rest.strip_suffix(self.after.text.as_str())?
        };
        (!record.is_empty() && self.kind.takes(record)).then_some(record)
    }

    /// Might a forgiving server find a record here? For a bare `{record}`, in any text.
    pub(crate) fn might_take(&self, text: &str) -> bool {
        let (before, after) = (letters(&self.before.text), letters(&self.after.text));
        if before.is_empty() && after.is_empty() {
            return !text.is_empty();
        }
        let text = letters(text);
        !before.is_empty() && text.starts_with(&before) || !after.is_empty() && text.ends_with(&after)
    }

    /// Is there a text that both take, and in which they see two records?
    pub(crate) fn clashes_with(&self, other: &Self) -> bool {
        let fit = |one: &Literal, other: &Literal, within: fn(&str, &str) -> bool| {
            one.open || other.open || within(&one.text, &other.text) || within(&other.text, &one.text)
        };
        (&self.before, &self.after) != (&other.before, &other.after)
            && fit(&self.before, &other.before, |a, b| a.starts_with(b))
            && fit(&self.after, &other.after, |a, b| a.ends_with(b))
    }
}

impl RecordKind {
    fn takes(self, record: &str) -> bool {
        match self {
            Self::Any => true,
            Self::Digits => record.bytes().all(|byte| byte.is_ascii_digit()),
            Self::Hex => record.bytes().all(|byte| byte.is_ascii_hexdigit()),
        }
    }
}
