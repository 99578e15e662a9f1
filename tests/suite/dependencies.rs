//! Every direct dependency has its reason in `docs/dependencies.md`, and every reason its dependency. What is accepted
//! of advisories and release candidates is what was decided.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

#[test]
fn every_direct_dependency_has_its_reason() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let manifest: toml::Table = fs::read_to_string(root.join("Cargo.toml")).unwrap().parse().unwrap();
    let shared = manifest["workspace"]["dependencies"].as_table().unwrap();
    let used: BTreeSet<String> = shared
        .iter()
        .filter(|(_, dependency)| dependency.get("path").is_none())
        .map(|(name, dependency)| {
            dependency
                .get("package")
                .map_or(name.as_str(), |name| name.as_str().unwrap())
                .to_owned()
        })
        .collect();

    let page = fs::read_to_string(root.join("docs/dependencies.md")).unwrap();
    let rows = page
        .lines()
        .filter_map(|line| line.strip_prefix("| ")?.split_once(" | "));
    let explained: BTreeSet<String> = rows
        .filter(|(name, reason)| *name != "crate" && reason.len() > 5)
        .map(|(name, _)| name.to_owned())
        .collect();

    let missing: Vec<_> = used.difference(&explained).collect();
    let stale: Vec<_> = explained.difference(&used).collect();
    assert!(
        missing.is_empty() && stale.is_empty(),
        "docs/dependencies.md: missing {missing:?}, no longer used {stale:?}"
    );
}

/// The advisories that `deny.toml` accepts, the package each is about, and who depends on it. Their reasons were read
/// in the sources of these versions: with another one, read again (docs/decisions/0025-accepted-advisories.md), then
/// change this.
const ACCEPTED: [(&str, &str, &[&str]); 5] = [
    ("RUSTSEC-2023-0071", "rsa 0.9.10", &["openidconnect 4.1.0"]),
    ("RUSTSEC-2023-0071", "openidconnect 4.1.0", &["vestibule 0.1.0"]),
    ("RUSTSEC-2023-0071", "rsa 0.10.0-rc.19", &["crypto-glue 0.2.2"]),
    (
        "RUSTSEC-2023-0071",
        "crypto-glue 0.2.2",
        &["webauthn-attestation-ca 0.6.2", "webauthn-rs-core 0.6.2"],
    ),
    ("RUSTSEC-2026-0258", "h2 0.3.27", &["actix-http 3.20.0", "awc 3.11.0"]),
];

#[test]
fn an_advisory_is_accepted_for_the_callers_that_were_read() {
    let locked = locked();
    for (advisory, package, read) in ACCEPTED {
        let (name, _) = package.split_once(' ').unwrap();
        let callers: BTreeSet<&str> = locked
            .iter()
            .filter(|(_, dependencies)| dependencies.iter().any(|d| d == package || d == name))
            .map(|(caller, _)| caller.as_str())
            .collect();
        assert!(locked.contains_key(package), "{advisory}: {package} is not there");
        assert_eq!(callers, read.iter().copied().collect(), "{advisory}: {package}");
    }

    let accepted: BTreeSet<_> = ACCEPTED.iter().map(|(advisory, ..)| (*advisory).to_owned()).collect();
    let deny = table("deny.toml");
    let ignored: BTreeSet<_> = deny["advisories"]["ignore"]
        .as_array()
        .unwrap()
        .iter()
        .map(|entry| {
            assert!(entry["reason"].as_str().unwrap().len() > 40, "{entry}");
            entry["id"].as_str().unwrap().to_owned()
        })
        .collect();
    assert_eq!(ignored, accepted, "deny.toml and this list");
}

/// What keeps private RSA keys away from the crate `rsa`: nothing that is shipped depends on openidconnect, and nothing
/// of ours names either `rsa` or what webauthn-rs wraps it in.
#[test]
fn no_rsa_key_of_ours_reaches_the_crate_rsa() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut manifests = vec![table("Cargo.toml")];
    for room in fs::read_dir(root.join("crates")).unwrap() {
        let manifest = format!("crates/{}/Cargo.toml", room.unwrap().file_name().into_string().unwrap());
        manifests.push(table(&manifest));
    }
    assert!(manifests.len() > 10, "the rooms are in crates/");
    for manifest in &manifests {
        let dependencies = manifest["dependencies"].as_table().unwrap();
        for name in ["openidconnect", "rsa", "crypto-glue", "webauthn-rs-core"] {
            assert!(
                !dependencies.contains_key(name),
                "{}: {name}",
                manifest["package"]["name"]
            );
        }
    }
    assert!(manifests[0]["dev-dependencies"].get("openidconnect").is_some());
}

/// Release candidates may change at any time: which ones are in the tree is a decision, not an accident.
#[test]
fn release_candidates_have_a_decision() {
    let note =
        fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/decisions/0025-accepted-advisories.md"))
            .unwrap();
    let locked = locked();
    let candidates: Vec<&String> = locked.keys().filter(|package| is_candidate(package)).collect();
    assert_eq!(candidates, ["kbkdf 0.1.0-rc.1", "rsa 0.10.0-rc.19"]);
    for package in candidates {
        assert!(note.contains(package.as_str()), "{package}");
    }
}

/// `package`: name and version. What follows a plus sign is no part of the order of versions.
fn is_candidate(package: &str) -> bool {
    let (_, version) = package.split_once(' ').unwrap();
    version.split('+').next().unwrap().contains('-')
}

#[test]
fn a_candidate_is_known_by_its_version() {
    assert!(is_candidate("rsa 0.10.0-rc.19"));
    assert!(is_candidate("a-name 1.0.0-beta+build"));
    assert!(!is_candidate("a-name 1.0.0"));
    assert!(!is_candidate("wasi 0.11.1+wasi-snapshot-preview1"));
}

/// What `Cargo.lock` holds: name and version of each package, with what it depends on (with a version where there are
/// several).
fn locked() -> BTreeMap<String, Vec<String>> {
    let lock = table("Cargo.lock");
    let text = |value: &toml::Value| value.as_str().unwrap().to_owned();
    let packages = lock["package"].as_array().unwrap();
    packages
        .iter()
        .map(|package| {
            let dependencies = package.get("dependencies").and_then(toml::Value::as_array);
            (
                format!("{} {}", text(&package["name"]), text(&package["version"])),
                dependencies.into_iter().flatten().map(text).collect(),
            )
        })
        .collect()
}

fn table(file: &str) -> toml::Table {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(file);
    fs::read_to_string(path).unwrap().parse().unwrap()
}
