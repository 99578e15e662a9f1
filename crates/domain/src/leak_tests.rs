//! An account among leaks that cross, come late, are undone: what the pure functions say, beside a model that remembers
//! every password and every list as it happened.

use std::time::Duration;

use proptest::prelude::*;

use super::leak::*;
use kernel::clock::Timestamp;

const WITHIN: Duration = Duration::from_secs(24 * 3600);
const LEAKS: usize = 3;

#[derive(Clone, Copy, Debug)]
enum Act {
    Hours(u8),
    Read(usize, Effect),
    Apply(usize),
    Undo(usize),
    Close(usize),
    SetPassword { by_enrolment: bool },
}

fn acts() -> impl Strategy<Value = Vec<Act>> {
    let leak = 0..LEAKS;
    let effect = prop_oneof![
        3 => Just(Effect::Rotate),
        1 => Just(Effect::Disable),
        1 => Just(Effect::Tell)
    ];
    let act = prop_oneof![
        3 => (1..30_u8).prop_map(Act::Hours),
        2 => (leak.clone(), effect).prop_map(|(leak, effect)| Act::Read(leak, effect)),
        2 => leak.clone().prop_map(Act::Apply),
        1 => leak.clone().prop_map(Act::Undo),
        1 => leak.prop_map(Act::Close),
        2 => any::<bool>().prop_map(|by_enrolment| Act::SetPassword { by_enrolment }),
    ];
    proptest::collection::vec(act, 1..24)
}

/// A list as it happened: which of the account's passwords it can hold.
#[derive(Clone, Copy, Debug)]
struct Remembered {
    state: LeakState,
    effect: Effect,
    password: usize,
    began_at: Timestamp,
    effective_at: Timestamp,
    progress: Progress,
}

#[derive(Debug)]
struct World {
    now: Timestamp,
    /// How many passwords the account has had.
    password: usize,
    password_set_at: Timestamp,
    leaks: [Option<Remembered>; LEAKS],
}

impl World {
    fn new() -> Self {
        Self {
            now: Timestamp::from_seconds(1_000_000),
            password: 0,
            password_set_at: Timestamp::from_seconds(0),
            leaks: [None; LEAKS],
        }
    }

    fn act(&mut self, act: Act) {
        self.now = self.now.plus(Duration::from_secs(1));
        match act {
            Act::Hours(hours) => self.now = self.now.plus(Duration::from_secs(u64::from(hours) * 3600)),
            Act::Read(leak, effect) => {
                self.leaks[leak].get_or_insert(Remembered {
                    state: LeakState::Drafted,
                    effect,
                    password: self.password,
                    began_at: self.now,
                    effective_at: self.now,
                    progress: Progress::Listed,
                });
            }
            Act::Apply(leak) => self.advance(leak, Move::Apply),
            Act::Undo(leak) => self.advance(leak, Move::Undo),
            Act::Close(leak) => self.advance(leak, Move::Close),
            Act::SetPassword { by_enrolment } => {
                self.password += 1;
                self.password_set_at = self.now;
                for leak in self
                    .leaks
                    .iter_mut()
                    .flatten()
                    .filter(|leak| leak.state != LeakState::Undone)
                {
                    if leak.effect != Effect::Tell {
                        leak.progress = leak.progress.with_new_password(by_enrolment);
                    }
                }
            }
        }
        // As the server's job does.
        for leak in self.leaks.iter_mut().flatten().filter(|leak| leak.state.is_in_effect()) {
            if self.now >= leak.effective_at.plus(WITHIN) {
                leak.progress = leak.progress.expired();
            }
        }
    }

    fn advance(&mut self, leak: usize, wanted: Move) {
        let (now, set_at) = (self.now, self.password_set_at);
        if let Some(leak) = &mut self.leaks[leak]
            && let Some(to) = leak.state.after(wanted)
        {
            leak.state = to;
            if wanted == Move::Apply {
                leak.effective_at = now;
                if leak.progress == Progress::Listed {
                    leak.progress = Progress::settled(leak.effect, set_at > leak.began_at);
                }
            }
        }
    }

    fn in_effect(&self) -> impl Iterator<Item = &Remembered> {
        self.leaks.iter().flatten().filter(|leak| leak.state.is_in_effect())
    }

    /// Without looking at any time a password was set.
    fn expected(&self) -> Standing {
        let held = self
            .in_effect()
            .filter(|leak| leak.password == self.password && leak.effect != Effect::Tell);
        let mut expected = Standing::Free;
        for leak in held {
            let until = leak.effective_at.plus(WITHIN);
            if leak.effect == Effect::Disable || self.now >= until {
                return Standing::PasswordDisabled;
            }
            expected = match expected {
                Standing::RotationRequired { until: earlier } => Standing::RotationRequired {
                    until: earlier.min(until),
                },
                _ => Standing::RotationRequired { until },
            };
        }
        expected
    }

    fn standing(&self) -> Standing {
        let listings: Vec<Listing> = self.in_effect().map(listing).collect();
        standing(&listings, Some(self.password_set_at), WITHIN, self.now)
    }
}

fn listing(leak: &Remembered) -> Listing {
    Listing {
        leak: LeakId::from_number(1),
        effect: leak.effect,
        began_at: leak.began_at,
        effective_at: leak.effective_at,
    }
}

proptest! {
    #[test]
    fn r14_the_standing_is_what_the_lists_and_the_passwords_make_it(acts in acts()) {
        let mut world = World::new();
        for act in acts {
            world.act(act);
            prop_assert_eq!(world.standing(), world.expected(), "{:?}", world);
            for leak in world.in_effect() {
                let alone = standing(&[listing(leak)], Some(world.password_set_at), WITHIN, world.now);
                let reported = match leak.progress {
                    Progress::RotationRequired => Some(true),
                    Progress::Disabled => None,
                    Progress::NothingToChange | Progress::Rotated | Progress::ReEnrolled => Some(false),
                    Progress::Listed => return Err(TestCaseError::fail("in effect and not settled")),
                };
                let held = match alone {
                    Standing::RotationRequired { .. } => Some(true),
                    Standing::PasswordDisabled => None,
                    Standing::Free => Some(false),
                };
                prop_assert_eq!(reported, held, "the report says what holds: {:?}", world);
            }
        }
    }
}

#[test]
fn a_newer_password_is_never_locked_again_by_a_slower_import() {
    let at = Timestamp::from_seconds;
    let slow = Listing {
        leak: LeakId::from_number(1),
        effect: Effect::Rotate,
        began_at: at(100),
        effective_at: at(500),
    };
    assert_eq!(standing(&[slow], Some(at(200)), WITHIN, at(600)), Standing::Free);
    let until = at(500).plus(WITHIN);
    assert_eq!(
        standing(&[slow], Some(at(99)), WITHIN, at(600)),
        Standing::RotationRequired { until }
    );
    assert_eq!(
        standing(&[slow], Some(at(99)), WITHIN, until),
        Standing::PasswordDisabled
    );
}

#[test]
fn contacts_are_frozen_for_a_week_from_the_last_list() {
    let day = Duration::from_secs(86_400);
    let start = Timestamp::from_seconds(0);
    let on = |effective_at| Listing {
        leak: LeakId::from_number(1),
        effect: Effect::Tell,
        began_at: start,
        effective_at,
    };
    let listings = [on(start), on(start.plus(3 * day))];
    let end = start.plus(10 * day);
    assert_eq!(
        contacts_frozen_until(&listings, 7 * day, start.plus(9 * day)),
        Some(end)
    );
    assert_eq!(contacts_frozen_until(&listings, 7 * day, end), None);
    assert_eq!(contacts_frozen_until(&[], 7 * day, start), None);
}

#[test]
fn a_leak_moves_only_where_it_makes_sense() {
    let table: Vec<String> = LeakState::ALL
        .iter()
        .map(|state| {
            let after = [Move::Draft, Move::Request, Move::Apply, Move::Undo, Move::Close]
                .map(|wanted| state.after(wanted).map_or("-", LeakState::as_str));
            format!("{}: {}", state.as_str(), after.join(" "))
        })
        .collect();
    assert_eq!(
        table,
        [
            "reading: drafted - - undone -",
            "drafted: - awaiting-approval applied undone -",
            "awaiting-approval: - - applied undone -",
            "applied: - - - undone closed",
            "closed: - - - - -",
            "undone: - - - - -",
            "suspected: - - - undone closed",
        ]
    );
}

#[test]
fn a_word_reads_back_what_it_says() {
    for state in LeakState::ALL {
        assert_eq!(state.as_str().parse(), Ok(*state));
    }
    for progress in Progress::ALL {
        assert_eq!(progress.as_str().parse(), Ok(*progress));
    }
    assert!("7".parse::<LeakId>().is_ok() && "0".parse::<LeakId>().is_err() && "x".parse::<LeakId>().is_err());
}

#[test]
fn what_is_in_effect_is_felt_until_it_is_undone() {
    let felt: Vec<_> = LeakState::ALL.iter().filter(|state| state.is_in_effect()).collect();
    assert_eq!(felt, [&LeakState::Applied, &LeakState::Closed]);
}

#[test]
fn a_new_password_is_counted_by_how_it_came_about() {
    for progress in Progress::ALL {
        let after = (progress.with_new_password(false), progress.with_new_password(true));
        let expected = match progress {
            Progress::NothingToChange => (Progress::NothingToChange, Progress::NothingToChange),
            Progress::ReEnrolled => (Progress::ReEnrolled, Progress::ReEnrolled),
            _ => (Progress::Rotated, Progress::ReEnrolled),
        };
        assert_eq!(after, expected, "{progress:?}");
    }
}
