//! What the generator writes, the reader reads: every layout, encoding and archive; and the command that makes one.

use std::process::Command;

use vestibule::leak::dump::generate::{Layout, Options, Packing, TextEncoding, generate};
use vestibule::leak::dump::{DumpReader, Mapping};

use super::{Seen, rest};

fn made(options: &Options) -> (Vec<Seen>, u64) {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("list");
    generate(options, &out, &mut |_| {}).unwrap();
    let outcome = rest(DumpReader::open(&out, &Mapping::default()).unwrap());
    assert!(outcome.damage.is_empty());
    (outcome.rows, outcome.census.bad_rows())
}

#[test]
fn every_layout_encoding_and_archive() {
    for layout in [
        Layout::Csv,
        Layout::Tsv,
        Layout::Semicolon,
        Layout::Jsonl,
        Layout::Pairs,
    ] {
        let mut expected: Option<Vec<(String, Option<String>)>> = None;
        for encoding in [
            TextEncoding::Utf8,
            TextEncoding::Windows1252,
            TextEncoding::Utf16Le,
            TextEncoding::Utf16Be,
        ] {
            for packing in [Packing::None, Packing::Gzip, Packing::Zstandard] {
                let (rows, bad) = made(&Options {
                    rows: 1_000,
                    fields: 20,
                    layout,
                    encoding,
                    packing,
                    ..Options::default()
                });
                assert_eq!((rows.len(), bad), (1_000, 0), "{layout:?} {encoding:?} {packing:?}");
                let rows: Vec<_> = rows.into_iter().map(|(_, id, pw)| (id, pw)).collect();
                assert_eq!(rows.iter().filter(|(id, _)| id.starts_with("p-")).count(), 600);
                assert!(rows.iter().all(|(_, password)| password.is_some()));
                let first = expected.get_or_insert_with(|| rows.clone());
                assert_eq!(&rows, first, "{layout:?} {encoding:?} {packing:?}");
            }
        }
    }
}

#[test]
fn the_command_writes_what_the_reader_reads() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("list.csv.gz");
    let run = Command::new(env!("CARGO_BIN_EXE_vestibule"))
        .args([
            "demo", "dump", "--json", "--rows", "200", "--fields", "60", "--seed", "7", "--format", "csv",
        ])
        .args([
            "--encoding",
            "windows-1252",
            "--compress",
            "gz",
            "--match-percent",
            "50",
            "--out",
        ])
        .arg(&out)
        .output()
        .unwrap();
    assert!(run.status.success(), "{run:?}");
    let said: serde_json::Value = serde_json::from_slice(&run.stdout).unwrap();
    assert_eq!(said["rows"], 200);
    let rows = rest(DumpReader::open(&out, &Mapping::default()).unwrap()).rows;
    assert_eq!(rows.iter().filter(|row| row.1.starts_with("p-")).count(), 100);

    let usage = Command::new(env!("CARGO_BIN_EXE_vestibule"))
        .args(["demo", "dump", "--format", "xml", "--out", "x"])
        .output()
        .unwrap();
    assert_eq!(usage.status.code(), Some(2));
}
