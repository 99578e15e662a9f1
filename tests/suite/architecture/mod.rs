//! Holds what the compiler does not: which room may depend on which, the faces of `web` apart from each other, files
//! that need each other in circles, and the length of files. The table is that of `docs/architecture.md`; change both in one commit.

mod circles;
mod scan;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use scan::Reference;

/// Rooms, lowest floor first. A room depends only on rooms of lower floors, and rooms on one floor never on each other.
const FLOORS: &[&[&str]] = &[
    &["kernel"],
    &["config", "crypto", "corpus", "i18n"],
    &["domain"],
    &["store"],
    &["machinery"],
    &["service"],
    &["auth", "leak", "oidc", "gate", "admin"],
    &["web", "cli"],
    &["server"],
    &["demo"],
];

/// Inside `web/`: the kit is for all of them, and none of them imports another or is imported by the kit.
const FACES: &[&str] = &["portal", "desk", "api", "idp", "proxy"];

const LONGEST_FILE: usize = 600;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn floor(room: &str) -> Option<usize> {
    FLOORS.iter().position(|rooms| rooms.contains(&room))
}

/// What is wrong with a room's manifest.
fn complaints_of_manifest(room: &str, manifest: &str) -> Vec<String> {
    let Some(floor_here) = floor(room) else {
        return vec![format!("{room} is not a room of the table in tests/suite/architecture")];
    };
    let manifest: toml::Table = manifest.parse().unwrap();
    let names = manifest.get("dependencies").and_then(toml::Value::as_table);
    let names = names.into_iter().flat_map(|table| table.keys());
    names
        .filter_map(|name| match floor(name) {
            Some(there) if there > floor_here => Some(format!("{room} depends upwards on {name}")),
            Some(there) if there == floor_here => Some(format!("{room} and {name} are rooms on one floor")),
            Some(_) if room == "web" && name == "store" => {
                Some("web depends on store: a page asks a use case, and opens no transaction".to_owned())
            }
            None if name == "sqlx" && room != "store" => Some(format!("{room} depends on sqlx: only store does")),
            _ => None,
        })
        .collect()
}

/// What is wrong with a file of `web`; `file` is its path in the crate's `src`, as in `portal/login.rs`.
fn complaints_of_face(file: &str, source: &str) -> Vec<String> {
    let face_of = |name: &str| FACES.iter().copied().find(|face| *face == name);
    let ours = file.split('/').next().and_then(face_of);
    let mut wrong = Vec::new();
    for Reference { line, path } in scan::references(file, source) {
        let theirs = path
            .get(1)
            .filter(|_| path[0] == "crate")
            .and_then(|name| face_of(name));
        let why = match (ours, theirs) {
            (_, None) => continue,
            (Some(ours), Some(theirs)) if ours == theirs => continue,
            (Some(ours), Some(theirs)) => format!("the face {ours} imports the face {theirs}"),
            // The module that mounts them all.
            (None, Some(_)) if file == "lib.rs" => continue,
            (None, Some(theirs)) => format!("the kit imports the face {theirs}"),
        };
        wrong.push(format!("web/{file}:{line}: {}: {why}", path.join("::")));
    }
    wrong
}

/// How actix gives a body away. What is posted comes out of the kit's `Posted`, `PostedUpload` and `ForeignPost` alone;
/// the gate passes bodies on as they come.
fn complaints_of_bodies(file: &str, source: &str) -> Vec<String> {
    const GIVE: &[&str] = &[
        "Form",
        "Json",
        "Either",
        "Bytes",
        "Payload",
        "Multipart",
        "MultipartForm",
        "UrlEncoded",
        "JsonBody",
        "FromRequest",
        "HttpMessage",
        "*",
    ];
    if file.starts_with("kit/") || file.starts_with("proxy/") {
        return Vec::new();
    }
    let found = scan::paths(source, &["web", "actix_web", "actix_multipart"]).into_iter();
    found
        .filter(|reference| reference.path.iter().any(|part| GIVE.contains(&part.as_str())))
        .map(|Reference { line, path }| format!("web/{file}:{line}: {}: a body past the kit", path.join("::")))
        .collect()
}

/// The books of an attempt are kept in one room, so that no door keeps them in a way of its own; `file` is a path in
/// `crates`.
fn complaints_of_books(file: &str, source: &str) -> Vec<String> {
    const KEPT: &[&str] = &[
        "throttle::lock(",
        "throttle::store(",
        "devices::lock(",
        "devices::distrust(",
        "backoff(",
        ".attempt_ended(",
        ".sign_in_ended(",
        "SignInDelayed {",
    ];
    const KEEPERS: &[&str] = &["service/src/attempts/", "store/", "domain/"];
    if KEEPERS.iter().any(|keeper| file.starts_with(keeper)) {
        return Vec::new();
    }
    let kept = KEPT.iter().filter(|kept| source.contains(*kept));
    kept.map(|kept| format!("{file}: {kept}: service/attempts does this for every door"))
        .collect()
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

/// Every room with its folder.
fn rooms() -> BTreeMap<String, PathBuf> {
    let folders = fs::read_dir(root().join("crates")).unwrap().map(|entry| entry.unwrap());
    folders
        .map(|entry| (entry.file_name().into_string().unwrap(), entry.path()))
        .collect()
}

#[test]
fn every_room_depends_only_on_the_floors_below_it() {
    let rooms = rooms();
    assert_eq!(rooms.len(), FLOORS.iter().map(|floor| floor.len()).sum::<usize>());
    let wrong: Vec<_> = rooms
        .iter()
        .flat_map(|(room, folder)| {
            complaints_of_manifest(room, &fs::read_to_string(folder.join("Cargo.toml")).unwrap())
        })
        .collect();
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn the_faces_of_web_stay_apart() {
    let web = root().join("crates/web/src");
    let files = sources(&web);
    assert!(files.len() > 50, "the sources were not found");
    let wrong: Vec<_> = files
        .iter()
        .flat_map(|file| {
            let name = file.strip_prefix(&web).unwrap().to_string_lossy().into_owned();
            complaints_of_face(&name, &fs::read_to_string(file).unwrap())
        })
        .collect();
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn what_is_posted_comes_out_of_the_kit() {
    let web = root().join("crates/web/src");
    let wrong: Vec<_> = sources(&web)
        .iter()
        .flat_map(|file| {
            let name = file.strip_prefix(&web).unwrap().to_string_lossy().into_owned();
            complaints_of_bodies(&name, &fs::read_to_string(file).unwrap())
        })
        .collect();
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn the_books_of_attempts_are_kept_in_one_room() {
    let crates = root().join("crates");
    let wrong: Vec<_> = sources(&crates)
        .iter()
        .flat_map(|file| {
            let name = file.strip_prefix(&crates).unwrap().to_string_lossy().into_owned();
            complaints_of_books(&name, &fs::read_to_string(file).unwrap())
        })
        .collect();
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn one_file_has_unsafe_code_and_says_why() {
    let names_it = |file: &PathBuf| {
        let source = fs::read_to_string(file).unwrap();
        source.contains("unsafe_code") || source.contains("unsafe {")
    };
    let found: Vec<_> = sources(&root().join("crates")).into_iter().filter(names_it).collect();
    assert_eq!(found, [root().join("crates/corpus/src/map.rs")]);
    assert!(fs::read_to_string(&found[0]).unwrap().contains("// SAFETY:"));
}

#[test]
fn files_do_not_depend_on_each_other_in_circles() {
    for (room, folder) in rooms() {
        let folder = folder.join("src");
        let files: Vec<_> = sources(&folder)
            .into_iter()
            .map(|file| {
                let source = fs::read_to_string(&file).unwrap();
                (
                    file.strip_prefix(&folder).unwrap().to_string_lossy().into_owned(),
                    source,
                )
            })
            .collect();
        let found = circles::circles(files.iter().map(|(name, source)| (name.as_str(), source.as_str())));
        assert!(found.is_empty(), "{room}: {found:?}");
    }
}

#[test]
fn no_file_is_too_long() {
    for folder in ["src", "crates", "tests", "benches"] {
        for file in sources(&root().join(folder)) {
            let lines = fs::read_to_string(&file).unwrap().lines().count();
            assert!(lines <= LONGEST_FILE, "{}: {lines} lines", file.display());
        }
    }
}

#[test]
fn the_checks_can_fail() {
    for source in [
        "let backoff = throttle::lock(&mut tx, lab, &index, now).await?;",
        "core.metrics.sign_in_ended(SignInResult::refused);",
        "Event::SignInDelayed { seconds }",
        "devices::set_backoff(tx, lab, id, &backoff).await?;",
    ] {
        assert_eq!(complaints_of_books("auth/src/door.rs", source).len(), 1, "{source}");
        assert!(complaints_of_books("service/src/attempts/bucket.rs", source).is_empty());
    }
    for (room, dependency, expected) in [
        ("domain", "store", "domain depends upwards on store"),
        ("auth", "leak", "auth and leak are rooms on one floor"),
        ("kernel", "config", "kernel depends upwards on config"),
        ("service", "sqlx", "service depends on sqlx"),
        ("web", "store", "web depends on store"),
        ("cellar", "kernel", "cellar is not a room"),
    ] {
        let wrong = complaints_of_manifest(room, &format!("[dependencies]\n{dependency}.workspace = true"));
        assert!(wrong.iter().any(|why| why.contains(expected)), "{room}: {wrong:?}");
    }
    for (file, source, expected) in [
        (
            "portal/login.rs",
            "use crate::desk::page;",
            "web/portal/login.rs:1: crate::desk::page: the face portal imports the face desk",
        ),
        (
            "kit/csrf.rs",
            "use crate::portal::login;",
            "the kit imports the face portal",
        ),
        (
            "idp/x.rs",
            "use crate::{\n    kit::form,\n    api::{problem, body},\n};",
            "web/idp/x.rs:3: crate::api::problem",
        ),
    ] {
        let wrong = complaints_of_face(file, source);
        assert!(wrong.iter().any(|why| why.contains(expected)), "{source}: {wrong:?}");
    }
    for source in [
        "use actix_web::web::{Data, Form};",
        "use actix_web::web;\nfn post(fields: web::Form<Fields>) {}",
        "use actix_web::web::*;",
        "use actix_multipart::Multipart;",
        "fn post(body: actix_web::web::Bytes) {}",
    ] {
        assert_eq!(complaints_of_bodies("portal/login.rs", source).len(), 1, "{source}");
        assert!(complaints_of_bodies("kit/posted.rs", source).is_empty());
    }
}

#[test]
fn what_is_allowed_is_not_complained_about() {
    for (room, dependency) in [
        ("auth", "store"),
        ("store", "sqlx"),
        ("web", "auth"),
        ("kernel", "serde"),
    ] {
        let wrong = complaints_of_manifest(room, &format!("[dependencies]\n{dependency}.workspace = true"));
        assert_eq!(wrong, Vec::<String>::new());
    }
    for (file, source) in [
        ("portal/login.rs", "use crate::kit::form;\nuse crate::portal::page;"),
        ("lib.rs", "use crate::portal;"),
        (
            "kit/x.rs",
            "/// See [`crate::portal::login`].\n// use crate::desk::x;\nconst S: &str = \"crate::api::y\";",
        ),
    ] {
        assert_eq!(complaints_of_face(file, source), Vec::<String>::new(), "{source}");
    }
}
