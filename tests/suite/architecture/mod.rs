//! Holds the floors: who may import whom. The table is that of `docs/architecture.md`; change both in one commit.

mod scan;

use std::fs;
use std::path::{Path, PathBuf};

use scan::Reference;

/// Rooms, lowest floor first. A room imports only from lower floors, and rooms on one floor never import each other.
///
/// The top floor of the page is three here, because the rooms in it do start each other: the demo starts the server, and
/// `main.rs` starts either.
const FLOORS: &[&[&str]] = &[
    &["kernel"],
    &["config", "crypto", "corpus", "i18n"],
    &["domain"],
    &["store"],
    &["service"],
    &["auth", "leak", "oidc", "gate", "admin"],
    &["web", "cli"],
    &["server"],
    &["demo"],
    &["main"],
];

/// Inside `web/`: the kit is for all of them, and none of them imports another or is imported by the kit.
const FACES: &[&str] = &["portal", "desk", "api", "idp", "proxy"];

const LONGEST_FILE: usize = 600;

fn floor(room: &str) -> Option<usize> {
    FLOORS.iter().position(|rooms| rooms.contains(&room))
}

/// Everything wrong with one file; `file` is its path under `src`, as in `web/portal/login.rs`.
fn complaints(file: &str, source: &str) -> Vec<String> {
    let mut wrong = Vec::new();
    let lines = source.lines().count();
    if lines > LONGEST_FILE {
        wrong.push(format!("{file}: {lines} lines, {LONGEST_FILE} at most"));
    }
    let here: Vec<&str> = file.trim_end_matches(".rs").split('/').collect();
    let room = here[0];
    if room == "lib" {
        return wrong;
    }
    if floor(room).is_none() {
        wrong.push(format!(
            "{file}: {room} is not a room of the table in tests/suite/architecture"
        ));
    }
    for Reference { line, path } in scan::references(file, source) {
        let said = path.join("::");
        match path[0].as_str() {
            "crate" => wrong.extend(forbidden(&here, &path[1..]).map(|why| format!("{file}:{line}: {said}: {why}"))),
            "sqlx" if room != "store" => wrong.push(format!("{file}:{line}: {said}: only store imports sqlx")),
            _ => {}
        }
    }
    wrong
}

fn forbidden(here: &[&str], target: &[String]) -> Option<String> {
    let (room, other) = (here[0], target.first()?.as_str());
    if other == room {
        let face_of = |name: &str| FACES.iter().copied().find(|face| *face == name);
        let theirs = (room == "web")
            .then(|| target.get(1).and_then(|name| face_of(name)))
            .flatten()?;
        let ours = here.get(1).and_then(|name| face_of(name));
        return match ours {
            Some(ours) if ours == theirs => None,
            Some(ours) => Some(format!("the face {ours} imports the face {theirs}")),
            // The module that mounts them all.
            None if here == ["web", "mod"] => None,
            None => Some(format!("the kit imports the face {theirs}")),
        };
    }
    match (floor(room)?, floor(other)) {
        (_, None) => Some(format!("{other} is not a room of the table")),
        (from, Some(to)) if to > from => Some(format!("{room} imports upwards from {other}")),
        (from, Some(to)) if to == from => Some(format!("{room} and {other} are rooms on one floor")),
        _ => None,
    }
}

fn sources(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(sources(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
    found.sort();
    found
}

#[test]
fn every_file_imports_only_from_the_floors_below_it() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let files = sources(&root);
    assert!(files.len() > 5, "the sources were not found");
    let wrong: Vec<_> = files
        .iter()
        .flat_map(|file| {
            let name = file.strip_prefix(&root).unwrap().to_string_lossy().into_owned();
            complaints(&name, &fs::read_to_string(file).unwrap())
        })
        .collect();
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn one_file_has_unsafe_code_and_says_why() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let names_it = |file: &PathBuf| {
        let source = fs::read_to_string(file).unwrap();
        source.contains("unsafe_code") || source.contains("unsafe {")
    };
    let found: Vec<_> = sources(&root).into_iter().filter(names_it).collect();
    assert_eq!(found, [root.join("corpus/map.rs")]);
    assert!(fs::read_to_string(&found[0]).unwrap().contains("// SAFETY:"));
}

#[test]
fn no_test_file_is_too_long_either() {
    for file in sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests")) {
        let lines = fs::read_to_string(&file).unwrap().lines().count();
        assert!(lines <= LONGEST_FILE, "{}: {lines} lines", file.display());
    }
}

#[test]
fn the_check_can_fail() {
    for (file, source, expected) in [
        (
            "domain/account.rs",
            "use crate::store::db::Db;",
            "domain imports upwards from store",
        ),
        (
            "auth/enrol.rs",
            "use crate::{domain::account, leak::campaign};",
            "auth and leak are rooms on one floor",
        ),
        (
            "gate/x.rs",
            "fn f() { crate::oidc::token::issue() }",
            "gate and oidc are rooms on one floor",
        ),
        (
            "kernel/ids.rs",
            "use super::super::config::Config;",
            "kernel imports upwards from config",
        ),
        ("domain/x.rs", "use sqlx::Row;", "only store imports sqlx"),
        ("service/x.rs", "fn f(e: sqlx::Error) {}", "only store imports sqlx"),
        (
            "web/portal/login.rs",
            "use crate::web::desk::page;",
            "the face portal imports the face desk",
        ),
        (
            "web/csrf.rs",
            "use crate::web::portal::login;",
            "the kit imports the face portal",
        ),
        ("cellar/x.rs", "", "cellar is not a room"),
        (
            "auth/x.rs",
            "use crate::{\n    kernel::clock::Clock,\n    web::{cookies, csrf},\n};",
            "auth/x.rs:3: crate::web::cookies",
        ),
    ] {
        let wrong = complaints(file, source);
        assert!(wrong.iter().any(|why| why.contains(expected)), "{source}: {wrong:?}");
    }
    let long = "\n".repeat(LONGEST_FILE + 1);
    assert_eq!(complaints("kernel/x.rs", &long).len(), 1);
}

#[test]
fn what_is_allowed_is_not_complained_about() {
    for (file, source) in [
        (
            "auth/enrol.rs",
            "use crate::{domain::account, store::db::Db, kernel::clock::Clock};",
        ),
        (
            "web/portal/login.rs",
            "use crate::web::csrf::Csrf;\nuse crate::web::portal::page;\nuse super::super::csrf;",
        ),
        ("web/mod.rs", "use crate::web::portal;"),
        ("store/accounts.rs", "use sqlx::Row;"),
        (
            "domain/x.rs",
            "/// See [`crate::store::db`].\n// use crate::web::x;\nconst S: &str = \"crate::web::y\";",
        ),
        (
            "kernel/x.rs",
            "/* crate::web::x */ mod tests { use super::super::clock; }",
        ),
        ("main.rs", "use vestibule::cli; use crate::demo::lis;"),
    ] {
        assert_eq!(complaints(file, source), Vec::<String>::new(), "{source}");
    }
}
