//! Memory does not grow with the file, its lines or its rows: another process reads, and says what it needed at most.

use std::io::Write;
use std::process::Command;

use vestibule::leak::dump::{DumpReader, Reason};

use super::{listed, mapped, read};

const ASKED: &str = "VESTIBULE_TEST_DUMP";

fn peak_kib() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with("VmHWM:")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse().unwrap()
}

/// Does nothing but in the process that the other test starts.
#[test]
fn the_reading_process() {
    let Some(file) = std::env::var_os(ASKED) else { return };
    // The program's own code, as far as reading takes it into memory.
    read(zstd::encode_all(&b"identifiant;mdp\nP-1;x\n"[..], 1).unwrap(), "");
    let before = peak_kib();
    let mut reader = DumpReader::open(file.as_ref(), &mapped("")).unwrap();
    let mut rows = 0;
    while reader.next_row().unwrap().is_some() {
        rows += 1;
    }
    println!("\nneeded {rows} {}", peak_kib() - before);
}

fn needed(bytes: &[u8]) -> (u64, u64) {
    let file = listed(bytes);
    let child = Command::new(std::env::current_exe().unwrap())
        .args(["dump::memory::the_reading_process", "--exact", "--nocapture"])
        .env(ASKED, &file.path)
        .output()
        .unwrap();
    let said = String::from_utf8(child.stdout).unwrap();
    let line = said.lines().find_map(|line| line.strip_prefix("needed ")).unwrap();
    let (rows, kib) = line.split_once(' ').unwrap();
    (rows.parse().unwrap(), kib.parse().unwrap())
}

#[test]
fn two_hundred_megabytes_and_a_line_of_fifty_need_little_memory() {
    let mut encoder = zstd::stream::Encoder::new(Vec::new(), 1).unwrap();
    let filler = "remarque ".repeat(200);
    encoder.write_all(b"identifiant;mdp;remarque\n").unwrap();
    for row in 0..90_000 {
        writeln!(encoder, "P-{row};soleil{row};{filler}").unwrap();
        if row == 45_000 {
            encoder.write_all(&vec![b'x'; 50 << 20]).unwrap();
            encoder.write_all(b"\n").unwrap();
        }
    }
    let (rows, kib) = needed(&encoder.finish().unwrap());
    assert_eq!(rows, 90_000);
    assert!(kib <= 16 * 1024, "{kib} KiB");
}

#[test]
fn a_line_of_fifty_megabytes_costs_itself_only() {
    let mut text = b"identifiant;mdp\nP-1;a\n".to_vec();
    text.extend(vec![b'x'; 50 << 20]);
    text.extend(b"\nP-2;b\n\"");
    text.extend(vec![b'"'; 3 << 20]);
    text.extend(b"\nP-3;c\n");
    let list = read(text, "");
    assert_eq!(list.pairs(), [("p-1", "a"), ("p-2", "b"), ("p-3", "c")]);
    assert_eq!(list.census.count_of(Reason::LineTooLong), 2);
    assert_eq!(list.rows[2].0, 6);
}
