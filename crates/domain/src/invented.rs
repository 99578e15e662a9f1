//! People who do not exist: those in made lists, and canaries.

/// SplitMix64: forty bits of luck a call would do; nothing here is a secret.
#[derive(Debug)]
pub struct Dice(u64);

impl Dice {
    pub fn new(seed: u64, row: u64) -> Self {
        let mut dice = Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ row.wrapping_mul(0xd1b5_4a32_d192_ed03));
        dice.next();
        dice
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// From 0 to one less than `sides`.
    pub fn below(&mut self, sides: u64) -> u64 {
        ((u128::from(self.next()) * u128::from(sides)) >> 64) as u64
    }

    pub fn percent(&mut self, chance: u64) -> bool {
        self.below(100) < chance
    }

    pub fn pick<'a>(&mut self, from: &[&'a str]) -> &'a str {
        let at = usize::try_from(self.below(from.len() as u64)).unwrap_or_default();
        from.get(at).copied().unwrap_or_default()
    }
}

pub const FAMILY: &[&str] = &[
    "Martin",
    "Bernard",
    "Dubois",
    "Lefèvre",
    "Le Goff",
    "Moreau",
    "Garçon",
    "Lemaître",
    "Müller",
    "D'Angelo",
    "Nguyễn",
    "Benamou",
    "Diallo",
    "Roussel",
    "Pérez-Gómez",
    "Faÿ",
    "Œuvrard",
    "de La Tour",
    "Kowalski",
    "Çelik",
    "Boulanger",
];
const GIVEN: &[&str] = &[
    "Odette",
    "Léa",
    "Yann",
    "Sarah",
    "Marcel",
    "Zoé",
    "Anaïs",
    "Noël",
    "Claire",
    "Awa",
    "Jeanne",
    "Loïc",
    "Inès",
    "François",
    "Hélène",
    "Jean-Marie",
    "Mohamed",
    "Gaëlle",
    "Élodie",
    "Théo",
];
const WORDS: &[&str] = &[
    "soleil",
    "doudou",
    "chocolat",
    "azerty",
    "loulou",
    "marseille",
    "bretagne",
    "coucou",
    "papillon",
    "Nicolas",
    "été",
    "chaton",
    "Noël",
    "password",
    "camille",
];

/// Names with the accents and quotes that real exports have.
#[derive(Clone, Copy, Debug)]
pub struct InventedPerson {
    pub family: &'static str,
    pub given: &'static str,
    /// Year, month, day.
    pub born: (u64, u64, u64),
}

impl InventedPerson {
    pub fn new(dice: &mut Dice) -> Self {
        Self {
            family: dice.pick(FAMILY),
            given: dice.pick(GIVEN),
            born: (1925 + dice.below(95), 1 + dice.below(12), 1 + dice.below(28)),
        }
    }

    /// What people choose; one in a hundred has a sign that tables use themselves.
    pub fn password(&self, dice: &mut Dice) -> String {
        let (given, year) = (self.given, self.born.0);
        let word = dice.pick(WORDS);
        let number = dice.below(1000);
        match dice.below(100) {
            0 => format!("{word};{number}"),
            1 => format!("{word}\"{number}\""),
            2 => format!(" {word} {number}"),
            3 => format!("{word}:{number},!"),
            4..40 => format!("{given}{year}"),
            40..75 => format!("{word}{number}"),
            _ => format!("{word}{year}!"),
        }
    }
}
