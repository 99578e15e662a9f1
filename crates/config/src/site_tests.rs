use super::*;

fn read(toml: &str) -> Result<SiteSection, toml::de::Error> {
    toml::from_str(toml)
}

const MINIMAL: &str = r#"
id = "results"
lab = "demo"
origin = "https://results.lab.example"
upstream = "http://127.0.0.1:9000"
[[rule]]
url = "/records/{record}/**"
requires = "record"
"#;

fn problems(edit: impl FnOnce(&mut SiteSection)) -> Vec<String> {
    let mut site = read(MINIMAL).unwrap();
    edit(&mut site);
    site.validate().iter().map(ToString::to_string).collect()
}

#[test]
fn a_short_section_is_enough() {
    let site = read(MINIMAL).unwrap();
    assert_eq!(site.validate(), []);
    assert_eq!(site.mode, GateMode::Enforce);
    assert_eq!(site.rules[0].methods, ["GET", "HEAD"]);
    assert_eq!((site.connect_timeout_seconds, site.response_timeout_seconds), (5, 30));
}

#[test]
fn unknown_keys_are_refused() {
    assert!(read(&format!("uptream = \"x\"\n{MINIMAL}")).is_err());
    assert!(read(&format!("{MINIMAL}\nmethod = \"GET\"")).is_err());
}

#[test]
fn a_problem_names_site_rule_field_and_remedy() {
    let found = problems(|site| site.rules[0].methods = vec!["get".to_owned()]);
    assert_eq!(
        found,
        ["[[site]] results, rule 1: methods: \"get\" cannot be passed on: write upper-case methods such as \"POST\""]
    );
    let found = problems(|site| site.origin = "http://results.lab.example/".to_owned());
    assert_eq!(
        found,
        ["[[site]] results: origin: write scheme, host and port only, as in \"https://host.example:8443\""]
    );
}

#[test]
fn values_that_cannot_work_are_found() {
    for upstream in [
        "127.0.0.1:9000",
        "ftp://lis",
        "http://lis/app",
        "http://me:x@lis",
        "http://lis?x",
        "http://lis#x",
    ] {
        assert_eq!(
            problems(|site| site.upstream = upstream.to_owned()).len(),
            1,
            "{upstream}"
        );
    }
    assert_eq!(problems(|site| site.upstream = "https://lis".to_owned()).len(), 1);
    assert_eq!(problems(|site| site.response_timeout_seconds = 0).len(), 1);
    assert_eq!(problems(|site| site.strip_headers = vec!["X User".to_owned()]).len(), 1);
    for name in [
        "X User",
        "X_User",
        "X-Forwarded-For",
        "x-vestibule-assertion",
        "Forwarded",
        "Host",
        "Cookie",
        "",
    ] {
        assert_eq!(
            problems(|site| site.pass_headers = vec![name.to_owned()]).len(),
            1,
            "{name}"
        );
    }
    for name in ["", "a b", "lis/x", "http://lis"] {
        assert_eq!(
            problems(|site| site.host = ToldHost::from(name.to_owned())).len(),
            1,
            "{name}"
        );
    }
    for name in ["site", "upstream", "lis.intra", "lis.intra:81"] {
        assert_eq!(
            problems(|site| site.host = ToldHost::from(name.to_owned())).len(),
            0,
            "{name}"
        );
    }
    assert_eq!(problems(|site| site.script_cookies = vec!["a;b".to_owned()]).len(), 1);
    assert_eq!(problems(|site| site.rules.clear()).len(), 1);
    assert_eq!(problems(|site| site.rules[0].url = "records".to_owned()).len(), 1);
    assert_eq!(
        problems(|site| site.rules[0].methods = vec!["TRACE".to_owned()]).len(),
        1
    );
}

#[test]
fn bodies_are_left_unread_with_a_reason_only() {
    let unchecked = |reason: Option<&str>| {
        problems(|site| {
            site.rules[0].body = BodyCheck::Unchecked;
            site.rules[0].reason = reason.map(str::to_owned);
        })
    };
    assert_eq!(
        unchecked(Some("the LIS reads no record from them")),
        Vec::<String>::new()
    );
    for missing in [None, Some(" ")] {
        let found = unchecked(missing);
        assert!(
            found.len() == 1 && found[0].starts_with("[[site]] results, rule 1: reason: say why"),
            "{found:?}"
        );
    }
    assert_eq!(problems(|site| site.rules[0].reason = Some("x".to_owned())).len(), 1);
}
