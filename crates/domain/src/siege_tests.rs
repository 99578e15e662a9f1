//! Simulated months of a laboratory: what is a siege, and what only looks like one.

use std::time::Duration;

use proptest::prelude::*;

use super::siege::{
    Baseline, Counts, QUIET, RECENT, REMEMBERED, Rules, SLOT, Siege, Slot, Span, State, WINDOW, add, within,
};
use kernel::clock::Timestamp;

const RULES: Rules = Rules {
    enabled: true,
    at_least: 100,
    factor: 3,
};
/// A Monday at midnight.
const START: Timestamp = Timestamp::from_seconds(1_790_553_600);
const MINUTE: Duration = SLOT;
const DAY: Duration = Duration::from_secs(86_400);

/// A lab and its servers, minute by minute; what happens in a minute may depend on whether there is a siege.
struct Lab {
    now: Timestamp,
    slots: Vec<Slot>,
    spans: Vec<Slot>,
    earlier: Vec<Span>,
    state: State,
    baseline: Baseline,
    noise: u64,
}

impl Lab {
    fn new() -> Self {
        Self {
            now: START,
            slots: Vec::new(),
            spans: Vec::new(),
            earlier: Vec::new(),
            state: State::Calm,
            baseline: Baseline::default(),
            noise: 7,
        }
    }

    /// Evenly between zero and one, the same in every run.
    fn noise(&mut self) -> f64 {
        self.noise = self.noise.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        f64::from(u32::try_from(self.noise >> 32).unwrap()) / f64::from(u32::MAX)
    }

    fn minute(&mut self, counts: Counts) {
        self.slots.push(Slot { at: self.now, counts });
        let length = i64::try_from(WINDOW.as_micros()).unwrap();
        let at = Timestamp::from_micros(self.now.micros() - self.now.micros() % length);
        match self.spans.last_mut() {
            Some(span) if span.at == at => span.counts = span.counts.and(counts),
            _ => self.spans.push(Slot { at, counts }),
        }
        self.now = self.now.plus(MINUTE);
        let now = self.now;
        // As often as servers do.
        if now.unix_seconds() % 600 == 0 {
            self.spans.retain(|span| now.since(span.at) <= REMEMBERED);
            self.baseline = Baseline::of(&self.spans, &self.earlier, now);
        }
        self.slots.retain(|slot| now.since(slot.at) <= RECENT);
        let next = self.state.next(&self.slots, self.baseline, &RULES, now);
        match (self.state, next) {
            (State::Calm, State::Siege(siege)) => self.earlier.push(Span {
                began: siege.began,
                ended: None,
            }),
            (State::Siege(_), State::Calm) => self.earlier.last_mut().unwrap().ended = Some(now),
            _ => {}
        }
        self.state = next;
    }

    /// This many sign-ins a day at the pace of a weekday; a share of them fail first.
    fn people(&mut self, a_day: f64, failing: f64) -> Counts {
        let hour = (self.now.unix_seconds() / 3600) % 24;
        let pace = match hour {
            0..=5 => 0.05,
            6..=8 => 1.0,
            9..=11 => 2.2,
            12..=18 => 1.4,
            _ => 0.7,
        };
        let expected = a_day / 1440.0 * pace;
        let came = (expected * 2.0 * self.noise()).round();
        let failed = (came * failing * 2.0 * self.noise()).round();
        counts(failed, came)
    }

    fn days(&mut self, days: u32, a_day: f64, hostile_a_minute: f64) {
        for _ in 0..days * 1440 {
            let people = self.people(a_day, 0.2);
            self.minute(people.and(counts(hostile_a_minute, 0.0)));
        }
    }
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "small and positive"
)]
fn counts(failures: f64, successes: f64) -> Counts {
    Counts {
        failures: failures as u64,
        turned_away: 0,
        successes: successes as u64,
    }
}

#[test]
fn a_lab_of_any_size_that_nobody_attacks_has_no_siege_in_two_months() {
    for a_day in [50.0, 2_000.0, 100_000.0] {
        let mut lab = Lab::new();
        lab.days(61, a_day, 0.0);
        assert!(lab.earlier.is_empty(), "{a_day} sign-ins a day: {:?}", lab.earlier);
    }
}

#[test]
fn the_morning_after_a_mail_to_everybody_is_no_siege() {
    let mut lab = Lab::new();
    lab.days(21, 10_000.0, 0.0);
    for _ in 0..180 {
        // Forty times the usual, and nearly half of it mistyped.
        let people = lab.people(400_000.0, 0.45);
        lab.minute(people);
        assert_eq!(lab.state, State::Calm, "at {}", lab.now);
    }
}

#[test]
fn r20_a_slow_attack_on_a_whole_list_is_a_siege_within_minutes() {
    let mut lab = Lab::new();
    lab.days(21, 10_000.0, 0.0);
    let guesses_a_minute = 491_840.0 * 25.0 / 1440.0;
    let people = lab.people(10_000.0, 0.2);
    lab.minute(people.and(counts(guesses_a_minute, 0.0)));
    assert!(matches!(lab.state, State::Siege(_)));
    // A hundred times slower.
    let mut lab = Lab::new();
    lab.days(21, 10_000.0, 0.0);
    for _ in 0..3 {
        let people = lab.people(10_000.0, 0.2);
        lab.minute(people.and(counts(guesses_a_minute / 100.0, 0.0)));
    }
    assert!(matches!(lab.state, State::Siege(_)), "{:?}", lab.baseline);
}

#[test]
fn a_siege_ends_after_half_an_hour_of_quiet_and_not_while_guesses_are_turned_away() {
    let mut lab = Lab::new();
    lab.days(2, 2_000.0, 0.0);
    lab.minute(counts(500.0, 1.0));
    assert!(matches!(lab.state, State::Siege(_)));
    for _ in 0..6 * 60 {
        lab.minute(Counts {
            turned_away: 8,
            ..Counts::default()
        });
        assert!(matches!(lab.state, State::Siege(_)), "they are still there");
    }
    let quiet_from = lab.now;
    while lab.state != State::Calm {
        lab.minute(counts(0.0, 1.0));
        assert!(lab.now.since(quiet_from) < Duration::from_secs(3600), "it never ends");
    }
    assert!(lab.now.since(quiet_from) >= Duration::from_secs(30 * 60));
}

#[test]
fn an_attack_just_above_half_the_limit_holds_a_siege_and_one_below_does_not() {
    let siege = Siege {
        began: START,
        limit: 100,
        seen: Counts::default(),
    };
    let after = |a_minute: f64| {
        let slots: Vec<Slot> = (0..60)
            .map(|n| Slot {
                at: START.plus(MINUTE * n),
                counts: counts(a_minute, 0.0),
            })
            .collect();
        let now = START.plus(MINUTE * 60);
        State::Siege(siege).next(&slots, Baseline::default(), &RULES, now)
    };
    assert_eq!(after(6.0), State::Siege(siege));
    assert_eq!(after(4.0), State::Calm);
}

#[test]
fn an_attack_does_not_become_usual() {
    let mut lab = Lab::new();
    lab.days(21, 2_000.0, 0.0);
    let limit = RULES.limit(lab.baseline);
    // Just below the limit for a month, at night as well as by day.
    lab.days(30, 2_000.0, 9.0);
    let later = RULES.limit(lab.baseline);
    assert!(later <= limit.max(100) + 20, "{limit} became {later}");
    // And a long siege leaves no trace in what is usual.
    let mut lab = Lab::new();
    lab.days(14, 2_000.0, 0.0);
    let limit = RULES.limit(lab.baseline);
    for _ in 0..3 * 1440 {
        let people = lab.people(2_000.0, 0.2);
        lab.minute(people.and(counts(400.0, 300.0)));
    }
    assert!(matches!(lab.state, State::Siege(_)));
    let later = RULES.limit(lab.baseline);
    assert!(later <= limit + 5, "{limit} became {later}");
}

#[test]
fn a_lab_without_a_past_has_the_configured_least() {
    assert_eq!(RULES.limit(Baseline::of(&[], &[], START)), 100);
    let slots = |failures: f64| {
        [Slot {
            at: START,
            counts: counts(failures, 0.0),
        }]
    };
    let after = |failures: f64| State::Calm.next(&slots(failures), Baseline::default(), &RULES, START.plus(MINUTE));
    assert_eq!(after(100.0), State::Calm);
    assert!(matches!(after(101.0), State::Siege(_)));
}

proptest! {
    #[test]
    fn disabled_there_is_none_and_it_ends(failures in 0_u64..1_000_000, began in 0_i64..100_000) {
        let rules = Rules { enabled: false, ..RULES };
        let slots = [Slot { at: START, counts: Counts { failures, ..Counts::default() } }];
        let siege = Siege { began: START.minus(Duration::from_secs(u64::try_from(began).unwrap())), limit: 1, seen: Counts::default() };
        for state in [State::Calm, State::Siege(siege)] {
            prop_assert_eq!(state.next(&slots, Baseline::default(), &rules, START.plus(MINUTE)), State::Calm);
        }
    }

    #[test]
    fn more_failures_never_end_a_siege_and_more_successes_never_begin_one(
        minutes in proptest::collection::vec((0_u64..60, 0_u64..60), 40),
        more in 0_u64..100,
    ) {
        let now = START.plus(MINUTE * 40);
        let slots = |failures: u64, successes: u64| -> Vec<Slot> {
            minutes.iter().enumerate().map(|(n, (failed, came))| Slot {
                at: START.plus(MINUTE * u32::try_from(n).unwrap()),
                counts: Counts { failures: failed + failures, turned_away: 0, successes: came + successes },
            }).collect()
        };
        let siege = State::Siege(Siege { began: START, limit: 100, seen: Counts::default() });
        let next = |state: State, slots: &[Slot]| state.next(slots, Baseline::default(), &RULES, now) != State::Calm;
        if next(siege, &slots(0, 0)) {
            prop_assert!(next(siege, &slots(more, 0)));
        }
        if !next(State::Calm, &slots(0, 0)) {
            prop_assert!(!next(State::Calm, &slots(0, more)));
        }
    }

    #[test]
    fn what_is_usual_is_never_more_failures_than_successes(
        spans in proptest::collection::vec((0_u64..5_000, 0_u64..50), 1..300),
    ) {
        let spans: Vec<Slot> = spans.iter().enumerate().map(|(n, (failures, successes))| Slot {
            at: START.plus(WINDOW * u32::try_from(n).unwrap()),
            counts: Counts { failures: *failures, turned_away: 0, successes: *successes },
        }).collect();
        let now = START.plus(DAY * 10);
        let baseline = Baseline::of(&spans, &[], now);
        prop_assert!(RULES.limit(baseline) <= 3 * 50 + 3 * 50, "{:?}", baseline);
    }
}

#[test]
fn what_is_usual_is_the_mean_of_the_ten_minutes_before_the_last_and_their_spread() {
    let at = |number: u32| START.plus(WINDOW * number);
    let slot = |number, failures, successes| Slot {
        at: at(number),
        counts: Counts {
            failures,
            successes,
            ..Counts::default()
        },
    };
    let spans = [slot(0, 10, 100), slot(1, 20, 100), slot(2, 90, 30), slot(3, 500, 500)];
    // With nothing added: how many deviations and, beside them, how often the mean.
    let of = |spans: &[Slot], earlier: &[Span]| {
        let baseline = Baseline::of(spans, earlier, at(4));
        [0, 1].map(|factor| {
            Rules {
                at_least: 0,
                factor,
                ..RULES
            }
            .limit(baseline)
        })
    };
    let usual = |earlier: &[Span]| of(&spans, earlier);
    // Of 10, 20 and 30: no more failures than successes, and not those that may still go on.
    assert_eq!(usual(&[]), [25, 45], "three times 8.16, and 20");
    // What led to a siege is not usual; nor is what it holds.
    let (over, open, late) = (
        Span {
            began: at(1),
            ended: Some(at(2)),
        },
        Span {
            began: at(1),
            ended: None,
        },
        Span {
            began: at(3),
            ended: None,
        },
    );
    assert_eq!((usual(&[over]), usual(&[late])), ([0, 30], [15, 30]));
    assert_eq!(Baseline::of(&spans, &[open], at(4)), Baseline::default());
    let limit = |spans: &[Slot]| RULES.limit(Baseline::of(spans, &[], at(3)));
    assert_eq!(limit(&[]), 100);
    assert_eq!(
        limit(&[slot(0, 50, 50), slot(1, 50, 50)]),
        150,
        "so many times what is usual"
    );
    assert_eq!(
        limit(&[slot(0, 40, 40), slot(1, 60, 60)]),
        180,
        "and three of its deviations"
    );
}

#[test]
fn a_siege_is_over_below_half_of_what_was_too_many() {
    let siege = State::Siege(Siege {
        began: START,
        limit: 100,
        seen: Counts::default(),
    });
    let now = START.plus(QUIET);
    let next = |failures| {
        let counts = Counts {
            failures,
            ..Counts::default()
        };
        let recent = [Slot {
            at: now.minus(SLOT * 5),
            counts,
        }];
        siege.next(&recent, Baseline::default(), &RULES, now)
    };
    assert_eq!((next(50), next(49)), (siege, State::Calm));
    assert_eq!(RECENT, QUIET + WINDOW, "its end follows from what is kept");
}

#[test]
fn what_is_of_one_minute_is_counted_together() {
    let one = Counts {
        failures: 1,
        turned_away: 2,
        successes: 3,
    };
    let mut slots = Vec::new();
    for seconds in [0, 59, 60] {
        add(&mut slots, one, START.plus(Duration::from_secs(seconds)));
    }
    let (first, second) = (START, START.plus(SLOT));
    assert_eq!(
        slots,
        [
            Slot {
                at: first,
                counts: one.and(one)
            },
            Slot {
                at: second,
                counts: one
            }
        ]
    );
    assert_eq!(within(&slots, SLOT, second), one);
    assert_eq!(one.and(one).without(one), one);
}
