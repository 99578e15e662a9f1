//! `vestibule gate lint` and `gate test`: rules are explained to whoever writes them.

use super::stand::{PATIENTS, Stand, import_file};
use crate::support::command::vestibule;

const SITE: &str = r#"
[[site]]
id = "results"
lab = "port"
origin = "https://results.localhost"
upstream = "http://127.0.0.1:9"
[[site.rule]]
url = "/records/{record}/**"
requires = "record"
[[site.rule]]
url = "/print?nr={record}"
methods = ["GET", "POST"]
requires = "record"
[[site.rule]]
url = "/records/{record}/letter"
requires = "record"
[[site.rule]]
url = "/help/**"
requires = "public"
"#;

#[actix_web::test]
async fn rules_are_explained() {
    let stand = Stand::sqlite();
    stand.write_config(SITE);
    let core = stand.open_now().await;
    import_file(&core, &stand.write("patients.csv", PATIENTS)).await;
    core.db.close().await;
    let run = |arguments: &[&str]| vestibule(stand.folder.path(), &[&["gate"], arguments].concat());

    let lint = run(&["lint", "--json"]);
    assert_eq!(lint.code, 1, "{}", lint.err);
    assert_eq!(lint.json()["remarks"].as_array().unwrap().len(), 1);
    assert_eq!(lint.json()["remarks"][0]["rule"], 3);
    assert_eq!(run(&["lint", "--site", "none"]).code, 1);

    let explained = |rest: &[&str]| {
        let ran = run(&[&["test", "--json"], rest].concat());
        assert_eq!(ran.code, 0, "{}{}", ran.out, ran.err);
        ran.json()
    };
    let (identifier, own) = ("P-2048", "771235");
    let url = |rest: &str| format!("https://results.localhost{rest}");
    let pages = [
        (format!("/records/{own}/x"), true),
        ("/records/999999/x".to_owned(), false),
        (format!("/print?nr={own}"), true),
        (format!("/print?nr[]={own}"), false),
        ("/help/a".to_owned(), true),
        ("/other".to_owned(), false),
    ];
    for (page, passes) in pages {
        let said = explained(&[&url(&page), "--as", identifier]);
        assert_eq!(said["passes"], passes, "{page}: {said}");
        assert_eq!(said["rules"].as_array().unwrap().len(), 4);
    }
    let print = url(&format!("/print?nr={own}"));
    for (body, passes) in [(format!("nr={own}"), true), ("nr=999999".to_owned(), false)] {
        let said = explained(&[&print, "--as", identifier, "--method", "POST", "--body", &body]);
        assert_eq!(said["passes"], passes, "{body}: {said}");
    }
    assert_eq!(explained(&[&print])["passes"], false, "a stranger");
    let text = run(&["test", &print, "--as", identifier]).out;
    assert!(
        text.contains("rule 2  /print?nr={record}: decides\n") && text.ends_with("it passes\n"),
        "{text}"
    );
    for wrong in [
        ["test", "https://elsewhere.localhost/", "--as", identifier],
        ["test", &print, "--as", "nobody"],
    ] {
        assert_eq!(run(&wrong).code, 1, "{wrong:?}");
    }
}
