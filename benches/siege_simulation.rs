//! How many of 491,840 leaked accounts an attacker opens by guessing codes, with unlimited addresses, against our
//! limits: `cargo bench --bench siege_simulation`. A simulated month, decided by the functions that decide in the
//! server; the same in every run.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a simulation: it may stop at the first surprise, and its output is its purpose"
)]

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::time::Duration;

use vestibule::config::{Siege, Throttle};
use vestibule::domain::backoff::{Backoff, BackoffDecision, Limits};
use vestibule::domain::siege::{Baseline, Counts, RECENT, REMEMBERED, Rules, SLOT, Slot, Span, State, WINDOW, within};
use vestibule::kernel::clock::Timestamp;

/// Accounts that are tried in the same rhythm share one back-off.
const COHORTS: usize = 1_537;
const COHORT: u64 = 320;
/// Two steps are accepted.
const ONE_CODE: f64 = 2e-6;
const TWO_CODES: f64 = 2e-12;
/// Of those whose leaked password may still be right.
const SHARE: f64 = 0.05;
const DAYS: u64 = 30;
const DAY: Duration = Duration::from_secs(86_400);
const TURN: Duration = Duration::from_secs(3);
/// Of the lab's own patients.
const SIGN_INS_A_DAY: f64 = 10_000.0;
const FAILING: f64 = 0.2;
/// Of an attacker who continues with one code: attempts in one turn.
const PERSISTENCE: u64 = 100;
/// What a cautious attacker leaves to the lab's own patients within ten minutes.
const MARGIN: u64 = 45;
const START: Timestamp = Timestamp::from_seconds(1_790_553_600);

/// What the attacker does about a siege.
#[derive(Clone, Copy, PartialEq)]
enum Attacker {
    /// There is none.
    Undisturbed,
    /// Continues with one code.
    Persists,
    /// Comes back when it is over.
    Withdraws,
    /// Never sends so much that it begins.
    Creeps,
    /// Guesses two in a row.
    GuessesBoth,
}

struct Defence {
    limits: Limits,
    /// The holder signs in every day, so that no row of failures ends an account.
    holder_comes: bool,
    lab_per_minute: u64,
    rules: Rules,
}

/// What strangers and the lab's patients did lately, as the server keeps it.
struct Lab {
    rules: Rules,
    now: Timestamp,
    minutes: Vec<Slot>,
    spans: Vec<Slot>,
    sieges: Vec<Span>,
    state: State,
    baseline: Baseline,
    recent: Counts,
    since_turn: Counts,
    noise: u64,
}

impl Lab {
    fn new(rules: Rules) -> Self {
        Self {
            rules,
            now: START,
            minutes: Vec::new(),
            spans: Vec::new(),
            sieges: Vec::new(),
            state: State::Calm,
            baseline: Baseline::default(),
            recent: Counts::default(),
            since_turn: Counts::default(),
            noise: 7,
        }
    }

    fn stands(&self) -> bool {
        self.state != State::Calm || self.room() == 0 && self.rules.enabled
    }

    /// Failures until a siege.
    fn room(&self) -> u64 {
        let counted = self.recent.and(self.since_turn);
        let most = self.rules.limit(self.baseline).max(counted.successes) + 1;
        most.saturating_sub(counted.failures + counted.turned_away)
    }

    fn noise(&mut self) -> f64 {
        self.noise = self.noise.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        (self.noise >> 32) as f64 / f64::from(u32::MAX)
    }

    /// The patients' part of one turn.
    fn people(&mut self) {
        let pace = match (self.now.unix_seconds() / 3600) % 24 {
            0..=5 => 0.05,
            6..=8 => 1.0,
            9..=11 => 2.2,
            12..=18 => 1.4,
            _ => 0.7,
        };
        let expected = SIGN_INS_A_DAY * pace * TURN.as_secs_f64() / DAY.as_secs_f64();
        self.since_turn.successes += u64::from(self.noise() < expected);
        self.since_turn.failures += u64::from(self.noise() < expected * FAILING);
    }

    /// As the job of every server, every few seconds.
    fn turn(&mut self) {
        add(&mut self.minutes, SLOT, self.now, self.since_turn);
        add(&mut self.spans, WINDOW, self.now, self.since_turn);
        self.since_turn = Counts::default();
        self.now = self.now.plus(TURN);
        let now = self.now;
        self.minutes.retain(|slot| now.since(slot.at) <= RECENT);
        if self.now.unix_seconds() % 600 == 0 {
            self.spans.retain(|span| now.since(span.at) <= REMEMBERED);
            self.baseline = Baseline::of(&self.spans, &self.sieges, now);
        }
        self.recent = within(&self.minutes, WINDOW, now);
        // What ends a siege changes with the minutes.
        if self.state != State::Calm && now.unix_seconds() % 60 != 0 {
            return;
        }
        let next = self.state.next(&self.minutes, self.baseline, &self.rules, now);
        match (self.state, next) {
            (State::Calm, State::Siege(siege)) => self.sieges.push(Span {
                began: siege.began,
                ended: None,
            }),
            (State::Siege(_), State::Calm) => self.sieges.last_mut().unwrap().ended = Some(now),
            _ => {}
        }
        self.state = next;
    }
}

fn add(slots: &mut Vec<Slot>, length: Duration, now: Timestamp, counts: Counts) {
    let length = length.as_micros() as i64;
    let at = Timestamp::from_micros(now.micros() - now.micros() % length);
    match slots.last_mut() {
        Some(slot) if slot.at == at => slot.counts = slot.counts.and(counts),
        _ => slots.push(Slot { at, counts }),
    }
}

#[derive(Default)]
struct Outcome {
    guesses: u64,
    /// Accounts opened, on average.
    first_day: f64,
    month: f64,
    sieges: usize,
    siege_after: Option<Duration>,
    besieged: Duration,
}

struct Attack<'a> {
    defence: &'a Defence,
    attacker: Attacker,
    lab: Lab,
    began: Timestamp,
    /// Each with the accounts of it that are not open yet, on average.
    cohorts: Vec<(Backoff, f64)>,
    /// When the next attempt on a cohort is due.
    due: BinaryHeap<Reverse<(i64, usize)>>,
    day: u64,
    /// The minute, and what was tried in it.
    minute: (i64, u64),
    outcome: Outcome,
}

impl<'a> Attack<'a> {
    fn after_two_quiet_weeks(defence: &'a Defence, attacker: Attacker) -> Self {
        let mut lab = Lab::new(defence.rules);
        while lab.now.since(START) < REMEMBERED {
            lab.people();
            lab.turn();
        }
        assert!(lab.sieges.is_empty(), "there was a siege before the attack");
        let began = lab.now;
        // Evenly over the day.
        let first = |n: usize| began.plus(DAY * n as u32 / COHORTS as u32);
        Self {
            defence,
            attacker,
            lab,
            began,
            cohorts: vec![(Backoff::default(), COHORT as f64); COHORTS],
            due: (0..COHORTS).map(|n| Reverse((first(n).micros(), n))).collect(),
            day: 0,
            minute: (0, 0),
            outcome: Outcome::default(),
        }
    }

    fn run(mut self) -> Outcome {
        while self.lab.now.since(self.began) < DAY * DAYS as u32 {
            self.day_passes();
            self.lab.people();
            self.wave();
            self.lab.turn();
            if self.lab.state != State::Calm {
                self.outcome.besieged += TURN;
            }
        }
        self.outcome.sieges = self.lab.sieges.len();
        let first = self.lab.sieges.first();
        self.outcome.siege_after = first.map(|siege| siege.began.since(self.began));
        self.outcome
    }

    fn day_passes(&mut self) {
        if self.lab.now.since(self.began).as_secs() / DAY.as_secs() <= self.day {
            return;
        }
        self.day += 1;
        if self.day == 1 {
            self.outcome.first_day = self.outcome.month;
        }
        if self.defence.holder_comes {
            for (backoff, _) in &mut self.cohorts {
                *backoff = std::mem::take(backoff).reopened();
            }
        }
    }

    /// Everything that is due, as far as the lab lets it happen in this turn.
    fn wave(&mut self) {
        let minute = self.lab.now.unix_seconds() / 60;
        if self.minute.0 != minute {
            self.minute = (minute, 0);
        }
        while let Some(Reverse((at, cohort))) = self.due.peek().copied()
            && at <= self.lab.now.micros()
        {
            let Some((most, chance)) = self.looked_at() else { return };
            if most == 0 || self.minute.1 >= self.defence.lab_per_minute {
                return;
            }
            self.due.pop();
            if let Some(again) = self.attempt(cohort, most, chance) {
                self.due.push(Reverse((self.lab.now.plus(again).micros(), cohort)));
            }
        }
    }

    /// How many of a cohort are tried before there is a siege, and the chance of each. `None`: no more in this turn.
    fn looked_at(&mut self) -> Option<(u64, f64)> {
        let (stands, room) = (self.lab.stands(), self.lab.room());
        match self.attacker {
            Attacker::Undisturbed => Some((COHORT, ONE_CODE)),
            Attacker::GuessesBoth if stands => Some((COHORT, TWO_CODES)),
            Attacker::Persists if stands => {
                self.lab.since_turn.turned_away += PERSISTENCE;
                None
            }
            Attacker::Withdraws | Attacker::Creeps if stands => None,
            Attacker::Creeps => Some((room.saturating_sub(MARGIN), ONE_CODE)),
            Attacker::Persists | Attacker::Withdraws | Attacker::GuessesBoth => Some((room, ONE_CODE)),
        }
    }

    /// After which time the next one on this cohort is due; None: never.
    fn attempt(&mut self, cohort: usize, most: u64, chance: f64) -> Option<Duration> {
        let (backoff, left) = &mut self.cohorts[cohort];
        match backoff.admit(self.defence.limits, self.lab.now) {
            BackoffDecision::Evaluate => {}
            BackoffDecision::Wait(wait) => return Some(wait),
            BackoffDecision::Exhausted => return None,
        }
        let tried = COHORT.min(most);
        self.minute.1 += tried;
        self.lab.since_turn.failures += tried;
        self.outcome.guesses += tried;
        let opened = *left / COHORT as f64 * tried as f64 * chance;
        *left -= opened;
        self.outcome.month += opened;
        // Where only some of a cohort were tried, all of it is taken to have been: there are enough others.
        *backoff = std::mem::take(backoff).with_attempt(self.lab.now);
        Some(Duration::from_secs(1))
    }
}

/// Limits of an account, whether its holder comes daily, whether the lab's rate counts, whether sieges do.
type Row = (&'static str, Limits, bool, bool, bool, &'static str, Attacker);

#[rustfmt::skip]
fn rows(limits: Limits) -> Vec<Row> {
    use Attacker::{Creeps, GuessesBoth, Persists, Undisturbed, Withdraws};
    let (listed, fast) = (limits.of_listed(), "as fast as it may");
    vec![
        ("25 a day", limits, true, false, false, fast, Undisturbed),
        ("25 a day, 6,000 a minute for the lab", limits, true, true, false, fast, Undisturbed),
        ("25 a day, 100 in a row", limits, false, true, false, fast, Undisturbed),
        ("listed: 5 a day", listed, true, true, false, fast, Undisturbed),
        ("listed: 5 a day, 100 in a row", listed, false, true, false, fast, Undisturbed),
        ("25 a day, siege", limits, true, true, true, "persists with one code", Persists),
        ("25 a day, siege", limits, true, true, true, "withdraws until it is over", Withdraws),
        ("25 a day, siege", limits, true, true, true, "stays below the limit", Creeps),
        ("25 a day, siege", limits, true, true, true, "guesses two codes", GuessesBoth),
        ("listed: 5 a day, siege", listed, true, true, true, "stays below the limit", Creeps),
    ]
}

fn main() {
    let (throttle, siege) = (Throttle::default(), Siege::default());
    let limits = Limits {
        failures_per_day: throttle.account_failures_per_day,
        failures_in_a_row: throttle.account_failures_in_a_row,
        listed_failures_per_day: throttle.listed_failures_per_day,
    };
    println!(
        "{} accounts, {DAYS} days, unlimited addresses; accounts opened on average\n",
        COHORTS as u64 * COHORT
    );
    println!(
        "| limits | attacker | guesses | all passwords right: first day | 30 days | 1 in 20 right: 30 days | sieges | first after | besieged |"
    );
    println!("|---|---|---|---|---|---|---|---|---|");
    for (name, limits, holder_comes, lab_counts, enabled, how, attacker) in rows(limits) {
        let defence = Defence {
            limits,
            holder_comes,
            lab_per_minute: if lab_counts {
                u64::from(throttle.lab_per_minute)
            } else {
                u64::MAX
            },
            rules: Rules {
                enabled,
                at_least: siege.at_least,
                factor: siege.factor,
            },
        };
        let seen = Attack::after_two_quiet_weeks(&defence, attacker).run();
        let after = seen
            .siege_after
            .map_or("never".to_owned(), |after| format!("{after:.0?}"));
        println!(
            "| {name} | {how} | {} | {:.3} | {:.3} | {:.4} | {} | {after} | {:.1} d |",
            seen.guesses,
            seen.first_day,
            seen.month,
            seen.month * SHARE,
            seen.sieges,
            seen.besieged.as_secs_f64() / DAY.as_secs_f64(),
        );
    }
}
