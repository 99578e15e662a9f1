//! Every direct dependency has its reason in `docs/dependencies.md`, and every reason its dependency.

use std::collections::BTreeSet;
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
