//! The parts of a campaign, timed one after the other in one process.

use std::hint::black_box;
use std::path::Path;
use std::time::Duration;

use vestibule::domain::audit::Actor;
use vestibule::kernel::clock::Stopwatch;
use vestibule::leak::campaign::{self, List, ListDescription, Notice};
use vestibule::service::Core;
use vestibule::store::Db;

use super::support::mib;
use super::support::process::{cpu_of_tree, forget_own_peak, own_memory};
use super::{LAB, place};

/// How often the `csv` crate reads the list.
const ROUNDS: u32 = 5;

/// Seconds of the clock, and of processors: this process's and the database's.
#[derive(Clone, Copy, Default)]
struct Took {
    wall: f64,
    cpu: f64,
}

impl std::ops::Sub for Took {
    type Output = Self;

    fn sub(self, other: Self) -> Self {
        Self {
            wall: self.wall - other.wall,
            cpu: self.cpu - other.cpu,
        }
    }
}

struct Meter {
    watch: Stopwatch,
    /// The database's process, if it has one of its own.
    server: Option<u32>,
}

impl Meter {
    fn now(&self) -> Took {
        let server = self.server.map_or(Duration::ZERO, cpu_of_tree);
        Took {
            wall: self.watch.elapsed().as_secs_f64(),
            cpu: (cpu_of_tree(std::process::id()) + server).as_secs_f64(),
        }
    }
}

/// When the last notice of each part of the dry run came, and how much memory reading needed.
#[derive(Default)]
struct Seen {
    read: Took,
    loaded: Took,
    peak: u64,
}

impl Seen {
    fn note(&mut self, notice: Notice, meter: &Meter) {
        match notice {
            Notice::Reading { .. } => {
                self.read = meter.now();
                self.peak = own_memory().peak;
            }
            Notice::Loading { .. } => self.loaded = meter.now(),
            _ => {}
        }
    }
}

pub async fn measure() {
    let (core, list) = (place::open().await, place::list());
    let meter = Meter {
        watch: Stopwatch::start(),
        server: postmaster(&core.db).await,
    };
    let size = size(&core.db).await;
    csv_alone(&list);
    let before = meter.now();
    (0..ROUNDS).for_each(|_| csv_alone(&list));
    let all = meter.now() - before;
    let csv = Took {
        wall: all.wall / f64::from(ROUNDS),
        cpu: all.cpu / f64::from(ROUNDS),
    };
    println!("part                        s    of csv     CPU s    of csv");
    show("csv crate alone", csv, csv);
    run(&core, list, &meter, csv).await;
    let after = self::size(&core.db).await;
    println!("database: {:.0} MiB, then {:.0}", mib(size), mib(after));
    core.db.close().await;
}

async fn run(core: &Core, list: std::path::PathBuf, meter: &Meter, csv: Took) {
    let lab = LAB.parse().unwrap();
    let actor = Actor::Machine { user: "bench".into() };
    let about = ListDescription {
        source: "bench".to_owned(),
        aware_at: None,
        mapping: None,
    };
    forget_own_peak();
    let memory = own_memory().now;
    let mut seen = Seen::default();
    let began = meter.now();
    let mut notify = |notice| seen.note(notice, meter);
    let drafted = campaign::draft(core, &lab, List::File(list), about, &actor, &mut notify).await;
    let (id, drafted) = (drafted.unwrap(), meter.now());
    show("dry run", drafted - began, csv);
    show("  read", seen.read - began, csv);
    show("  load", seen.loaded - seen.read, csv);
    show("  match", drafted - seen.loaded, csv);
    let before = meter.now();
    let overview = campaign::overview(core, &lab, id).await.unwrap().unwrap();
    show("  count what would be", meter.now() - before, csv);
    let applying = meter.now();
    campaign::apply(core, &lab, id, &actor).await.unwrap();
    let applied = meter.now();
    show("apply", applied - applying, csv);
    let safe = applied - began - (applying - drafted);
    show("from file to safe", safe, csv);
    campaign::settle(core, &lab, id, &mut |_| {}).await.unwrap();
    show("settle", meter.now() - applied, csv);
    println!(
        "{} accounts safe, {} sessions ended; memory: {:.1} MiB more than at rest, {:.1} while reading",
        overview.accounts.found,
        overview.sessions,
        mib(own_memory().peak - memory),
        mib(seen.peak - memory)
    );
}

fn show(part: &str, took: Took, csv: Took) {
    let (wall, cpu) = (took.wall / csv.wall, took.cpu / csv.cpu);
    println!("{part:22} {:6.2} {wall:9.1} {:9.2} {cpu:9.1}", took.wall, took.cpu);
}

fn csv_alone(file: &Path) {
    let mut reader = csv::ReaderBuilder::new().flexible(true).from_path(file).unwrap();
    let mut record = csv::ByteRecord::new();
    while reader.read_byte_record(&mut record).unwrap() {
        black_box(&record);
    }
}

/// Bytes on disk.
async fn size(db: &Db) -> u64 {
    let (sqlite, postgres) = (
        "SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()",
        "SELECT pg_database_size(current_database())",
    );
    let size: i64 = match db {
        Db::Sqlite { writer, .. } => sqlx::query_scalar(sqlite).fetch_one(writer).await.unwrap(),
        Db::Postgres(pool) => sqlx::query_scalar(postgres).fetch_one(pool).await.unwrap(),
    };
    size.cast_unsigned()
}

/// The parent of the process that answers.
async fn postmaster(db: &Db) -> Option<u32> {
    let Db::Postgres(pool) = db else { return None };
    let backend: i32 = sqlx::query_scalar("SELECT pg_backend_pid()")
        .fetch_one(pool)
        .await
        .unwrap();
    let status = std::fs::read_to_string(format!("/proc/{backend}/status")).unwrap();
    let parent = status.lines().find_map(|line| line.strip_prefix("PPid:")).unwrap();
    Some(parent.trim().parse().unwrap())
}
