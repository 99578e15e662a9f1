//! A build that is killed at any moment continues; and its memory does not grow with its input.

use std::fmt::Write;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

fn key(number: u64) -> u64 {
    let x = number.wrapping_add(1).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    let x = (x ^ x >> 30).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    x ^ x >> 27
}

fn write_list(path: &Path, keys: u64) {
    let mut sorted: Vec<u64> = (0..keys).map(key).collect();
    sorted.sort_unstable();
    let mut text = String::new();
    for key in sorted {
        writeln!(text, "{key:016X}{:024X}:{}", 0, key % 50).unwrap();
    }
    fs::write(path, text).unwrap();
}

fn build(folder: &Path, inputs: &[&str], out: &str) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_vestibule"));
    command
        .current_dir(folder)
        .args(["corpus", "build"])
        .args(inputs)
        .args([
            "--words",
            "--partial",
            "--out",
            out,
            "--date",
            "2026-01-01",
            "--source",
            "x",
        ])
        .stdout(Stdio::null());
    command
}

#[test]
fn a_build_killed_at_any_moment_ends_in_the_same_file() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    write_list(&at.join("list"), 400_000);
    let words: String = (0..100_000).fold(String::new(), |text, n| text + &format!("word {n}\n"));
    fs::write(at.join("words"), words).unwrap();
    let inputs = ["list", "words"];
    assert!(build(at, &inputs, "whole").status().unwrap().success());
    let mut kills = 0;
    for round in 0..5_u64 {
        let mut pause = 20 + key(round) % 60;
        loop {
            assert!(pause < 60_000, "a build that nothing kills does not end well");
            let mut child = build(at, &inputs, "killed").spawn().unwrap();
            std::thread::sleep(Duration::from_millis(pause));
            pause += pause / 3;
            if child.try_wait().unwrap().is_some_and(|status| status.success()) {
                break;
            }
            child.kill().unwrap();
            let ended = child.wait().unwrap();
            kills += u64::from(!ended.success());
        }
        assert!(fs::read(at.join("killed")).unwrap() == fs::read(at.join("whole")).unwrap());
        assert!(!at.join("killed.part").exists());
        fs::remove_file(at.join("killed")).unwrap();
    }
    assert!(kills >= 10, "only {kills} builds were killed");
}

/// The most memory the build ever held, in KiB.
fn peak(folder: &Path, input: &str) -> u64 {
    let mut child = build(folder, &[input], "out").spawn().unwrap();
    let status = format!("/proc/{}/status", child.id());
    let mut peak = 0;
    while child.try_wait().unwrap().is_none() {
        let text = fs::read_to_string(&status).unwrap_or_default();
        let now = text
            .lines()
            .find_map(|line| line.strip_prefix("VmHWM:")?.trim().strip_suffix(" kB"));
        peak = now.map_or(peak, |now| now.trim().parse().unwrap());
        std::thread::sleep(Duration::from_millis(2));
    }
    peak
}

#[test]
fn the_memory_of_a_build_does_not_grow_with_its_input() {
    let folder = tempfile::tempdir().unwrap();
    for (name, keys) in [("small", 200_000), ("large", 2_000_000)] {
        write_list(&folder.path().join(name), keys);
    }
    let (small, large) = (peak(folder.path(), "small"), peak(folder.path(), "large"));
    assert!(small > 0 && large < 64 * 1024, "{large} KiB");
    assert!(large < small + 6 * 1024, "{small} KiB, then {large} KiB");
}
