//! The small things that every request or sign-in is made of, so that a change that makes one dearer is seen:
//! `cargo bench --bench primitives`, and again after the change; criterion compares.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a benchmark may stop at the first surprise"
)]

use std::collections::HashSet;
use std::hint::black_box;
use std::sync::Arc;
use std::time::Duration;

use actix_web::http::Method;
use criterion::{Criterion, criterion_group, criterion_main};
use vestibule::config::SiteSection;
use vestibule::crypto::blind_index::{BlindIndex, Indexer, blind_index};
use vestibule::crypto::csrf::csrf_token;
use vestibule::crypto::jose::SigningKey;
use vestibule::crypto::keyring::{Keyring, Purpose};
use vestibule::crypto::leak_digest::PairDigester;
use vestibule::crypto::pairwise::pairwise_subject;
use vestibule::crypto::password_hash::{self, Cost, WorkMemory};
use vestibule::crypto::seal::{Place, Sealer};
use vestibule::crypto::token::{PlainToken, TokenKind};
use vestibule::crypto::totp::Seed;
use vestibule::domain::leak::LeakState;
use vestibule::domain::password::{Password, Personal};
use vestibule::domain::record::RecordNumber;
use vestibule::domain::tweaks;
use vestibule::gate::assertion::Claims;
use vestibule::gate::decision::decide;
use vestibule::gate::request::NormalizedRequest;
use vestibule::gate::rules::Rules;
use vestibule::gate::visitor::Visitor;
use vestibule::kernel::clock::Timestamp;
use vestibule::kernel::entropy::SystemEntropy;
use vestibule::kernel::ids::{AccountId, LabId, SessionId};
use vestibule::service::screening::{self, screen};
use vestibule::store::Db;
use vestibule::store::leak::leak_entries::{self, Entry};
use vestibule::store::leak::leaks::{self, NewLeak};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const NOW: Timestamp = Timestamp::from_seconds(1_790_000_000);

/// 19 MiB, 2 passes: the least that the configuration takes.
const FLOOR: Cost = Cost {
    memory_kib: 19_456,
    iterations: 2,
    parallelism: 1,
};
const DEFAULT: Cost = Cost {
    memory_kib: 65_536,
    iterations: 3,
    parallelism: 4,
};

fn keyring() -> Keyring {
    Keyring::generate(&SystemEntropy, NOW)
}

fn lab() -> LabId {
    "port".parse().unwrap()
}

fn hashing(c: &mut Criterion) {
    let keyring = keyring();
    for (name, cost) in [("argon2id 64 MiB/3/4", DEFAULT), ("argon2id 19 MiB/2/1", FLOOR)] {
        let mut memory = WorkMemory::new(cost);
        let stored = password_hash::hash(&keyring, &SystemEntropy, cost, b"dix mots", &mut memory).unwrap();
        c.bench_function(name, |bencher| {
            bencher.iter(|| {
                let verdict = password_hash::verify(&keyring, cost, stored.as_str(), b"dix mots", &mut memory);
                assert!(verdict.unwrap().is_some());
            });
        });
    }
}

fn secrets(c: &mut Criterion) {
    let (keyring, lab) = (Arc::new(keyring()), lab());
    let seed = Seed::generate(&SystemEntropy);
    let (right, account) = (seed.code(NOW), AccountId::from_bytes([2; 16]));
    c.bench_function("totp check, right", |bencher| {
        bencher.iter(|| seed.check(black_box(&right), NOW))
    });
    c.bench_function("totp check, wrong", |bencher| {
        bencher.iter(|| seed.check(black_box("000000"), NOW))
    });
    c.bench_function("keyring, one key derived", |bencher| {
        bencher.iter(|| keyring.lookup_key(black_box(Purpose::BlindIndex), &["port", "identifier"]));
    });
    c.bench_function("blind index", |bencher| {
        bencher.iter(|| blind_index(&keyring, &lab, "identifier", black_box("P-102477")));
    });
    c.bench_function("pairwise subject", |bencher| {
        bencher.iter(|| pairwise_subject(&keyring, &lab, black_box("results"), account));
    });
    let browser = PlainToken::generate(TokenKind::Browser, &SystemEntropy);
    c.bench_function("form token", |bencher| {
        bencher.iter(|| csrf_token(&keyring, &black_box(&browser).hashed()));
    });
    let sealer = Sealer::new(Arc::clone(&keyring), Arc::new(SystemEntropy));
    let place = Place {
        lab: &lab,
        column: "accounts.person",
        row: account.as_bytes(),
    };
    let plain = [7; 200];
    let sealed = sealer.seal(place, &plain).unwrap();
    c.bench_function("seal 200 bytes", |bencher| {
        bencher.iter(|| sealer.seal(place, black_box(&plain)).unwrap())
    });
    c.bench_function("open 200 bytes", |bencher| {
        bencher.iter(|| sealer.open(place, black_box(&sealed)).unwrap())
    });
}

const SITE: &str = r#"
id = "results"
lab = "port"
origin = "https://results.example"
upstream = "http://127.0.0.1:1"
[[rule]]
url = "/help/**"
requires = "public"
[[rule]]
url = "/menu"
requires = "session"
[[rule]]
url = "/print?nr={record}"
requires = "record"
[[rule]]
url = "/records/{record}/**"
requires = "record"
"#;

fn visitor() -> Visitor {
    Visitor {
        session: SessionId::from_bytes([1; 16]),
        account: AccountId::from_bytes([2; 16]),
        subject: Arc::from("9Y6nZ0jX7m0wqJ8vO1cQk3sT5uR2eB4a"),
        records: ["102477", "131003"]
            .map(|text| RecordNumber::parse(text).unwrap())
            .into(),
        authenticated_at: NOW,
        amr: Arc::from(["pwd", "otp"]),
    }
}

fn gate(c: &mut Criterion) {
    let section: SiteSection = toml::from_str(SITE).unwrap();
    let (rules, visitor) = (Rules::compile(&section).unwrap(), visitor());
    let ask = |path: &str, query: Option<&str>| {
        let request = NormalizedRequest::read(&Method::GET, path, query).unwrap();
        decide(&rules, &request, Some(&visitor))
    };
    c.bench_function("gate decision, record in the path", |bencher| {
        bencher.iter(|| ask(black_box("/records/102477/2026/result.pdf"), None).unwrap());
    });
    c.bench_function("gate decision, record in the query", |bencher| {
        bencher.iter(|| ask(black_box("/print"), Some("nr=102477&lang=fr&page=2")).unwrap());
    });
    c.bench_function("gate decision, refused", |bencher| {
        bencher.iter(|| ask(black_box("/records/999999/2026/result.pdf"), None).unwrap_err());
    });
    let key = SigningKey::derive(&[3; 32]).unwrap();
    c.bench_function("assertion signed", |bencher| {
        bencher.iter(|| {
            let (portal, site) = ("https://portal.example", "https://results.example");
            Claims::new(portal, site, black_box(&visitor), None, NOW, &SystemEntropy)
                .sign(&key)
                .unwrap()
        });
    });
}

fn passwords(c: &mut Criterion) {
    let context = screening::Context::default()
        .with(Personal::Name, "Odette Lemaître")
        .with_birth_date("1944-05-12");
    let short = Password::typed("la cigogne repasse ses rideaux mauves").unwrap();
    let long = Password::typed(&"un deux trois quatre cinq six sept huit neuf dix ".repeat(21)[..1_000]).unwrap();
    c.bench_function("screening, 37 characters", |bencher| {
        bencher.iter(|| screen(black_box(&short), &context).unwrap());
    });
    c.bench_function("screening, 1,000 characters", |bencher| {
        bencher.iter(|| screen(black_box(&long), &context));
    });
}

/// A new password against forty leaked ones of its identifier, the look-up in a list of 100,000 entries included.
fn leaked(c: &mut Criterion) {
    let (keyring, lab) = (keyring(), lab());
    let indexer = Indexer::new(&keyring, &lab, "identifier");
    let identifier = indexer.index(&["P-102477"]);
    let folder = tempfile::tempdir().unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let digester = PairDigester::new(&keyring, &lab);
    let db = runtime.block_on(async {
        let url = format!("sqlite:{}", folder.path().join("tweaks.db").display());
        let db = Db::open(&url, 1).await.unwrap();
        db.migrate().await.unwrap();
        let mut tx = db.begin().await.unwrap();
        let new = NewLeak {
            state: LeakState::Applied,
            source: "benchmark",
            mapping: "",
            aware_at: NOW,
            began_at: NOW,
        };
        let leak = leaks::insert(&mut tx, &lab, &new).await.unwrap();
        let entry =
            |index: &BlindIndex, password: &str| Entry::new(index, Some(digester.digest(index, password)), [0; 5]);
        let others = (0..100_000).map(|n| entry(&indexer.index(&[&n.to_string()]), "soleil"));
        let own = (0..40).map(|n| entry(&identifier, &format!("soleil{n}")));
        let mut entries: Vec<Entry> = others.chain(own).collect();
        entries.sort();
        leak_entries::insert_many(&mut tx, &lab, leak, &entries).await.unwrap();
        tx.commit().await.unwrap();
        db
    });
    c.bench_function("variants of a password", |bencher| {
        bencher.iter(|| tweaks::variants(black_box("Tortues-Violettes2026!")));
    });
    c.bench_function("variants against the leaked pairs", |bencher| {
        bencher.iter(|| {
            let pairs = runtime.block_on(async {
                let mut tx = db.begin_read().await.unwrap();
                leak_entries::find_pairs(&mut tx, &lab, &identifier).await.unwrap()
            });
            let digester = PairDigester::new(&keyring, &lab);
            let pairs: HashSet<_> = pairs.into_iter().collect();
            assert!(!tweaks::is_near(
                &digester,
                &identifier,
                black_box("Tortues-Violettes2026!"),
                &pairs
            ));
        });
    });
}

fn quick() -> Criterion {
    Criterion::default()
        .sample_size(20)
        .warm_up_time(Duration::from_millis(300))
        .measurement_time(Duration::from_secs(1))
}

criterion_group!(
    name = benches;
    config = quick();
    targets = hashing, secrets, gate, passwords, leaked
);
criterion_main!(benches);
