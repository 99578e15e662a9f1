//! `vestibule corpus …` as the contract names it.

use std::fs;

use crate::support::command::{vestibule, vestibule_told};

#[test]
fn a_corpus_is_built_described_and_checked() {
    let folder = tempfile::tempdir().unwrap();
    let run = |arguments: &[&str]| vestibule(folder.path(), arguments);
    fs::write(folder.path().join("words"), "azertyuiop\nmotdepasse\n").unwrap();
    let build = [
        "corpus",
        "build",
        "words",
        "--words",
        "--out",
        "c",
        "--source",
        "two words",
        "--date",
        "2026-09-30",
    ];
    let ran = run(&build);
    assert_eq!((ran.code, ran.err.as_str()), (0, ""));
    assert!(ran.out.starts_with("c: 2 passwords (sha1)"), "{}", ran.out);
    let info = run(&["corpus", "info", "c", "--json"]).json();
    assert_eq!(
        (info["source"].as_str(), info["date"].as_str()),
        (Some("two words"), Some("2026-09-30"))
    );
    assert_eq!(
        (info["passwords"].as_u64(), info["format"].as_u64()),
        (Some(2), Some(1))
    );
    assert_eq!(run(&["corpus", "check", "c"]).code, 0);
    for (typed, known) in [("motdepasse\r\n", true), ("trois tortues\n", false)] {
        let ran = vestibule_told(folder.path(), typed, &["corpus", "probe", "c", "--json"]);
        assert_eq!(
            (ran.code, ran.json()["known"].as_bool()),
            (0, Some(known)),
            "{}",
            ran.err
        );
        assert!(!format!("{}{}", ran.out, ran.err).contains(typed.trim()));
    }

    let mut bytes = fs::read(folder.path().join("c")).unwrap();
    bytes[4100] ^= 1;
    fs::write(folder.path().join("c"), &bytes).unwrap();
    let ran = run(&["corpus", "check", "c", "--json"]);
    assert_eq!(ran.code, 1);
    assert!(
        ran.json()["error"]["what"].as_str().unwrap().contains("damaged"),
        "{}",
        ran.out
    );
    fs::write(folder.path().join("c"), &bytes[..bytes.len() - 1]).unwrap();
    let ran = run(&["corpus", "info", "c"]);
    assert!(ran.code == 1 && ran.err.contains("cut short"), "{}", ran.err);
}

#[test]
fn what_cannot_be_built_is_told_with_file_line_and_remedy() {
    let folder = tempfile::tempdir().unwrap();
    let run = |arguments: &[&str]| vestibule(folder.path(), arguments);
    let list = format!("{:040X}:3\n{:040X}:3\n", u128::MAX, 5);
    fs::write(folder.path().join("list"), list).unwrap();
    let ran = run(&["corpus", "build", "list", "--partial", "--out", "c"]);
    assert_eq!(ran.code, 1);
    assert!(
        ran.err.contains("list:2: it is not in order") && ran.err.contains("LC_ALL=C sort"),
        "{}",
        ran.err
    );
    for usage in [
        &["corpus", "build", "--out", "c"] as &[&str],
        &["corpus", "build", "list"],
        &["corpus", "build", "list", "--out", "c", "--algorithm", "md5"],
        &["corpus", "build", "list", "--out", "c", "--date", "yesterday"],
    ] {
        assert_eq!(run(usage).code, 2, "{usage:?}");
    }
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "nothing is left");
}
