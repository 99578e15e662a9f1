//! Is a new password fit to protect health data? Lengths, guessability, common and personal ones.
//! Reasons and thresholds: `docs/decisions/0004-password-screening.md`.

use unicode_normalization::UnicodeNormalization;
use zxcvbn::zxcvbn;

use domain::password::{MAX_CHARACTERS, MIN_CHARACTERS, Password, Personal, Unsuitable};

/// What eight characters without any pattern are worth; with 25 attempts a day and a second factor, ample.
const FEWEST_GUESSES: u64 = 100_000_000;

/// What an attacker who knows the person would try first.
#[derive(Clone, Debug, Default)]
pub struct Context {
    words: Vec<(String, Personal)>,
}

impl Context {
    /// Names, identifier, lab: as they stand and in their parts.
    #[must_use]
    pub fn with(mut self, kind: Personal, text: &str) -> Self {
        let whole = fold(text);
        let joined: String = whole.chars().filter(|c| c.is_alphanumeric()).collect();
        let parts: Vec<String> = whole.split(|c: char| !c.is_alphanumeric()).map(str::to_owned).collect();
        let words = parts
            .into_iter()
            .chain([whole, joined])
            .filter(|word| word.chars().count() >= 3);
        self.words.extend(words.map(|word| (word, kind)));
        self
    }

    /// `YYYY-MM-DD`, in the ways people write it.
    #[must_use]
    pub fn with_birth_date(mut self, iso: &str) -> Self {
        if let [year, month, day] = iso.split('-').collect::<Vec<_>>().as_slice() {
            let short = year.get(2..).unwrap_or(year);
            for parts in [
                [*day, *month, *year],
                [*day, *month, short],
                [*year, *month, *day],
                [*month, *day, *year],
                [short, *month, *day],
            ] {
                self.words.push((parts.concat(), Personal::BirthDate));
                self.words.push((parts.join("/"), Personal::BirthDate));
            }
            self.words.push(((*year).to_owned(), Personal::BirthDate));
        }
        self
    }

    /// The kind of the longest word in the text.
    fn found_in(&self, folded: &str) -> Option<Personal> {
        let found = self.words.iter().filter(|(word, _)| folded.contains(word.as_str()));
        found.max_by_key(|(word, _)| word.len()).map(|(_, kind)| *kind)
    }
}

/// # Errors
/// Why this password is not taken.
pub fn screen(password: &Password, context: &Context) -> Result<(), Unsuitable> {
    let characters = password.characters();
    if characters < MIN_CHARACTERS {
        return Err(Unsuitable::TooShort);
    }
    if characters > MAX_CHARACTERS {
        return Err(Unsuitable::TooLong);
    }
    let text = password.expose();
    if let Some(kind) = whole_is_personal(text, context) {
        return Err(Unsuitable::Personal(kind));
    }
    let words: Vec<&str> = context.words.iter().map(|(word, _)| word.as_str()).collect();
    if strong_enough(text, &words) {
        return Ok(());
    }
    match context.found_in(&fold(text)) {
        Some(kind) if strong_enough(text, &[]) => Err(Unsuitable::Personal(kind)),
        _ if is_one_known_word(text) => Err(Unsuitable::Common),
        _ => Err(Unsuitable::Guessable),
    }
}

fn strong_enough(text: &str, context: &[&str]) -> bool {
    zxcvbn(text, context).guesses() >= FEWEST_GUESSES
}

/// The whole password is a word of the context, digits and signs around it left aside.
fn whole_is_personal(text: &str, context: &Context) -> Option<Personal> {
    let folded = fold(text);
    let core = folded.trim_matches(|c: char| !c.is_alphabetic());
    let same = |word: &str| word == folded || (!core.is_empty() && word == core);
    context.words.iter().find(|(word, _)| same(word)).map(|(_, kind)| *kind)
}

fn is_one_known_word(text: &str) -> bool {
    let estimate = zxcvbn(text, &[]);
    matches!(estimate.sequence(), [only] if matches!(
        only.pattern,
        zxcvbn::matching::patterns::MatchPattern::Dictionary(_)
    ))
}

/// Lower case without accents: people change both first.
fn fold(text: &str) -> String {
    let is_mark = |c: &char| unicode_normalization::char::is_combining_mark(*c);
    text.trim()
        .nfkd()
        .filter(|c| !is_mark(c))
        .flat_map(char::to_lowercase)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn verdict(text: &str) -> Result<(), Unsuitable> {
        let context = Context::default()
            .with(Personal::LabName, "Laboratoire du Port")
            .with(Personal::Identifier, "P-102477")
            .with(Personal::Name, "Odette")
            .with(Personal::Name, "Lemaître")
            .with_birth_date("1944-05-12");
        screen(&Password::typed(text).unwrap(), &context)
    }

    #[test]
    fn r09_lengths_are_counted_in_characters_and_nothing_is_cut() {
        assert_eq!(verdict("gvK8#qz"), Err(Unsuitable::TooShort));
        assert_eq!(verdict("gvK8#qzw"), Ok(()));
        assert_eq!(
            verdict("🦔🌲🫖🎻🪁🧵🛶"),
            Err(Unsuitable::TooShort),
            "seven emoji are seven characters"
        );
        for length in [64, 65, 1_000, 1_024] {
            let text: String = "la cigogne repasse ses rideaux mauves "
                .chars()
                .cycle()
                .take(length)
                .collect();
            assert_eq!(verdict(&text), Ok(()), "{length}");
        }
        let endless: String = "x y".chars().cycle().take(1_025).collect();
        assert_eq!(verdict(&endless), Err(Unsuitable::TooLong));
        assert_eq!(
            verdict("trois tortues sous la pluie"),
            Ok(()),
            "spaces are characters like others"
        );
    }

    #[test]
    fn r11_common_guessable_and_personal_passwords_are_told_apart() {
        for common in ["password", "azertyuiop", "12345678", "Password"] {
            assert_eq!(verdict(common), Err(Unsuitable::Common), "{common}");
        }
        for guessable in ["aaaaaaaaaa", "abcabcabcabc", "azertyazerty"] {
            assert_eq!(verdict(guessable), Err(Unsuitable::Guessable), "{guessable}");
        }
        for (personal, kind) in [
            ("Lemaitre!", Personal::Name),
            ("lemaître44", Personal::Name),
            ("Odette1944", Personal::Name),
            ("1944Lemaitre", Personal::Name),
            ("12051944", Personal::BirthDate),
            ("12/05/1944", Personal::BirthDate),
            ("p-102477", Personal::Identifier),
        ] {
            assert_eq!(verdict(personal), Err(Unsuitable::Personal(kind)), "{personal}");
        }
    }
}
