//! The breached-password file at size: `cargo bench --bench corpus -- [KEYS] [FOLDER]`. Synthetic uniform keys, written as a
//! published list, built by a process of its own, then asked hot and cold. Figures are kept in `docs/benchmarks-corpus.md`.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a benchmark is a test"
)]

use std::fs::{self, File};
use std::hint::black_box;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use std::process::Command;

use jiff::civil::Date;
use rustix::fs::{Advice, fadvise};
use vestibule::corpus::build::{Order, build};
use vestibule::corpus::{Algorithm, Corpus, Digest};
use vestibule::kernel::clock::Stopwatch;

const SAMPLE: u64 = 1_000_000;
const HOT: u64 = 5_000_000;
const STRANGERS: u64 = 20_000_000;
const COLD: usize = 2_000;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|word| word != "--bench").collect();
    match arguments.as_slice() {
        [verb, list, out] if verb == "build" => build_here(Path::new(list), Path::new(out)),
        rest => {
            let keys = rest
                .first()
                .map_or(10_000_000, |keys| keys.replace('_', "").parse().unwrap());
            let folder = rest.get(1).map_or_else(std::env::temp_dir, PathBuf::from);
            measure(keys, &folder);
        }
    }
}

struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let x = (self.0 ^ self.0 >> 30).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let x = (x ^ x >> 27).wrapping_mul(0x94D0_49BB_1331_11EB);
        x ^ x >> 31
    }

    /// Above 0, at most 1.
    fn unit(&mut self) -> f64 {
        ((self.next() >> 11) + 1) as f64 / (1_u64 << 53) as f64
    }
}

/// Uniform keys in order: the gaps between them are exponential. Returns some of them.
fn write_list(path: &Path, keys: u64) -> Vec<u64> {
    let mut out = BufWriter::with_capacity(1 << 20, File::create(path).unwrap());
    let mut random = Random(7);
    let (mut key, mut sample) = (0_u64, Vec::new());
    // A little less than even, so that the last keys do not fall beyond the end.
    let mean = u64::MAX as f64 / (keys as f64 + 4.0 * (keys as f64).sqrt());
    let every = (keys / SAMPLE).max(1);
    let rest = "0123456789ABCDEF01234567";
    for number in 0..keys {
        let gap = (-random.unit().ln() * mean) as u64;
        let Some(next) = key.checked_add(gap) else { break };
        key = next;
        let count = (1.0 / random.unit()) as u64;
        write!(out, "{key:016X}{rest}:{count}\r\n").unwrap();
        if number % every == 0 {
            sample.push(key);
        }
    }
    out.flush().unwrap();
    sample
}

/// Prints seconds, processor seconds and the most memory, for the process that started this one.
fn build_here(list: &Path, out: &Path) {
    let order = Order {
        inputs: vec![list.to_owned()],
        out: out.to_owned(),
        algorithm: Algorithm::Sha1,
        min_count: 1,
        count: 1,
        words: false,
        partial: true,
        source: "synthetic".to_owned(),
        date: Date::constant(2026, 1, 1),
    };
    let watch = Stopwatch::start();
    build(&order, &mut |_| {}).unwrap();
    let seconds = watch.elapsed().as_secs_f64();
    let processor = processor_seconds();
    let status = fs::read_to_string("/proc/self/status").unwrap();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    println!("{seconds} {} {}", processor, peak.trim().trim_end_matches(" kB"));
}

/// Of this process: what a busy machine does not change.
fn processor_seconds() -> f64 {
    let stat = fs::read_to_string("/proc/self/stat").unwrap();
    let fields: Vec<&str> = stat.rsplit(')').next().unwrap().split_whitespace().collect();
    let ticks: u64 = fields[11].parse::<u64>().unwrap() + fields[12].parse::<u64>().unwrap();
    ticks as f64 / 100.0
}

fn measure(keys: u64, folder: &Path) {
    let folder = tempfile::tempdir_in(folder).unwrap();
    let (list, file) = (folder.path().join("list"), folder.path().join("corpus"));
    let sample = write_list(&list, keys);
    let text = fs::metadata(&list).unwrap().len();
    let built = Command::new(std::env::current_exe().unwrap())
        .args([Path::new("build"), &list, &file])
        .output()
        .unwrap();
    let figures = String::from_utf8(built.stdout).unwrap();
    let figures: Vec<f64> = figures
        .split_whitespace()
        .map(|figure| figure.parse().unwrap())
        .collect();
    fs::remove_file(&list).unwrap();

    let corpus = Corpus::open(&file).unwrap();
    let header = corpus.header().clone();
    let n = header.keys as f64;
    println!("keys                       {} of {keys}", header.keys);
    println!(
        "file                       {} bytes from {text} bytes of text",
        header.file_bytes
    );
    println!("bits per key               {:.3}", header.bits_per_key());
    println!(
        "build                      {:.1} s, {:.1} processor s, {:.1} ns a line",
        figures[0],
        figures[1],
        figures[1] * 1e9 / keys as f64
    );
    println!("build, peak memory         {:.1} MiB", figures[2] / 1024.0);

    let watch = Stopwatch::start();
    corpus.check(&mut |_, _| {}).unwrap();
    println!("check                      {:.2} s", watch.elapsed().as_secs_f64());

    assert!(
        sample.iter().all(|key| corpus.lookup(Digest(*key)).is_some()),
        "a key is missing"
    );
    let mut random = Random(99);
    let wrong = (0..STRANGERS)
        .filter(|_| corpus.lookup(Digest(random.next())).is_some())
        .count();
    let rate = wrong as f64 / STRANGERS as f64;
    println!("false positives            {rate:.2e} ({wrong} of {STRANGERS})");
    // A filter without false negatives needs log2(1/rate) bits a key; two more carry the class.
    println!("bits per key, least        {:.3}", (1.0 / rate.max(1e-9)).log2() + 2.0);
    println!(
        "hot look-up, absent keys   {:.0} ns",
        hot(&corpus, |at| Random(at).next())
    );
    let present = sample.len() as u64;
    println!(
        "hot look-up, present keys  {:.0} ns",
        hot(&corpus, |at| sample[(Random(at).next() % present) as usize])
    );
    drop(corpus);
    cold(&file, n);
}

/// Each look-up waits for the answer of the one before it. Processor time.
fn hot(corpus: &Corpus, key: impl Fn(u64) -> u64) -> f64 {
    let mut at = 1;
    let before = processor_seconds();
    for _ in 0..HOT {
        let found = corpus.lookup(Digest(key(at)));
        at = black_box(at.wrapping_add(1 + u64::from(found.is_some())));
    }
    (processor_seconds() - before) * 1e9 / HOT as f64
}

/// The page cache is told to forget the file; only the directories are fetched again.
fn cold(file: &Path, keys: f64) {
    let opened = File::open(file).unwrap();
    opened.sync_all().unwrap();
    fadvise(&opened, 0, None, Advice::DontNeed).unwrap();
    let corpus = Corpus::open(file).unwrap();
    std::thread::sleep(std::time::Duration::from_secs(2));
    let mut random = Random(5);
    // Fewer than there are pages, or most would be there already.
    let most = ((keys * 2.5 / 4096.0) as usize / 10).clamp(10, COLD);
    let mut spans: Vec<u128> = (0..most)
        .map(|_| {
            let watch = Stopwatch::start();
            black_box(corpus.lookup(Digest(random.next())));
            watch.elapsed().as_nanos()
        })
        .collect();
    spans.sort_unstable();
    let at = |share: f64| spans[((spans.len() - 1) as f64 * share) as usize] / 1000;
    println!(
        "cold look-up               p50 {} µs, p90 {} µs, p99 {} µs of {most}",
        at(0.5),
        at(0.9),
        at(0.99)
    );
}
