//! How often a password was seen in what is published.

/// Two bits of each entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Prevalence {
    /// Fewer than 10 times: enough to refuse it as a new password.
    Few,
    /// 10 to 99 times.
    Tens,
    /// 100 to 9,999 times.
    Hundreds,
    /// 10,000 times and more.
    Legion,
}

impl Prevalence {
    pub const fn of_count(count: u64) -> Self {
        match count {
            0..10 => Self::Few,
            10..100 => Self::Tens,
            100..10_000 => Self::Hundreds,
            _ => Self::Legion,
        }
    }

    /// Seen by enough people to be among what attackers try on any account: a sign-in with it is held.
    pub fn is_widespread(self) -> bool {
        self >= Self::Tens
    }

    pub(super) const fn bits(self) -> u8 {
        match self {
            Self::Few => 0,
            Self::Tens => 1,
            Self::Hundreds => 2,
            Self::Legion => 3,
        }
    }

    pub(super) const fn from_bits(bits: u8) -> Self {
        match bits & 3 {
            0 => Self::Few,
            1 => Self::Tens,
            2 => Self::Hundreds,
            _ => Self::Legion,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ten_times_is_where_a_sign_in_is_held() {
        for (count, held) in [
            (0, false),
            (1, false),
            (9, false),
            (10, true),
            (99, true),
            (10_000, true),
            (u64::MAX, true),
        ] {
            let prevalence = Prevalence::of_count(count);
            assert_eq!(prevalence.is_widespread(), held, "{count}");
            assert_eq!(Prevalence::from_bits(prevalence.bits()), prevalence);
        }
    }
}
