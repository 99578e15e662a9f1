//! How fast leaked lists are read, beside the `csv` crate on the same file: `cargo bench --bench dump_reader`.
//! Rows and columns by DUMP_ROWS and DUMP_FIELDS. CPU time of this process, best of five; peak memory of a child.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::print_stdout,
    clippy::indexing_slicing,
    reason = "a benchmark"
)]

use std::hint::black_box;
use std::io::Read;
use std::path::Path;
use std::process::Command;

use vestibule::crypto::blind_index::Indexer;
use vestibule::crypto::keyring::Keyring;
use vestibule::crypto::leak_digest::PairDigester;
use vestibule::kernel::clock::Timestamp;
use vestibule::kernel::entropy::SystemEntropy;
use vestibule::leak::dump::generate::{Layout, Options, Packing, TextEncoding, generate};
use vestibule::leak::dump::{DumpReader, Mapping};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const ASKED: &str = "DUMP_BENCH_READ";
const ROUNDS: usize = 5;

const LISTS: [(&str, Layout, TextEncoding, Packing); 7] = [
    ("csv utf-8", Layout::Csv, TextEncoding::Utf8, Packing::None),
    (
        "csv windows-1252",
        Layout::Csv,
        TextEncoding::Windows1252,
        Packing::None,
    ),
    ("csv utf-16le", Layout::Csv, TextEncoding::Utf16Le, Packing::None),
    ("csv utf-8 gz", Layout::Csv, TextEncoding::Utf8, Packing::Gzip),
    ("csv utf-8 zst", Layout::Csv, TextEncoding::Utf8, Packing::Zstandard),
    ("jsonl utf-8", Layout::Jsonl, TextEncoding::Utf8, Packing::None),
    ("pairs utf-8", Layout::Pairs, TextEncoding::Utf8, Packing::None),
];

fn main() {
    if let Some(file) = std::env::var_os(ASKED) {
        let before = memory();
        with_digests(Path::new(&file));
        println!("{}", memory() - before);
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let options = Options {
        rows: number("DUMP_ROWS", 491_840),
        fields: number("DUMP_FIELDS", 60) as usize,
        layout: Layout::Csv,
        ..Options::default()
    };
    println!("{} rows of {} fields", options.rows, options.fields);
    println!("list                     MB    reader                 CPU s   M rows/s   of csv  peak MiB");
    let mut base = 0.0;
    for (name, layout, encoding, packing) in LISTS {
        let file = folder.path().join("list");
        let options = Options {
            layout,
            encoding,
            packing,
            ..options.clone()
        };
        generate(&options, &file, &mut |_| {}).unwrap();
        let megabytes = std::fs::metadata(&file).unwrap().len() as f64 / 1e6;
        let show = |what: &str, seconds: f64, base: f64, peak: &str| {
            let rate = options.rows as f64 / seconds / 1e6;
            println!(
                "{name:20} {megabytes:7.1}    {what:20} {seconds:7.3} {rate:10.2} {:8.2}  {peak}",
                base / seconds
            );
        };
        if layout == Layout::Csv && packing == Packing::None && encoding == TextEncoding::Utf8 {
            base = best(|| csv_alone(&file));
            show("csv ByteRecord", base, base, "");
            show("fingerprint alone", best(|| fingerprint(&file)), base, "");
        }
        show("rows", best(|| rows(&file)), base, "");
        let needed = Command::new(std::env::current_exe().unwrap())
            .env(ASKED, &file)
            .output()
            .unwrap();
        let kib: f64 = String::from_utf8(needed.stdout).unwrap().trim().parse().unwrap();
        show(
            "rows, two MACs each",
            best(|| with_digests(&file)),
            base,
            &format!("{:.1}", kib / 1024.0),
        );
    }
}

fn number(name: &str, default: u64) -> u64 {
    std::env::var_os(name)
        .and_then(|text| text.to_str()?.parse().ok())
        .unwrap_or(default)
}

fn csv_alone(file: &Path) {
    let mut reader = csv::ReaderBuilder::new().flexible(true).from_path(file).unwrap();
    let mut record = csv::ByteRecord::new();
    while reader.read_byte_record(&mut record).unwrap() {
        black_box(&record);
    }
}

/// What a checkpoint costs: part of every reader's time but that of `csv`.
fn fingerprint(file: &Path) {
    let mut hasher = blake3::Hasher::new();
    let mut input = std::fs::File::open(file).unwrap();
    let mut buffer = vec![0; 256 * 1024];
    loop {
        let read = input.read(&mut buffer).unwrap();
        if read == 0 {
            break;
        }
        hasher.update(&buffer[..read]);
    }
    black_box(hasher.finalize());
}

fn rows(file: &Path) {
    let mut reader = DumpReader::open(file, &Mapping::default()).unwrap();
    while let Some(row) = reader.next_row().unwrap() {
        black_box(&row);
    }
}

fn with_digests(file: &Path) {
    let keyring = Keyring::generate(&SystemEntropy, Timestamp::from_seconds(0));
    let lab = "north".parse().unwrap();
    let indexer = Indexer::new(&keyring, &lab, "identifier");
    let digester = PairDigester::new(&keyring, &lab);
    let mut reader = DumpReader::open(file, &Mapping::default()).unwrap();
    while let Some(row) = reader.next_row().unwrap() {
        let index = indexer.index(&[row.identifier.as_str()]);
        let digest = row
            .password
            .as_ref()
            .map(|password| digester.digest(&index, password.as_found()));
        black_box((index, digest));
    }
}

/// CPU seconds of the fastest round.
fn best(mut work: impl FnMut()) -> f64 {
    (0..ROUNDS)
        .map(|_| {
            let before = cpu();
            work();
            cpu() - before
        })
        .fold(f64::INFINITY, f64::min)
}

/// Time that this thread was on a processor, in nanoseconds as the scheduler counts them.
fn cpu() -> f64 {
    let text = std::fs::read_to_string("/proc/self/schedstat").unwrap();
    text.split_whitespace().next().unwrap().parse::<f64>().unwrap() / 1e9
}

fn memory() -> i64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with("VmHWM:")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse().unwrap()
}
