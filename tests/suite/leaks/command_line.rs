//! `vestibule leak` as an operator types it at night.

use crate::admin::stand::Stand;
use crate::support::command::vestibule;

const PATIENTS: &str = "record,identifier,email,birth_date,given_name,family_name\n\
    1,P-1,odette@example.org,1944-05-12,Odette,Lemaître\n2,P-2,,1950-01-02,Jean,Petit\n";

#[test]
fn from_the_dry_run_to_the_undo() {
    let stand = Stand::sqlite();
    stand.write_config("[leak]\napproval = \"one-person\"\n");
    let run = |arguments: &[&str]| vestibule(stand.folder.path(), arguments);
    stand.write("p.csv", PATIENTS);
    assert_eq!(run(&["patient", "import", "p.csv", "--lab", "port"]).code, 0);
    assert_eq!(run(&["leak", "status"]).out, "There are no leaks.\n");

    stand.write("list.csv", "a;b;c\nx;P-1;soleil2020\ny;P-2;\nz;P-3;lune\n");
    let import = ["leak", "import", "list.csv", "--lab", "port", "--source", "forum"];
    let unmapped = run(&import);
    assert_eq!(unmapped.code, 1, "no mapping, no import");
    assert!(
        unmapped.err.contains("list.csv") && unmapped.err.contains("--map"),
        "{}",
        unmapped.err
    );
    let mapped = [import.as_slice(), &["--map", "identifier=2,password=3"]].concat();
    let ran = run(&mapped);
    assert_eq!(ran.code, 0, "{}", ran.err);
    insta::assert_snapshot!("dry_run", ran.out);
    let refused = run(&[mapped.as_slice(), &["--apply"]].concat());
    assert_eq!(refused.code, 1);
    assert!(refused.err.contains("--accept-unmatched 2"), "{}", refused.err);
    let apply = ["--apply", "--accept-unmatched", "2", "--json"];
    let ran = run(&[mapped.as_slice(), &apply].concat());
    assert_eq!(ran.json()["state"], "applied");
    assert_eq!(ran.json()["accounts"]["disabled"], 1);
    let again = run(&[mapped.as_slice(), &["--apply", "--json"]].concat());
    assert_eq!(again.json()["leak"], 1);
    assert_eq!(again.json()["effective_at"], ran.json()["effective_at"], "once");
    assert!(run(&["leak", "status"]).out.starts_with("1  port  applied  since "));

    let closed = run(&["leak", "approve", "1", "--json"]);
    assert_eq!(
        (closed.code, closed.json()["error"]["place"].as_str()),
        (1, Some("leak 1"))
    );
    assert_eq!(run(&["leak", "undo", "1", "--json"]).json()["state"], "undone");
    assert_eq!(run(&["leak", "status", "7"]).code, 1);
    assert_eq!(run(&["leak", "status", "x"]).code, 2);
    let late = run(&[mapped.as_slice(), &["--aware", "2999-01-01T00:00:00Z"]].concat());
    assert_eq!(late.code, 1, "{}", late.out);
    let both = run(&[mapped.as_slice(), &["--apply", "--dry-run"]].concat());
    assert_eq!(both.code, 2, "{}", both.out);
}

#[test]
fn r02_nothing_of_a_list_stays_but_digests() {
    let stand = Stand::sqlite();
    stand.write_config("[leak]\napproval = \"one-person\"\n");
    let run = |arguments: &[&str]| vestibule(stand.folder.path(), arguments);
    stand.write("p.csv", PATIENTS);
    assert_eq!(run(&["patient", "import", "p.csv", "--lab", "port"]).code, 0);
    let list = "identifiant;motdepasse;nom;commentaire\nP-1;canari-mdp-77;canari-nom-77;canari-secret-77\n\
        canari-id-77;canari-mdp-78;x;y\n";
    std::fs::remove_file(stand.path("p.csv")).unwrap();
    let outside = tempfile::tempdir().unwrap();
    let path = outside.path().join("list.csv");
    std::fs::write(&path, list).unwrap();
    let ran = run(&[
        "leak",
        "import",
        path.to_str().unwrap(),
        "--lab",
        "port",
        "--source",
        "s",
        "--apply",
        "--accept-unmatched",
        "1",
    ]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    let mut looked_at = 0;
    for file in std::fs::read_dir(stand.folder.path()).unwrap() {
        let bytes = std::fs::read(file.unwrap().path()).unwrap();
        let text = String::from_utf8_lossy(&bytes).to_lowercase();
        assert!(!text.contains("canari-"), "a value of the list stayed");
        looked_at += bytes.len();
    }
    assert!(looked_at > 100_000, "the database was looked at");
    for said in [&ran.out, &ran.err] {
        assert!(!said.contains("canari"), "{said}");
    }
}
