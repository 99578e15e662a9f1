//! Whether two spellings name the same person. What joins two files is exact but for spelling: letter case, accents,
//! hyphens, apostrophes, spaces, and the order of given names. An empty name proves nothing.

use unicode_normalization::UnicodeNormalization;

/// A person's names as they are compared.
#[derive(Clone, PartialEq, Eq)]
pub struct ComparedNames {
    /// In the alphabet's order.
    given: Vec<String>,
    /// The family name and the others that the person goes by: birth name, used name.
    families: Vec<String>,
}

impl ComparedNames {
    pub fn of<'a>(given: &str, families: impl IntoIterator<Item = &'a str>) -> Self {
        let mut given: Vec<String> = words(given).collect();
        given.sort_unstable();
        let families = families.into_iter().map(|family| words(family).collect::<String>());
        Self {
            given,
            families: families.filter(|family| !family.is_empty()).collect(),
        }
    }

    /// The same given names, and a family name in common.
    pub fn agree_with(&self, other: &Self) -> bool {
        let in_common = self.families.iter().any(|family| other.families.contains(family));
        in_common && !self.given.is_empty() && self.given == other.given
    }
}

impl std::fmt::Debug for ComparedNames {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("ComparedNames(..)")
    }
}

/// Lower case, without accents. An apostrophe is no gap: D'Arc is Darc.
fn words(name: &str) -> impl Iterator<Item = String> {
    let plain: String = name
        .nfkd()
        .filter(|c| !unicode_normalization::char::is_combining_mark(*c) && !matches!(c, '\'' | '’' | 'ʼ' | '`' | '´'))
        .flat_map(char::to_lowercase)
        .map(|c| if c.is_alphanumeric() { c } else { ' ' })
        .collect();
    let plain = plain
        .replace('œ', "oe")
        .replace('æ', "ae")
        .replace('ß', "ss")
        .replace('ø', "o");
    let words: Vec<String> = plain.split_whitespace().map(str::to_owned).collect();
    words.into_iter()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn agree(one: (&str, &[&str]), other: (&str, &[&str])) -> bool {
        let of = |(given, families): (&str, &[&str])| ComparedNames::of(given, families.iter().copied());
        let (one, other) = (of(one), of(other));
        assert_eq!(
            one.agree_with(&other),
            other.agree_with(&one),
            "it does not matter who is asked"
        );
        one.agree_with(&other)
    }

    #[test]
    fn spelling_makes_no_other_person() {
        for (one, other) in [
            (("Hélène Marie", "Le-Goff"), ("MARIE HELENE", "LE GOFF")),
            (("He\u{301}le\u{300}ne", "Lemaître"), ("Hélène", "LEMAITRE")),
            (("Jean-Noël", "L’Hôte"), ("jean noel", "L'HOTE")),
            (("Chloé", "Lecœur"), ("CHLOE", "LECOEUR")),
            (("Anne ", "Weiß"), ("Anne", "Weiss")),
        ] {
            assert!(agree((one.0, &[one.1]), (other.0, &[other.1])), "{one:?} {other:?}");
        }
        assert!(agree(("Anne", &["Petit", "Roy"]), ("Anne", &["Roy"])));
    }

    #[test]
    fn another_name_or_none_is_not_the_same_person() {
        for (one, other) in [
            (("Lea", "Martin"), ("Tom", "Martin")),
            (("", "Martin"), ("", "Martin")),
            (("", "Martin"), ("Tom", "Martin")),
            (("Jean", "Martin"), ("Jean Pierre", "Martin")),
            (("Paul", "Merle"), ("Paul", "Merlet")),
            (("Paul", "--"), ("Paul", "--")),
        ] {
            assert!(!agree((one.0, &[one.1]), (other.0, &[other.1])), "{one:?} {other:?}");
        }
    }
}
