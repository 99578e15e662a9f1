//! What is wrong with a configuration, where, and what to do about it.

use std::fmt;
use std::path::Path;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    pub place: String,
    pub what: String,
    pub remedy: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}; {}", self.place, self.what, self.remedy)
    }
}

impl std::error::Error for Problem {}

impl Problem {
    pub fn new(place: impl Into<String>, what: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self {
            place: place.into(),
            what: what.into(),
            remedy: remedy.into(),
        }
    }
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Problems(Vec<Problem>);

impl Problems {
    pub fn one(place: impl Into<String>, what: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self(vec![Problem::new(place, what, remedy)])
    }

    pub fn add(&mut self, place: impl Into<String>, what: impl Into<String>, remedy: impl Into<String>) {
        self.0.push(Problem::new(place, what, remedy));
    }

    /// The same problems, each with the file it is in.
    #[must_use]
    pub fn within(mut self, file: &Path) -> Self {
        for problem in &mut self.0 {
            problem.place = format!("{}: {}", file.display(), problem.place);
        }
        self
    }

    /// # Errors
    /// These problems, if there are any.
    pub fn into_result(self) -> Result<(), Self> {
        if self.0.is_empty() { Ok(()) } else { Err(self) }
    }

    pub fn iter(&self) -> impl Iterator<Item = &Problem> {
        self.0.iter()
    }
}

impl fmt::Display for Problems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, problem) in self.0.iter().enumerate() {
            if index > 0 {
                writeln!(f)?;
            }
            write!(f, "{problem}")?;
        }
        Ok(())
    }
}

impl std::error::Error for Problems {}

impl From<Problem> for Problems {
    fn from(problem: Problem) -> Self {
        Self(vec![problem])
    }
}
