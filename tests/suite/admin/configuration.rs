use std::path::Path;

use vestibule::config::Config;

use super::stand::Stand;
use crate::support::command::{vestibule, vestibule_with};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

#[test]
fn the_sample_configurations_load() {
    for file in [
        "config/vestibule.toml",
        "k8s/base/vestibule.toml",
        "k8s/overlays/example/vestibule.toml",
    ] {
        if let Err(problems) = Config::load(&root().join(file)) {
            panic!("{file}: {problems}");
        }
    }
}

/// Every commented key with its default, uncommented, loads too and changes nothing that has a default.
#[test]
fn the_sample_shows_keys_that_exist() {
    let text = std::fs::read_to_string(root().join("config/vestibule.toml")).unwrap();
    let is_key = |line: &str| {
        let key = line.split(" = ").next().unwrap_or_default();
        line.contains(" = ")
            && key
                .bytes()
                .all(|byte| byte.is_ascii_lowercase() || b"_-".contains(&byte))
    };
    let is_table = |line: &str| line.starts_with('[') && line.ends_with(']');
    let open = |line: &str| match line.strip_prefix("# ") {
        // The other way to say url.
        Some(key) if is_table(key) || (is_key(key) && !key.starts_with("url_file")) => key.to_owned(),
        _ => line.to_owned(),
    };
    let opened = text.lines().map(open).collect::<Vec<_>>().join("\n");
    assert!(opened.lines().count() > 100);
    let stand = Stand::sqlite();
    let mut with = Config::load(&stand.write("all.toml", &opened)).unwrap_or_else(|problems| panic!("{problems}"));
    // None by default.
    with.server.mtls_listen = None;
    with.server.mtls_client_ca_file = None;
    with.server.mtls_public_port = None;
    with.server.client_header = None;
    let without = Config::load(&stand.write("few.toml", &text)).unwrap();
    assert_eq!(format!("{:?}", with.password), format!("{:?}", without.password));
    assert_eq!(format!("{:?}", with.session), format!("{:?}", without.session));
    assert_eq!(format!("{:?}", with.sign_in), format!("{:?}", without.sign_in));
    assert_eq!(format!("{:?}", with.throttle), format!("{:?}", without.throttle));
    assert_eq!(format!("{:?}", with.server), format!("{:?}", without.server));
    assert_eq!(with.labs[0].lab_code_days, without.labs[0].lab_code_days);
}

fn problem_of(change: impl FnOnce(String) -> String) -> (String, String) {
    let stand = Stand::sqlite();
    let text = std::fs::read_to_string(stand.path("vestibule.toml")).unwrap();
    let file = stand.write("vestibule.toml", change(text));
    let problems = Config::load(&file).unwrap_err();
    let first = problems.iter().next().unwrap().clone();
    assert!(first.place.starts_with(file.to_str().unwrap()), "{first}");
    assert!(!first.remedy.is_empty());
    (first.place.replace(file.to_str().unwrap(), "FILE"), first.what)
}

#[test]
fn a_mistake_is_named_by_file_and_line() {
    let (place, what) = problem_of(|text| text.replacen("listen = ", "lissen = ", 1));
    assert_eq!(place, "FILE:2");
    assert!(what.contains("lissen"), "{what}");
    let (place, _) = problem_of(|text| text.replace("[keyring]", "[keyring"));
    assert_eq!(place, "FILE:9");
    let (place, what) = problem_of(|text| text.replace("threads = 1", "threads = \"two\""));
    assert_eq!(place, "FILE:15", "{what}");
    let (_, what) = problem_of(|text| text.split("[[lab]]").next().unwrap().to_owned());
    assert!(what.contains("lab"), "{what}");
    let (place, what) = problem_of(|text| text.replace("memory_kib = 19456", "memory_kib = 1024"));
    assert!(place.starts_with("FILE: [password]"), "{place}");
    assert!(what.contains("too cheap"), "{what}");
    let (place, what) = problem_of(|text| {
        text + "[[site]]\nid = \"s\"\nlab = \"nowhere\"\norigin = \"https://s.localhost\"\nupstream = \"http://localhost\"\n\
            [[site.rule]]\nurl = \"/\"\nrequires = \"session\"\n"
    });
    assert_eq!(place, "FILE: [[site]] s: lab");
    assert!(what.contains("nowhere"), "{what}");
    assert!(
        Config::load(Path::new("/none.toml"))
            .unwrap_err()
            .to_string()
            .contains("does not exist")
    );
}

#[test]
fn r01_a_broken_line_is_not_shown() {
    let (place, what) = problem_of(|text| text.replace("url = \"sqlite:", "url = s3cret \"sqlite:"));
    assert_eq!(place, "FILE:8");
    assert!(!what.contains("s3cret"), "{what}");
}

#[test]
fn a_variable_of_the_environment_wins_over_the_file() {
    let stand = Stand::sqlite();
    let other = [("VESTIBULE__DATABASE__URL", "sqlite:other.db")];
    let ran = vestibule_with(stand.folder.path(), &other, &["db", "migrate"]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert!(stand.path("other.db").exists() && !stand.path("vestibule.db").exists());
    let wrong = [("VESTIBULE__DATABASE__CONNECTIONS", "many")];
    let ran = vestibule_with(stand.folder.path(), &wrong, &["db", "status"]);
    assert_eq!(ran.code, 1);
    assert!(
        ran.err.contains("environment") && ran.err.contains("connections"),
        "{}",
        ran.err
    );
}

#[test]
fn the_configuration_is_found_where_it_is_said() {
    let stand = Stand::sqlite();
    let elsewhere = tempfile::tempdir().unwrap();
    let file = stand.path("vestibule.toml");
    let ran = vestibule(elsewhere.path(), &["db", "migrate", "--config", file.to_str().unwrap()]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    let named = [("VESTIBULE_CONFIG", file.to_str().unwrap())];
    assert_eq!(vestibule_with(elsewhere.path(), &named, &["db", "status"]).code, 0);
    let ran = vestibule_with(elsewhere.path(), &[("VESTIBULE_CONFIG", "")], &["db", "status"]);
    assert!(ran.err.contains("config/vestibule.toml"), "{}", ran.err);
}
