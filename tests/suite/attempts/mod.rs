//! Every door keeps the same books: one table of doors and endings, on both databases. What is asked of each: the
//! trail, the counts behind alerts, the metrics, the siege, and whether the try was given back.

mod doors;
mod meanwhile;

use std::sync::Arc;
use std::time::Duration;

use vestibule::crypto::password_hash::Cost;
use vestibule::domain::audit::Actor;
use vestibule::domain::backoff::Backoff;
use vestibule::kernel::entropy::SystemEntropy;
use vestibule::machinery::hashing::{HashPool, Tools};
use vestibule::service::Core;
use vestibule::service::siege::Sieges;
use vestibule::store::audit;
use vestibule::store::sign_in::throttle;

use self::doors::{Door, Showing, Subject};
use crate::support::app::TestApp;
use crate::support::databases::on_both_databases;

on_both_databases![every_door_keeps_the_same_books, a_fault_is_counted_at_every_door];

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Ending {
    Right,
    Wrong,
    /// What works once, a second time.
    UsedUp,
    Delayed,
    TooManyInARow,
    /// The pool has no room for the hash, after everything before it was right.
    PoolBusy,
    /// The pool cannot check the stored hash.
    PoolBroken,
}

const ENDINGS: [Ending; 7] = [
    Ending::Right,
    Ending::Wrong,
    Ending::UsedUp,
    Ending::Delayed,
    Ending::TooManyInARow,
    Ending::PoolBusy,
    Ending::PoolBroken,
];

/// What is left behind.
#[derive(Debug, PartialEq, Eq)]
struct Books {
    /// The entry of the trail that is about the attempt.
    trail: Option<String>,
    result: &'static str,
    counted_for_alerts: bool,
    failed_for_siege: bool,
    /// Whether the bucket is as it was before.
    bucket_unchanged: bool,
}

impl Ending {
    /// Where it cannot happen: a lab code has no bucket and nothing is hashed, and so on.
    fn happens_at(self, door: Door) -> bool {
        match self {
            // A right answer of a passkey takes a key: `passkeys/`.
            Self::Right => door != Door::Passkey,
            Self::Wrong => true,
            Self::UsedUp => door.uses_something_up(),
            Self::Delayed | Self::TooManyInARow => door.has_bucket(),
            Self::PoolBusy | Self::PoolBroken => door.hashes(),
        }
    }

    fn expected(self, door: Door) -> Books {
        let refused = Books {
            trail: Some(door.refusal().to_owned()),
            result: "refused",
            counted_for_alerts: door.names_something(),
            failed_for_siege: door.can_be_besieged(),
            bucket_unchanged: !door.has_bucket(),
        };
        let let_go = |trail: Option<&str>, result| Books {
            trail: trail.map(str::to_owned),
            result,
            counted_for_alerts: false,
            failed_for_siege: false,
            bucket_unchanged: true,
        };
        match self {
            Self::Right => let_go(door.success(), door.right()),
            Self::Wrong | Self::UsedUp | Self::TooManyInARow => refused,
            Self::Delayed => Books {
                trail: Some("sign-in-delayed".to_owned()),
                result: "delayed",
                failed_for_siege: false,
                bucket_unchanged: true,
                ..refused
            },
            Self::PoolBusy => let_go(None, "busy"),
            Self::PoolBroken => let_go(None, "broken"),
        }
    }
}

async fn every_door_keeps_the_same_books(app: TestApp) {
    let mut number = 0;
    for door in doors::ALL {
        for ending in ENDINGS.into_iter().filter(|ending| ending.happens_at(door)) {
            number += 1;
            let subject = Subject::prepare(&app, door, number).await;
            let found = books(&app, door, ending, &subject).await;
            assert_eq!(found, ending.expected(door), "{door:?}: {ending:?}");
        }
    }
    assert!(number > 30, "the table is complete: {number}");
    app.stop().await;
}

async fn books(app: &TestApp, door: Door, ending: Ending, subject: &Subject) -> Books {
    let core = &watched(app, ending);
    set_up(app, door, ending, subject).await;
    let showing = match ending {
        Ending::Wrong => Showing::Wrong,
        _ => Showing::Right,
    };
    if ending == Ending::UsedUp {
        subject.show(&watched(app, Ending::Right), Showing::Right).await.ok();
    }
    let before = bucket(app, subject).await;
    let (entries, metrics) = (
        trail(app, door, subject).await,
        results(&core.metrics.encode().unwrap(), door),
    );
    let answer = subject.show(core, showing).await;
    assert_eq!(
        answer.is_err(),
        ending == Ending::PoolBroken,
        "{door:?}: {ending:?}: {answer:?}"
    );
    let mut written = trail(app, door, subject).await;
    for entry in &entries {
        written.remove(written.iter().position(|kind| kind == entry).unwrap());
    }
    assert!(written.len() < 2, "{door:?}: {ending:?}: {written:?}");
    let after = results(&core.metrics.encode().unwrap(), door);
    let changed: Vec<_> = after.iter().filter(|line| !metrics.contains(line)).collect();
    assert_eq!(changed.len(), 1, "one end is counted: {changed:?}");
    Books {
        trail: written.pop(),
        result: doors::RESULTS
            .into_iter()
            .find(|result| changed[0].contains(&format!("\"{result}\"")))
            .unwrap(),
        counted_for_alerts: is_counted(core),
        failed_for_siege: core.sieges.is_under_siege(subject.realm(), core.now()),
        bucket_unchanged: before == bucket(app, subject).await,
    }
}

/// The installation with counts of its own, which show the first failure, and the pool that the ending wants.
fn watched(app: &TestApp, ending: Ending) -> Core {
    let mut core = app.core.clone();
    let mut config = (*core.config).clone();
    config.siege.at_least = 0;
    config.siege.enabled = true;
    core.sieges = Arc::new(Sieges::of(&config));
    core.detector = Arc::default();
    core.config = Arc::new(config);
    let pool = |keyring, longest_wait| {
        let tools = Tools {
            keyring,
            entropy: Arc::new(SystemEntropy),
            metrics: Arc::clone(&core.metrics),
            cost: Cost {
                memory_kib: core.config.password.memory_kib,
                iterations: core.config.password.iterations,
                parallelism: core.config.password.parallelism,
            },
        };
        Arc::new(HashPool::start(tools, 1, longest_wait).unwrap())
    };
    match ending {
        // Idle, so that no one is sent away at the door, and no job is done in time.
        Ending::PoolBusy => core.hashing = pool(Arc::clone(&core.keyring), Duration::ZERO),
        Ending::PoolBroken => {
            let other = vestibule::crypto::keyring::Keyring::generate(&SystemEntropy, core.now());
            core.hashing = pool(Arc::new(other), Duration::from_secs(60));
        }
        _ => {}
    }
    core
}

async fn set_up(app: &TestApp, door: Door, ending: Ending, subject: &Subject) {
    let failed = match ending {
        Ending::Delayed => (1..=5).fold(Backoff::default(), |backoff, _| backoff.with_attempt(app.now())),
        Ending::TooManyInARow => {
            let long_ago = app.now().minus(Duration::from_secs(48 * 3600));
            (1..=100).fold(Backoff::default(), |backoff, _| backoff.with_attempt(long_ago))
        }
        _ => return,
    };
    assert!(door.has_bucket());
    let mut tx = app.core.db.begin().await.unwrap();
    throttle::lock(&mut tx, subject.realm(), &subject.index(app), app.now())
        .await
        .unwrap();
    throttle::store(&mut tx, subject.realm(), &subject.index(app), &failed)
        .await
        .unwrap();
    tx.commit().await.unwrap();
}

async fn bucket(app: &TestApp, subject: &Subject) -> Backoff {
    let mut tx = app.core.db.begin().await.unwrap();
    throttle::lock(&mut tx, subject.realm(), &subject.index(app), app.now())
        .await
        .unwrap()
}

/// Kinds of the entries about attempts at this door.
async fn trail(app: &TestApp, door: Door, subject: &Subject) -> Vec<String> {
    let mut tx = app.core.db.begin_read().await.unwrap();
    let found = audit::find_newest(&mut tx, subject.realm(), 10_000).await.unwrap();
    let kinds = found.into_iter().map(|entry| entry.kind);
    kinds.filter(|kind| door.is_about_an_attempt(kind)).collect()
}

/// The lines of the metric that are this door's.
fn results(metrics: &str, door: Door) -> Vec<String> {
    let start = format!("vestibule_attempts_total{{door=\"{}\",", door.label());
    let lines: Vec<_> = metrics
        .lines()
        .filter(|line| line.starts_with(&start))
        .map(str::to_owned)
        .collect();
    assert_eq!(
        lines.len(),
        doors::RESULTS.len(),
        "every result is there from the start"
    );
    lines
}

fn is_counted(core: &Core) -> bool {
    let mut limits = core.config.alerts.clone();
    limits.stuffing_identifiers = 1;
    limits.network_identifiers = 1;
    limits.identifier_networks = 1;
    !core.detector.evaluate(&limits, core.now()).is_empty()
}

/// A database that is gone: no one is let in, and the metrics say why.
async fn a_fault_is_counted_at_every_door(app: TestApp) {
    let mut subjects = Vec::new();
    // Of a rotation the hold cannot even be found.
    let doors = doors::ALL.into_iter().filter(|door| *door != Door::Rotation);
    for (number, door) in doors.enumerate() {
        subjects.push((door, Subject::prepare(&app, door, number as u32 + 1).await));
    }
    app.core.db.close().await;
    for (door, subject) in &subjects {
        let answer = subject.show(&app.core, Showing::Right).await;
        assert!(answer.is_err(), "{door:?}: {answer:?}");
        let lines = results(&app.core.metrics.encode().unwrap(), *door);
        let broken = lines.iter().find(|line| line.contains("result=\"broken\"")).unwrap();
        assert!(broken.ends_with(" 1"), "{broken}");
    }
}

/// From where the attempts come.
pub fn visitor() -> Actor {
    Actor::Visitor {
        address: "198.51.100.7".to_owned(),
    }
}
