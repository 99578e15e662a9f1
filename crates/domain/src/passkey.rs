//! What is decided about passkeys beyond their signatures.

use kernel::clock::Timestamp;
use kernel::ids::PasskeyId;

/// Of one account. No one has so many devices; without a limit a stolen session could fill the database.
pub const MOST: usize = 20;

const LONGEST_NAME: usize = 60;

/// The name that a person gives a passkey, as it is stored: one short line. If empty, the page shows words of its own.
pub fn name(typed: &str) -> String {
    let plain = typed.chars().filter(|c| !c.is_control()).take(LONGEST_NAME);
    plain.collect::<String>().trim().to_owned()
}

/// As its holder sees it in their list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PasskeyEntry {
    pub id: PasskeyId,
    pub name: String,
    pub added_at: Timestamp,
    pub last_used_at: Option<Timestamp>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_one_short_line() {
        assert_eq!(name("  Téléphone\nde Léa \u{0}"), "Téléphonede Léa");
        assert_eq!(name(&"é".repeat(100)).chars().count(), LONGEST_NAME);
        assert_eq!(name(" \t"), "");
    }
}
