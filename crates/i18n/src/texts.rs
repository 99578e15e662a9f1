//! The texts, ready to be filled in. Loaded once; what is wrong with them is found then, not in front of a patient.

use std::borrow::Cow;
use std::fmt;

use fluent::concurrent::FluentBundle;
use fluent::{FluentArgs, FluentResource, FluentValue};

use super::{Language, catalogue};

type Bundle = FluentBundle<FluentResource>;

#[derive(Debug, thiserror::Error)]
pub enum TextsError {
    #[error("text file {file}: {detail}")]
    Syntax { file: &'static str, detail: String },
    #[error("text file {file}: {detail}")]
    Twice { file: &'static str, detail: String },
    #[error("the text `{key}` is missing in `{}`", .language.code())]
    Missing { language: Language, key: &'static str },
    #[error("the text `{key}` does not use the same variables in both languages")]
    Variables { key: &'static str },
}

/// A value put into a text.
#[derive(Clone, Copy, Debug)]
pub enum Arg<'a> {
    Text(&'a str),
    Number(u64),
}

impl<'a, T: AsRef<str> + ?Sized> From<&'a T> for Arg<'a> {
    fn from(text: &'a T) -> Self {
        Self::Text(text.as_ref())
    }
}

impl From<u64> for Arg<'_> {
    fn from(number: u64) -> Self {
        Self::Number(number)
    }
}

/// All texts in all languages. Shared by reference between threads.
pub struct Texts {
    fr: Bundle,
    en: Bundle,
}

impl fmt::Debug for Texts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Texts").finish_non_exhaustive()
    }
}

impl Texts {
    /// Reads the compiled-in files and compares the languages.
    ///
    /// # Errors
    /// A file that is not Fluent, a key written twice, a key or a variable that only one language has.
    pub fn load() -> Result<Self, TextsError> {
        compare()?;
        Ok(Self {
            fr: bundle(Language::Fr)?,
            en: bundle(Language::En)?,
        })
    }

    /// The text of a key. An unknown key is a mistake of the program that the tests find; should it happen all the
    /// same, the page shows the key itself rather than nothing, and the log says so.
    pub fn get(&self, language: Language, key: &str) -> Cow<'_, str> {
        self.format(language, key, None)
            .unwrap_or_else(|| Cow::Owned(key.to_owned()))
    }

    /// The text of a key with its variables filled in; see [`Texts::get`].
    pub fn with(&self, language: Language, key: &str, args: &[(&str, Arg<'_>)]) -> String {
        let mut filled = FluentArgs::with_capacity(args.len());
        for (name, value) in args {
            match value {
                Arg::Text(text) => filled.set(*name, FluentValue::from(*text)),
                Arg::Number(number) => filled.set(*name, FluentValue::from(*number)),
            }
        }
        self.format(language, key, Some(&filled))
            .map_or_else(|| key.to_owned(), |text| text.into_owned())
    }

    fn format<'a>(&'a self, language: Language, key: &str, args: Option<&'a FluentArgs<'_>>) -> Option<Cow<'a, str>> {
        let bundle = match language {
            Language::Fr => &self.fr,
            Language::En => &self.en,
        };
        let Some(pattern) = bundle.get_message(key).and_then(|message| message.value()) else {
            tracing::error!(key, language = language.code(), "no such text");
            debug_assert!(false, "no text `{key}` in `{}`", language.code());
            return None;
        };
        let mut errors = Vec::new();
        let text = bundle.format_pattern(pattern, args, &mut errors);
        if !errors.is_empty() {
            tracing::error!(
                key,
                language = language.code(),
                ?errors,
                "a text was not filled in completely"
            );
            debug_assert!(false, "text `{key}`: {errors:?}");
        }
        Some(text)
    }
}

fn bundle(language: Language) -> Result<Bundle, TextsError> {
    let mut bundle = Bundle::new_concurrent(vec![language.identifier()]);
    bundle.set_use_isolating(false);
    for source in catalogue::sources(language) {
        let file = source.file;
        let resource = FluentResource::try_new(source.text.to_owned()).map_err(|(_, errors)| TextsError::Syntax {
            file,
            detail: format!("{errors:?}"),
        })?;
        bundle.add_resource(resource).map_err(|errors| TextsError::Twice {
            file,
            detail: format!("{errors:?}"),
        })?;
    }
    Ok(bundle)
}

fn compare() -> Result<(), TextsError> {
    let (fr, en) = (catalogue::keys(Language::Fr), catalogue::keys(Language::En));
    if let Some(key) = en.keys().find(|key| !fr.contains_key(*key)) {
        return Err(TextsError::Missing {
            language: Language::Fr,
            key,
        });
    }
    for (key, variables) in &fr {
        match en.get(key) {
            None => {
                return Err(TextsError::Missing {
                    language: Language::En,
                    key,
                });
            }
            Some(other) if other != variables => return Err(TextsError::Variables { key }),
            Some(_) => {}
        }
    }
    Ok(())
}

#[cfg(test)]
#[path = "texts_tests.rs"]
mod tests;
