//! `vestibule client …` as it is typed.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use vestibule::domain::operator::Role;
use vestibule::kernel::clock::{Clock, SystemClock};
use vestibule::store::audit;

use crate::admin::stand::{Stand, lab};
use crate::support::command::{Ran, vestibule, vestibule_told};
use crate::support::oathtool;
use crate::support::operator::hire;

fn run(stand: &Stand, line: &str) -> Ran {
    // Words between quotes belong together.
    let parts = line
        .split('\'')
        .enumerate()
        .flat_map(|(number, part)| match number % 2 {
            0 => part.split_whitespace().collect::<Vec<_>>(),
            _ => vec![part],
        });
    vestibule(stand.folder.path(), &parts.collect::<Vec<_>>())
}

fn done(stand: &Stand, line: &str) -> Value {
    let ran = run(stand, &format!("{line} --json"));
    assert_eq!(ran.code, 0, "{line}: {}{}", ran.out, ran.err);
    ran.json()
}

#[test]
fn a_client_is_added_changed_rotated_and_disabled() {
    let stand = Stand::sqlite();
    let added = done(
        &stand,
        "client add carnet --lab port --name 'Carnet de santé' --redirect-uri https://app.example/cb \
         --grant authorization_code --grant refresh_token --scope 'openid profile'",
    );
    assert_eq!(
        (&added["client_id"], &added["issuer"]),
        (&json!("carnet"), &json!("https://localhost"))
    );
    assert!(added["client_secret"].as_str().unwrap().starts_with("vst_k_"));

    // By field; what is not named stays.
    let changed = done(
        &stand,
        "client set carnet --lab port --first-party --no-pkce 'an old library'",
    );
    assert_eq!(changed["changed"], json!(["consent", "pkce"]));
    assert_eq!(changed["policy"]["pkce"], json!({ "waived-because": "an old library" }));
    let changed = done(&stand, "client set carnet --lab port --first-party=false --pkce");
    assert_eq!(
        (&changed["policy"]["consent"], &changed["policy"]["pkce"]),
        (&json!("asked"), &json!("required"))
    );
    assert_eq!(changed["policy"]["scopes"], "openid profile");
    assert_eq!(
        done(&stand, "client set carnet --lab port --pkce")["changed"],
        json!([])
    );

    // Whole, as it is shown.
    let mut shown = done(&stand, "client show carnet --lab port");
    shown["policy"]["name"] = json!("Carnet");
    stand.write("carnet.json", shown.to_string());
    let changed = done(&stand, "client set carnet --lab port --file carnet.json");
    assert_eq!(changed["changed"], json!(["name"]));

    let listed = run(&stand, "client list --lab port");
    assert!(
        listed.out.contains("carnet  Carnet\n") && listed.out.contains("secrets until"),
        "{}",
        listed.out
    );
    assert_eq!(
        done(&stand, "client list --lab vallee")["clients"],
        json!([]),
        "another lab's"
    );
    assert_eq!(run(&stand, "client show carnet --lab vallee").code, 1);
    assert_eq!(run(&stand, "client rotate carnet --lab vallee").code, 1);

    assert_eq!(run(&stand, "client disable carnet --lab port").code, 0);
    let refused = run(&stand, "client rotate carnet --lab port");
    assert!(refused.code == 1 && refused.err.contains("disabled"), "{}", refused.err);
    let again = run(
        &stand,
        "client add carnet --lab port --name x --redirect-uri https://app.example/cb",
    );
    assert!(
        again.code == 1 && again.err.contains("already has a client"),
        "{}",
        again.err
    );
}

#[test]
fn a_secret_is_told_once_and_kept_nowhere() {
    let stand = Stand::sqlite();
    let add = "client add carnet --lab port --name Carnet --redirect-uri https://app.example/cb";
    let told = [add, "client rotate carnet --lab port"].map(|line| {
        let secret = done(&stand, line)["client_secret"].clone();
        secret.as_str().unwrap().to_owned()
    });
    assert_ne!(told[0], told[1]);
    for line in [
        "client list --lab port",
        "client show carnet --lab port",
        "doctor",
        "lab list",
    ] {
        for json in ["", "--json"] {
            let ran = run(&stand, &format!("{line} {json}"));
            assert!(!format!("{}{}", ran.out, ran.err).contains("vst_k_"), "{line} {json}");
        }
    }
    for file in std::fs::read_dir(stand.folder.path()).unwrap() {
        let bytes = std::fs::read(file.unwrap().path()).unwrap();
        for secret in &told {
            assert!(!bytes.windows(secret.len()).any(|window| window == secret.as_bytes()));
        }
    }
}

#[test]
fn what_cannot_work_is_named_by_flag_all_at_once() {
    let stand = Stand::sqlite();
    let ran = run(
        &stand,
        "client add carnet --lab port --redirect-uri http://app.example/cb --scope 'openid records' --no-nonce '' --json",
    );
    assert_eq!(ran.code, 1);
    let problems = ran.json()["errors"].as_array().unwrap().clone();
    let places: BTreeSet<&str> = problems
        .iter()
        .map(|problem| problem["place"].as_str().unwrap())
        .collect();
    assert_eq!(places, ["--name", "--no-nonce", "--redirect-uri", "--site"].into());
    assert_eq!(
        done(&stand, "client list --lab port")["clients"],
        json!([]),
        "nothing was made"
    );
    for (line, place) in [
        ("--name x --auth private_key_jwt", "--auth"),
        ("--name x --auth tls_client_auth", "--auth"),
        ("--name x --fapi", "--fapi"),
        ("--file absent.json", "absent.json"),
        ("--name x --secret-days 731", "--secret-days"),
        ("--name x --auth private_key_jwt --jwks absent.json", "absent.json"),
    ] {
        let ran = run(&stand, &format!("client add x --lab port --json {line}"));
        assert_eq!((ran.code, &ran.json()["error"]["place"]), (1, &json!(place)), "{line}");
    }
    stand.write("bad.json", "{\n \"name\": \"x\",\n \"nam\": 1 }");
    let ran = run(&stand, "client add x --lab port --file bad.json");
    assert!(ran.code == 1 && ran.err.contains("line 3"), "{}", ran.err);
    for usage in [
        "client add x --lab port --auth none",
        "client add X --lab port",
        "client add x --lab port --scope 'openid phone'",
        "client add x --lab port --file x.json --name x",
        "client add x --lab port --no-pkce a --pkce",
        "client add x --lab port --id-token-alg none",
        "client add x",
    ] {
        assert_eq!(run(&stand, usage).code, 2, "{usage}");
    }
    assert_eq!(run(&stand, "client list --lab nowhere").code, 1);
}

#[tokio::test]
async fn an_operator_who_may_is_named_and_one_who_may_not_is_refused() {
    if !oathtool::present() {
        return;
    }
    let stand = Stand::sqlite();
    let core = stand.open_now().await;
    let security = hire(&core, "claire", &[("port", Role::Security)]).await;
    let desk = hire(&core, "bea", &[("port", Role::Desk)]).await;
    let add = |who: &str, code: &str| {
        let line = [
            "client",
            "add",
            "job",
            "--lab",
            "port",
            "--name",
            "Job",
            "--grant",
            "client_credentials",
        ];
        let rest = ["--scope", "clients:read", "--as", who];
        vestibule_told(stand.folder.path(), code, &[&line[..], &rest].concat())
    };
    let code = |secret: &str| oathtool::code(secret, SystemClock.now().unix_seconds());
    let refused = add("bea", &code(&desk.secret));
    assert!(
        refused.code == 1 && refused.err.contains("role security"),
        "{}",
        refused.err
    );
    let added = add("claire", &code(&security.secret));
    assert_eq!(added.code, 0, "{}", added.err);
    let mut tx = core.db.begin_read().await.unwrap();
    let trail = audit::find_newest(&mut tx, &lab(), 100).await.unwrap();
    let by: Vec<_> = trail.iter().filter(|event| event.kind == "client-added").collect();
    assert!(by.len() == 1 && by[0].actor == "operator:claire", "{by:?}");
}
