//! The contents of the columns: invented people, with the accents, quotes and separators that real exports have.

use std::fmt::Write;

use domain::invented::{Dice, FAMILY, InventedPerson};

const STREETS: &[&str] = &[
    "rue de l'Église",
    "avenue du Général-Leclerc",
    "chemin des Prés",
    "place de la Mairie",
    "impasse Saint-Exupéry",
    "bd Voltaire",
];
const TOWNS: &[&str] = &[
    "Rennes",
    "Besançon",
    "Saint-Étienne",
    "Nîmes",
    "Quimper",
    "Orléans",
    "Vannes",
    "Fougères",
    "Le Mans",
];
const REMARKS: &[&str] = &[
    "à jeun",
    "RAS",
    "prélèvement difficile, veine fine",
    "patient \"anxieux\" ; prévoir pédiatrique",
    "sous anticoagulant",
    "résultat à envoyer au Dr; copie mairie",
    "enceinte de 12 SA",
    "allergie latex",
    "diabète T2, HbA1c < 7 %",
    "rappeler avant 18 h\nne pas laisser de message",
    "traitement : lévothyrox 75 µg",
    "3 tubes, 1 \"EDTA\"",
];

/// Headers of the columns that a table begins with; the others are numbered.
pub(super) const HEADERS: &[&str] = &[
    "nom",
    "prenom",
    "identifiant",
    "date_naissance",
    "sexe",
    "nir",
    "mot_de_passe",
    "adresse",
    "code_postal",
    "ville",
    "telephone",
    "email",
    "medecin_traitant",
    "mutuelle",
    "commentaire",
    "date_creation",
];

/// What does not depend on a column.
#[derive(Debug)]
pub(super) struct Person {
    pub identifier: String,
    pub password: String,
    who: InventedPerson,
    woman: bool,
    town: u64,
}

impl Person {
    pub fn new(dice: &mut Dice, row: u64, account: Option<super::Account>) -> Self {
        let who = InventedPerson::new(dice);
        let (identifier, password) = match account {
            Some(account) => (account.identifier, account.password),
            None => (format!("Q-{:07}", row + 1), None),
        };
        let chosen = who.password(dice);
        Self {
            identifier,
            password: password.unwrap_or(chosen),
            who,
            woman: dice.percent(55),
            town: dice.below(TOWNS.len() as u64),
        }
    }

    /// Writes the field of this header; numbered columns are mostly empty.
    pub fn write(&self, out: &mut String, at: usize, dice: &mut Dice) {
        let (year, month, day) = self.who.born;
        let department = 1 + self.town * 9 % 95;
        let written = match at {
            0 => write!(out, "{}", self.who.family),
            1 => write!(out, "{}", self.who.given),
            3 => write!(out, "{day:02}/{month:02}/{year}"),
            4 => write!(out, "{}", if self.woman { "F" } else { "M" }),
            5 => write!(
                out,
                "{}{:02}{month:02}{department:02}{:03}{:03}",
                if self.woman { 2 } else { 1 },
                year % 100,
                dice.below(1000),
                dice.below(1000)
            ),
            7 => write!(out, "{}, {}", 1 + dice.below(180), dice.pick(STREETS)),
            8 => write!(out, "{department:02}{:03}", dice.below(40) * 10),
            9 => write!(out, "{}", TOWNS.get(self.town as usize).copied().unwrap_or_default()),
            10 => write!(out, "06{:08}", dice.below(100_000_000)),
            11 => write!(out, "p{}.{}@example.org", dice.below(10_000_000), year),
            12 => write!(out, "Dr {}", dice.pick(FAMILY)),
            13 => write!(out, "{}", dice.pick(&["MGEN", "Harmonie", "", "", "AG2R", "MAAF"])),
            14 if dice.percent(30) => write!(out, "{}", dice.pick(REMARKS)),
            14 => Ok(()),
            15 => write!(
                out,
                "20{:02}-{:02}-{:02}",
                8 + dice.below(12),
                1 + dice.below(12),
                1 + dice.below(28)
            ),
            _ => self.write_filler(out, at, dice),
        };
        debug_assert!(written.is_ok(), "a string takes everything");
    }

    fn write_filler(&self, out: &mut String, at: usize, dice: &mut Dice) -> std::fmt::Result {
        match at % 11 {
            0 | 4 => write!(out, "{}", dice.below(2)),
            1 if dice.percent(50) => write!(out, "{}", dice.below(500)),
            6 if dice.percent(30) => write!(out, "{},{}", dice.below(20), dice.below(10)),
            8 if dice.percent(10) => write!(out, "{}", dice.pick(REMARKS)),
            9 => write!(out, "{}", dice.pick(&["N", "O", "A+", "O+", "B-"])),
            _ => Ok(()),
        }
    }
}
