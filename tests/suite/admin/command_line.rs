//! The commands as the contract names them, their exit codes and their JSON.

use super::stand::{PATIENTS, Stand};
use crate::support::command::vestibule;

#[test]
fn commands_end_with_0_1_or_2_and_errors_name_the_remedy() {
    let stand = Stand::sqlite();
    let run = |arguments: &[&str]| vestibule(stand.folder.path(), arguments);
    for usage in [
        &["unknown"] as &[&str],
        &["patient", "import", "f.csv"],
        &["patient", "import", "f.csv", "--lab", "Not A Lab"],
        &["patient", "import", "f.csv", "--lab", "port", "--map", "nothing=1"],
        &["patient", "code", "--lab", "port", "--record", "a/b"],
    ] {
        let ran = run(usage);
        assert_eq!((ran.code, ran.out.as_str()), (2, ""), "{usage:?}");
        let ran = run(&[usage, &["--json"]].concat());
        assert_eq!(
            (ran.code, ran.json()["error"]["place"].as_str()),
            (2, Some("command line")),
            "{usage:?}"
        );
    }
    let ran = run(&["patient", "import", "none.csv", "--lab", "port"]);
    assert_eq!((ran.code, ran.out.as_str()), (1, ""));
    assert!(ran.err.starts_with("error: none.csv: "), "{}", ran.err);
    let ran = run(&["patient", "code", "--lab", "elsewhere", "--record", "1", "--json"]);
    assert_eq!(ran.code, 1);
    assert!(
        ran.json()["error"]["remedy"]
            .as_str()
            .unwrap()
            .contains("vestibule lab list")
    );
    assert_eq!(run(&["--help"]).code, 0);
}

#[test]
fn a_lab_takes_its_first_steps() {
    let stand = Stand::sqlite();
    let run = |arguments: &[&str]| vestibule(stand.folder.path(), arguments);
    std::fs::remove_file(stand.path("keyring")).unwrap();
    let ran = run(&["keyring", "new", "--json"]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    let key = ran.json()["key"].as_str().unwrap().to_owned();
    assert_eq!(run(&["keyring", "new"]).code, 1, "never overwritten");
    assert_eq!(run(&["db", "status"]).code, 1, "not there yet");
    let migrations = vestibule::store::migration_names().len();
    assert_eq!(run(&["db", "migrate", "--json"]).json()["applied"], migrations);

    let file = stand.write("p.csv", format!("{PATIENTS}771299,P-1,x,1944-05-12,A,B\n"));
    let import = ["patient", "import", file.to_str().unwrap(), "--lab", "port"];
    let ran = run(&import);
    assert_eq!(ran.code, 3, "{}", ran.err);
    assert!(
        ran.out.starts_with("2 added, 0 updated, 0 unchanged, 1 refused"),
        "{}",
        ran.out
    );
    assert!(ran.err.contains("p.csv:4: email: not an e-mail address"), "{}", ran.err);
    let again = run(&[&import[..], &["--json"]].concat()).json();
    assert_eq!(
        (again["added"].as_u64(), again["unchanged"].as_u64()),
        (Some(0), Some(2))
    );
    assert_eq!(again["refused_lines"][0]["line"], 4);

    let ran = run(&["patient", "code", "--lab", "port", "--record", "771234"]);
    assert!(
        ran.out.contains("https://localhost/activate") && ran.out.contains("Odette"),
        "{}",
        ran.out
    );
    let issued = run(&["patient", "code", "--lab", "port", "--record", "771234", "--json"]).json();
    assert_eq!(issued["code"].as_str().unwrap().len(), 19);
    assert!(issued["checked_by"].as_str().unwrap().starts_with("machine:"));
    let labs = run(&["lab", "list", "--json"]).json();
    assert_eq!(labs["labs"][0]["waiting"], 2);

    let rotated = run(&["keyring", "rotate", "--json"]).json();
    let keys = run(&["keyring", "status", "--json"]).json();
    assert_eq!(
        (keys["keys"][0]["id"].as_str(), keys["keys"][1]["id"].as_str()),
        (Some(key.as_str()), rotated["key"].as_str())
    );
    assert_eq!(keys["keys"][1]["current"], true);
}

#[test]
fn a_file_of_which_nothing_can_be_taken_is_no_import() {
    let stand = Stand::sqlite();
    let file = stand.write("p.csv", PATIENTS.replace("19", "x"));
    let ran = vestibule(
        stand.folder.path(),
        &["patient", "import", file.to_str().unwrap(), "--lab", "port"],
    );
    assert_eq!(ran.code, 3, "{}", ran.out);
}
