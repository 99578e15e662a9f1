//! What the documents name is there: files, commands of the Makefile.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// Folders of the repository; what begins with one, between backticks, is a path.
const FOLDERS: [&str; 7] = ["crates/", "tests/", "docs/", "migrations/", "config/", "k8s/", ".ci/"];

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn documents() -> Vec<PathBuf> {
    let mut found = Vec::new();
    for folder in ["", "docs", "docs/decisions", "k8s", "tests/browser"] {
        for entry in fs::read_dir(root().join(folder)).unwrap() {
            let path = entry.unwrap().path();
            if path.extension().is_some_and(|extension| extension == "md") {
                found.push(path);
            }
        }
    }
    found
}

/// Where the links of a document lead, without what is elsewhere and without fragments.
fn links(text: &str) -> impl Iterator<Item = &str> {
    text.split("](")
        .skip(1)
        .filter_map(|rest| rest.split_once(')').map(|(target, _)| target))
        .map(|target| target.split('#').next().unwrap_or(target))
        .filter(|target| !target.is_empty() && !target.contains("://"))
}

/// What is between backticks within a line.
fn quoted(text: &str) -> impl Iterator<Item = &str> {
    text.lines().flat_map(|line| line.split('`').skip(1).step_by(2))
}

/// The paths among what is quoted; not those with a part left open (`NAME`, `…`, `*`, `<…>`).
fn paths(text: &str) -> impl Iterator<Item = &str> {
    quoted(text)
        .filter(|word| FOLDERS.iter().any(|folder| word.starts_with(folder)))
        .map(|word| word.split("::").next().unwrap_or(word))
        .filter(|word| {
            !word.contains(|c: char| c.is_ascii_uppercase() || " *…<>{}".contains(c)) || word.ends_with(".md")
        })
}

#[test]
fn what_a_document_links_to_or_names_is_there() {
    let mut missing = Vec::new();
    let mut seen = 0;
    for document in documents() {
        let text = fs::read_to_string(&document).unwrap();
        let beside = document.parent().unwrap();
        let linked = links(&text).map(|target| (target, beside.join(target)));
        let named = paths(&text).map(|path| (path, root().join(path)));
        for (name, path) in linked.chain(named) {
            seen += 1;
            if !path.exists() {
                missing.push(format!("{}: {name}", document.strip_prefix(root()).unwrap().display()));
            }
        }
    }
    assert!(seen > 100, "only {seen} paths were found in the documents");
    assert!(missing.is_empty(), "{}", missing.join("\n"));
}

#[test]
fn every_command_of_make_that_is_named_exists() {
    let makefile = fs::read_to_string(root().join("Makefile")).unwrap();
    let targets: BTreeSet<&str> = makefile
        .lines()
        .filter_map(|line| line.split_once(": ## ").map(|(target, _)| target))
        .collect();
    let phony = makefile.lines().find_map(|line| line.strip_prefix(".PHONY: ")).unwrap();
    assert_eq!(
        phony.split(' ').collect::<BTreeSet<_>>(),
        targets,
        ".PHONY and what has a line of help"
    );
    for file in ["CONTRIBUTING.md", "README.md"] {
        let text = fs::read_to_string(root().join(file)).unwrap();
        for target in quoted(&text).filter_map(|word| word.strip_prefix("make ")) {
            let target = target.split(' ').next().unwrap();
            assert!(targets.contains(target), "{file}: make {target}");
        }
    }
}

#[test]
fn every_decision_has_a_number_of_its_own() {
    let mut seen = BTreeSet::new();
    for entry in fs::read_dir(root().join("docs/decisions")).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap();
        let number = name.split('-').next().unwrap().to_owned();
        let text = fs::read_to_string(&path).unwrap();
        assert!(
            text.starts_with(&format!("# {number}: ")),
            "{name}: its title has its number"
        );
        assert!(seen.insert(number), "{name}: the number is taken");
    }
    assert!(seen.len() > 20);
}

#[test]
fn links_and_paths_are_told_from_words() {
    let text = "See [a](b.md#c), [d](https://e) and [f](#g); `crates/web/src/lib.rs::x`, `crates/NAME`, `cargo test`.";
    assert_eq!(links(text).collect::<Vec<_>>(), ["b.md"]);
    assert_eq!(paths(text).collect::<Vec<_>>(), ["crates/web/src/lib.rs"]);
}
