//! What people make of one password when they have to choose another. An attacker who holds a leaked password tries
//! these; so of a new password the variants are made, and none of them may be the leaked one.

use std::collections::HashSet;

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;
use zeroize::Zeroizing;

use crypto::blind_index::BlindIndex;
use crypto::leak_digest::{PairDigest, PairDigester};

/// Beyond these, published attacks gain little.
pub const MOST: usize = 256;

/// Digits at the end: people do not count beyond this.
const LONGEST_NUMBER: usize = 9;
/// Pairs of changes that are likelier than a year taken off.
const LIKELY: usize = 10;
const YEARS_APART: u64 = 3;
/// Common endings of passwords, the most common first.
const ENDINGS: &[&str] = &[
    "1", "!", "123", "12", "2", "01", ".", "*", "?", "1!", "123!", "@", "0", "3", "4", "5", "6", "7", "8", "9", "$",
];
/// Years that people are born in, marry in, or live in: what may have been taken off a password that ends in a letter.
const YEARS: std::ops::Range<u32> = 1940..2030;
/// Letters and the signs that are written for them.
const LEET: &[(char, char)] = &[
    ('o', '0'),
    ('a', '@'),
    ('e', '3'),
    ('i', '1'),
    ('a', '4'),
    ('s', '$'),
    ('s', '5'),
    ('i', '!'),
    ('t', '7'),
];

/// The password itself and what it may have been made of, most likely first, without repetition, [`MOST`] at most. In
/// NFC, as digests of leaked passwords are.
pub fn variants(password: &str) -> Vec<Zeroizing<String>> {
    let Parts { head, stem, tail } = Parts::of(password);
    let (stems, tails, heads) = (stems(stem), tails(tail), heads(head));
    let lower = password.to_lowercase();
    let mut found = Variants::default();
    for whole in [password, &lower, &reversed(password), &read_leet(&lower)] {
        found.add(&[whole]);
    }
    tails.iter().for_each(|other| found.add(&[head, stem, other]));
    stems.iter().for_each(|other| found.add(&[head, other, tail]));
    heads.iter().for_each(|other| found.add(&[other, stem, tail]));
    // Two changes at once, by how likely both are.
    for rank in 0..stems.len() + tails.len() {
        if rank == LIKELY && tail.is_empty() {
            YEARS.for_each(|year| found.add(&[head, stem, &year.to_string()]));
        }
        for (at, stem) in stems.iter().enumerate().take(rank + 1) {
            if let Some(tail) = tails.get(rank - at) {
                found.add(&[head, stem, tail]);
                found.add(&[stem, tail]);
            }
        }
    }
    found.all
}

/// Whether one of the pairs was made of this identifier and a variant of this password.
pub fn is_near(digester: &PairDigester, identifier: &BlindIndex, password: &str, pairs: &HashSet<PairDigest>) -> bool {
    let variants = variants(password);
    variants
        .iter()
        .any(|variant| pairs.contains(&digester.digest(identifier, variant)))
}

#[derive(Default)]
struct Variants {
    all: Vec<Zeroizing<String>>,
}

impl Variants {
    fn add(&mut self, parts: &[&str]) {
        if self.all.len() == MOST {
            return;
        }
        let text: String = parts.concat();
        let composed = Zeroizing::new(if text.is_ascii() { text } else { text.nfc().collect() });
        if !composed.is_empty() && !self.all.contains(&composed) {
            self.all.push(composed);
        }
    }
}

/// `!Soleil2019!`: signs and digits, letters, signs and digits.
struct Parts<'a> {
    head: &'a str,
    stem: &'a str,
    tail: &'a str,
}

impl<'a> Parts<'a> {
    fn of(password: &'a str) -> Self {
        let is_sign = |c: char| !c.is_alphabetic();
        let without_tail = password.trim_end_matches(is_sign);
        let stem = without_tail.trim_start_matches(is_sign);
        let (head, _) = without_tail.split_at(without_tail.len() - stem.len());
        let (_, tail) = password.split_at(without_tail.len());
        Self { head, stem, tail }
    }
}

fn stems(stem: &str) -> Vec<String> {
    let lower = stem.to_lowercase();
    let plain = read_leet(&lower);
    let bare = without_accents(&plain);
    let mut all = vec![
        stem.to_owned(),
        lower.clone(),
        capitalized(&lower),
        stem.to_uppercase(),
        with_first_swapped(stem),
        capitalized(&plain),
        capitalized(&bare),
        plain,
        bare,
    ];
    let all_signs = write_leet(&lower);
    all.extend([capitalized(&all_signs), all_signs, reversed(stem), reversed(&lower)]);
    let written = |text: &str, (letter, sign): &(char, char)| text.replace(*letter, sign.encode_utf8(&mut [0; 4]));
    for (at, one) in LEET.iter().enumerate() {
        let once = written(&lower, one);
        all.push(capitalized(&once));
        all.extend(LEET.iter().skip(at + 1).map(|other| written(&once, other)));
        all.push(once);
    }
    distinct(all)
}

/// Removes or keeps what was before the letters, and adds the most common kinds of it.
fn heads(head: &str) -> Vec<String> {
    distinct([head, "", "1", "!"].map(str::to_owned))
}

fn tails(tail: &str) -> Vec<String> {
    let kept = |keep: fn(char) -> bool| tail.chars().filter(|c| keep(*c)).collect::<String>();
    let digits = kept(|c| c.is_ascii_digit());
    let mut shorter = tail.chars();
    shorter.next_back();
    let mut all = vec![
        tail.to_owned(),
        String::new(),
        digits.clone(),
        kept(|c| !c.is_ascii_digit()),
        shorter.as_str().to_owned(),
    ];
    let numbers = other_numbers(&digits);
    // Counted down and up, and the sign after it left out.
    let mut rest = numbers.iter();
    all.extend(
        rest.by_ref()
            .take(2)
            .flat_map(|number| [tail.replace(&digits, number), number.clone()]),
    );
    all.extend(
        ENDINGS
            .iter()
            .take(3)
            .flat_map(|ending| [[tail, ending].concat(), (*ending).to_owned()]),
    );
    all.extend(rest.map(|number| tail.replace(&digits, number)));
    all.extend(
        ENDINGS
            .iter()
            .skip(3)
            .flat_map(|ending| [[tail, ending].concat(), (*ending).to_owned()]),
    );
    all.push(reversed(tail));
    distinct(all)
}

/// Counted up and down, another last digit, a year in two digits or in four, a number written twice.
fn other_numbers(digits: &str) -> Vec<String> {
    let Some(number) = digits.parse::<u64>().ok().filter(|_| digits.len() <= LONGEST_NUMBER) else {
        return Vec::new();
    };
    // 09 follows 08, and 999 comes before 1000.
    let width = if digits.len() == 2 || digits.starts_with('0') {
        digits.len()
    } else {
        0
    };
    let like = |other: u64| format!("{other:0width$}");
    let near = (1..=YEARS_APART).flat_map(|step| [number.checked_sub(step), Some(number + step)]);
    let mut all: Vec<String> = near.flatten().map(like).collect();
    match digits.len() {
        2 => all.extend([format!("20{digits}"), format!("19{digits}")]),
        4 => all.extend(digits.get(2..).map(str::to_owned)),
        _ => {}
    }
    all.extend((0..10).map(|last| like(number - number % 10 + last)));
    all.push([digits, digits].concat());
    all
}

fn capitalized(text: &str) -> String {
    let mut rest = text.chars();
    let first = rest.next().map(|c| c.to_uppercase().to_string());
    first.unwrap_or_default() + rest.as_str()
}

fn with_first_swapped(text: &str) -> String {
    let mut rest = text.chars();
    let swapped = rest.next().map(|c| {
        if c.is_uppercase() {
            c.to_lowercase().to_string()
        } else {
            c.to_uppercase().to_string()
        }
    });
    swapped.unwrap_or_default() + rest.as_str()
}

fn read_leet(text: &str) -> String {
    let letter = |c| {
        LEET.iter()
            .find(|(_, sign)| *sign == c)
            .map_or(c, |(letter, _)| *letter)
    };
    text.chars().map(letter).collect()
}

fn write_leet(text: &str) -> String {
    let sign = |c| {
        LEET.iter()
            .find(|(letter, _)| *letter == c)
            .map_or(c, |(_, sign)| *sign)
    };
    text.chars().map(sign).collect()
}

fn without_accents(text: &str) -> String {
    text.nfd().filter(|c| !is_combining_mark(*c)).collect()
}

fn reversed(text: &str) -> String {
    text.chars().rev().collect()
}

fn distinct(texts: impl IntoIterator<Item = String>) -> Vec<String> {
    let mut kept: Vec<String> = Vec::new();
    for text in texts {
        if !kept.contains(&text) {
            kept.push(text);
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    fn finds(new: &str, leaked: &str) -> bool {
        variants(new).iter().any(|variant| variant.as_str() == leaked)
    }

    #[test]
    fn a_new_password_leads_back_to_the_leaked_one_it_was_made_of() {
        for (leaked, new) in [
            ("soleil2019", "soleil2019"),
            ("soleil2019", "Soleil2019"),
            ("Soleil2019", "soleil2019"),
            ("soleil2019", "SOLEIL2019"),
            ("soleil", "soleil1"),
            ("soleil7", "soleil"),
            ("soleil1958", "soleil"),
            ("soleil1", "soleil2"),
            ("soleil09", "soleil10"),
            ("soleil83", "soleil87"),
            ("soleil2019", "soleil2021"),
            ("soleil19", "soleil2019"),
            ("soleil2019", "soleil19"),
            ("soleil2019", "soleil2019!"),
            ("soleil2019!", "soleil2019"),
            ("soleil!", "soleil?"),
            ("soleil2019", "!soleil2019"),
            ("soleil2019", "s0leil2019"),
            ("s0leil2019", "soleil2019"),
            ("M@rseille13", "Marseille13"),
            ("4zerty", "azerty"),
            ("p4ssw0rd", "password"),
            ("soleil2019", "9102lielos"),
            ("ete2020", "été2020!"),
            ("Été2020", "été2020"),
            ("soleil1", "Soleil2!"),
            ("Soleil2019", "soleil2020!"),
            ("soleil", "S0leil1"),
            ("la cigogne repasse", "La cigogne repasse1"),
            ("12345678", "12345679"),
        ] {
            assert!(finds(new, leaked), "{new} is {leaked} in disguise");
        }
    }

    #[test]
    fn another_password_is_another_password() {
        for (leaked, new) in [
            ("soleil2019", "trois tortues sous la pluie"),
            ("soleil", "lune"),
            ("soleil2019", "soleil et lune 2019"),
            ("1", "soleil1"),
        ] {
            assert!(!finds(new, leaked), "{new}, {leaked}");
        }
    }

    proptest! {
        #[test]
        fn the_password_comes_first_and_nothing_twice(password in "\\PC{1,40}") {
            let all = variants(&password);
            let composed: String = password.nfc().collect();
            prop_assert_eq!(all[0].as_str(), composed.as_str());
            prop_assert!(all.len() <= MOST);
            let distinct: BTreeSet<&str> = all.iter().map(|variant| variant.as_str()).collect();
            prop_assert_eq!(distinct.len(), all.len());
            for variant in &all {
                prop_assert!(!variant.is_empty());
                prop_assert_eq!(variant.nfc().collect::<String>(), variant.as_str());
            }
            prop_assert_eq!(&all, &variants(&password), "the same every time");
        }

        #[test]
        fn every_single_tweak_is_undone(stem in "[a-z]{3,12}", number in 10_u64..9_990, sign in "[!.*?@$]") {
            let leaked = format!("{stem}{number}");
            for new in [
                leaked.to_uppercase(),
                capitalized(&leaked),
                reversed(&leaked),
                format!("{leaked}{sign}"),
                format!("{stem}{}", number + 1),
                format!("{stem}{}", number - 1),
                format!("{}{}{sign}", capitalized(&stem), number + 1),
            ] {
                prop_assert!(finds(&new, &leaked), "{} is {} in disguise", new, leaked);
            }
            for new in [leaked, stem.clone() + &sign] {
                prop_assert!(finds(&new, &stem), "{} is {} in disguise", new, stem);
            }
        }
    }
}
