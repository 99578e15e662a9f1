//! Named operators at the command line: made, listed, disabled; and who a command says has acted.

use std::time::Duration;

use secrecy::SecretString;
use vestibule::admin::operators::{OperatorError, disable, identify, reissue, set_role};
use vestibule::auth::enrolment::lab_code;
use vestibule::domain::operator::{Operator, Role};
use vestibule::kernel::ids::{LabId, OperatorName};
use vestibule::service::Core;
use vestibule::service::act::Act;
use vestibule::service::attempts::Outcome;
use vestibule::store::audit;

use super::stand::{PATIENTS, Stand, actor, lab};
use crate::support::command::{vestibule, vestibule_told};
use crate::support::oathtool;
use crate::support::operator::{add, hire};

async fn trail(core: &Core, lab: &LabId) -> Vec<(String, String)> {
    let mut tx = core.db.begin_read().await.unwrap();
    let found = audit::find_newest(&mut tx, lab, 100).await.unwrap();
    found.into_iter().map(|event| (event.kind, event.actor)).collect()
}

fn holds(trail: &[(String, String)], kind: &str, actor: &str) -> bool {
    trail.iter().any(|(found, by)| found == kind && by == actor)
}

#[test]
fn r05_operators_are_made_and_listed_by_name() {
    let stand = Stand::sqlite();
    let run = |arguments: &[&str]| vestibule(stand.folder.path(), arguments);
    let add = |name: &str, rest: &[&str]| {
        let names = [
            "operator",
            "add",
            name,
            "--given-name",
            "Claire",
            "--family-name",
            "Guillou",
        ];
        run(&[&names[..], rest].concat())
    };
    assert_eq!(
        run(&["operator", "list", "--json"]).json()["operators"],
        serde_json::json!([]),
        "none is there by itself"
    );
    let made = add("Claire", &["--lab", "port", "--role", "security"]);
    assert_eq!(made.code, 0, "{}", made.err);
    assert!(
        made.out.contains("https://localhost/desk/activate")
            && made.out.contains("identifiant sera ensuite\u{a0}: claire"),
        "{}",
        made.out
    );
    let taken = add("CLAIRE", &["--lab", "port", "--role", "desk"]);
    assert_eq!(taken.code, 1, "a name is one person's, however it is written");
    assert!(
        taken.err.contains("an operator with this name already exists"),
        "{}",
        taken.err
    );
    let elsewhere = add("anne", &["--lab", "elsewhere", "--role", "desk"]);
    assert_eq!(elsewhere.code, 1, "{}", elsewhere.out);
    for usage in [
        &["--lab", "port"][..],
        &["--role", "desk"],
        &["--lab", "port", "--role", "king"],
    ] {
        assert_eq!(add("anne", usage).code, 2, "{usage:?}");
    }
}

#[test]
fn r37_roles_change_and_an_operator_can_be_disabled_and_let_back_in() {
    let stand = Stand::sqlite();
    let run = |arguments: &[&str]| vestibule(stand.folder.path(), arguments);
    let add = |name: &str, rest: &[&str]| {
        let names = [
            "operator",
            "add",
            name,
            "--given-name",
            "Claire",
            "--family-name",
            "Guillou",
        ];
        run(&[&names[..], rest].concat())
    };
    assert_eq!(add("claire", &["--lab", "port", "--role", "security"]).code, 0);
    let both = add(
        "anne",
        &["--lab", "port", "--lab", "vallee", "--role", "desk", "--json"],
    )
    .json();
    assert_eq!(both["roles"], serde_json::json!({ "port": "desk", "vallee": "desk" }));
    assert_eq!(both["code"].as_str().unwrap().len(), 19);
    let changed = run(&["operator", "role", "anne", "--lab", "port", "--role", "none"]);
    assert_eq!(changed.code, 0, "{}", changed.err);
    assert_eq!(run(&["operator", "disable", "claire"]).code, 0);
    assert_eq!(run(&["operator", "disable", "nobody"]).code, 1);
    let listed = run(&["operator", "list", "--json"]).json();
    let of = |at: usize, key: &str| listed["operators"][at][key].clone();
    assert_eq!((of(0, "name"), of(0, "state")), ("claire".into(), "disabled".into()));
    assert_eq!(of(1, "roles"), serde_json::json!({ "vallee": "desk" }));
    let code = run(&["operator", "code", "claire", "--language", "en"]);
    assert!(code.out.contains("STAFF AREA"), "{}{}", code.out, code.err);
    let listed = run(&["operator", "list", "--json"]).json();
    assert_eq!(
        listed["operators"][0]["state"], "waiting",
        "a new code lets them back in"
    );
}

#[test]
fn no_lab_can_be_called_as_the_operators_realm() {
    let stand = Stand::sqlite();
    stand.write_config("[[lab]]\nid = \"operators\"\nname = \"X\"\nportal = \"https://x.localhost\"\n");
    let ran = vestibule(stand.folder.path(), &["lab", "list"]);
    assert_eq!(ran.code, 1);
    assert!(ran.err.contains("operators' own accounts"), "{}", ran.err);
}

#[tokio::test]
async fn r05_as_an_operator_asks_for_their_code_and_the_trail_names_them() {
    if !oathtool::present() {
        return;
    }
    let stand = Stand::sqlite();
    let core = stand.open_now().await;
    let (port, file) = (lab(), stand.write("p.csv", PATIENTS));
    let claire = hire(&core, "claire", &[("port", Role::Desk)]).await;
    let run = |code: &str, arguments: &[&str]| {
        let named = [arguments, &["--as", "Claire"]].concat();
        vestibule_told(stand.folder.path(), &format!("{code}\n"), &named)
    };
    let import = ["patient", "import", file.to_str().unwrap(), "--lab", "port"];
    let ran = run("000000", &import);
    assert_eq!(ran.code, 1, "{}", ran.out);
    assert!(ran.err.contains("no such operator, or not their code"), "{}", ran.err);
    let code = claire.code(&core);
    let ran = run(&code, &import);
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert!(holds(
        &trail(&core, &port).await,
        "patients-imported",
        "operator:claire"
    ));
    let ran = run(&code, &import);
    assert_eq!(ran.code, 1, "R-22: a code serves once");
    let realm = trail(&core, &LabId::operators()).await;
    assert_eq!(realm.iter().filter(|(kind, _)| kind == "sign-in-refused").count(), 2);
    assert_eq!(realm.iter().filter(|(kind, _)| kind == "code-confirmed").count(), 1);
    let ran = vestibule(stand.folder.path(), &["db", "status", "--as", "claire"]);
    assert_eq!(ran.code, 1, "a command that writes nobody down says so");
}

#[tokio::test]
async fn r46_a_role_opens_its_own_lab_and_no_more_than_it_says() {
    if !oathtool::present() {
        return;
    }
    let stand = Stand::sqlite();
    let core = stand.open_now().await;
    let run = |code: &str, name: &str, arguments: &[&str]| {
        let named = [arguments, &["--as", name]].concat();
        vestibule_told(stand.folder.path(), &format!("{code}\n"), &named)
    };
    let file = stand.write("p.csv", PATIENTS);
    let (import, backup) = (
        ["patient", "import", file.to_str().unwrap(), "--lab", "vallee"],
        ["db", "backup", "copy"],
    );
    // Each of them has one code to give.
    for (name, roles, arguments, works) in [
        ("anne", &[("port", Role::Security)][..], &import[..], false),
        ("bea", &[("vallee", Role::Desk)], &import, true),
        ("carl", &[("port", Role::Desk)], &backup, false),
        ("dora", &[("port", Role::Security)], &backup, true),
    ] {
        let colleague = hire(&core, name, roles).await;
        let ran = run(&colleague.code(&core), name, arguments);
        assert_eq!(ran.code == 0, works, "{name}: {}{}", ran.out, ran.err);
        if !works {
            assert!(ran.err.contains("this requires the role"), "{}", ran.err);
        }
    }
    assert!(holds(
        &trail(&core, &lab()).await,
        "database-backed-up",
        "operator:dora"
    ));
}

async fn outcome_of(core: &Core, name: &OperatorName, code: &str) -> Outcome<Operator> {
    let code = SecretString::from(code);
    identify(core, name, &code, &actor()).await.unwrap().outcome()
}

#[tokio::test]
async fn r19_the_back_off_of_a_sign_in_holds_for_a_code_alone() {
    if !oathtool::present() {
        return;
    }
    for stand in Stand::all().await {
        let core = stand.open().await;
        let claire = hire(&core, "claire", &[("port", Role::Security)]).await;
        let nobody = "nobody".parse().unwrap();
        for name in [&claire.name, &nobody] {
            for _ in 0..3 {
                let tried = outcome_of(&core, name, "000000").await;
                assert!(matches!(tried, Outcome::Refused), "{tried:?}");
            }
            let waits = outcome_of(&core, name, &claire.code(&core)).await;
            assert!(matches!(waits, Outcome::Wait(_)), "{waits:?}");
        }
        stand.advance(Duration::from_secs(60));
        let identified = outcome_of(&core, &claire.name, &claire.code(&core)).await;
        let Outcome::Passed(operator) = identified else {
            panic!("{identified:?}")
        };
        assert!(operator.may(&lab(), Role::Security));
        let again = outcome_of(&core, &claire.name, &claire.code(&core)).await;
        assert!(matches!(again, Outcome::Refused), "a step serves once");
    }
}

#[tokio::test]
async fn r37_a_disabled_operator_has_nothing_left_to_come_in_with() {
    if !oathtool::present() {
        return;
    }
    for stand in Stand::all().await {
        let core = stand.open().await;
        let claire = hire(&core, "claire", &[("port", Role::Security)]).await;
        let paper = add(&core, "denis", &[("port", Role::Desk)]).await;
        for name in ["claire", "denis"] {
            disable(&core, &name.parse().unwrap(), &actor()).await.unwrap();
        }
        stand.advance(Duration::from_secs(60));
        let tried = outcome_of(&core, &claire.name, &claire.code(&core)).await;
        assert!(matches!(tried, Outcome::Refused), "{tried:?}");
        let (realm, by) = (LabId::operators(), actor());
        let act = Act::of(&core, &realm, &by);
        let begun = lab_code::begin(act, &SecretString::from(paper), None).await.unwrap();
        assert!(
            matches!(begun.outcome(), Outcome::Refused),
            "the code on paper ended too"
        );
        let unknown = set_role(&core, &"nobody".parse().unwrap(), &lab(), None, &actor()).await;
        assert!(matches!(unknown, Err(OperatorError::Unknown)));
        reissue(&core, &claire.name, &actor()).await.unwrap();
        stand.advance(Duration::from_secs(60));
        let tried = outcome_of(&core, &claire.name, &claire.code(&core)).await;
        assert!(matches!(tried, Outcome::Refused), "only the new code lets them back in");
    }
}
