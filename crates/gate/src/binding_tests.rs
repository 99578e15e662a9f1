//! What grants is exact, what refuses is loose: by the kinds of spelling that real servers fold.

use super::*;

const NAMES: &str = r#"
    [[rule]]
    url = "/print?nr={record}"
    requires = "record"
    [[rule]]
    url = "/show?patient_nr={record}"
    requires = "record"
    [[rule]]
    url = "/find?dossier={record}"
    requires = "record"
    [[rule]]
    url = "/list?ids[]={record}"
    requires = "record"
    [[rule]]
    url = "/records/{record}/**"
    requires = "record"
    [[rule]]
    url = "/sess/**"
    requires = "session"
    [[rule]]
    url = "/pub/**"
    requires = "public"
"#;

fn get(rules: &Rules, target: &str) -> Result<Basis, Refusal> {
    ask(rules, &Method::GET, target, Some(&visitor(&["1007"])))
}

#[track_caller]
fn refused(rules: &Rules, target: &str) {
    let answer = get(rules, target);
    let plain = !matches!(answer, Ok(_) | Err(Refusal::SignInNeeded));
    assert!(plain, "{target}: {answer:?}");
}

const SPELLINGS: &str = "
    nr[$ne] nr[$gt] nr%5B$ne%5D nr[] nr[0] nr[2002] NR Nr %20nr +nr nr%20 nr. nr.$ne nr.x [nr] nr] nr%00
    %EF%BD%8E%EF%BD%92 %E2%81%BFr nr%C2%A0 nr%E2%80%8B nr%CC%81 n%C5%95 a[nr] a[0][nr] a.nr nr:ne nr- _nr
    %24nr nr%25 nr/x nr|x PATIENT_NR patient.nr patient+nr patient[nr patient_nr[] %20patient_nr
    patient%C2%A0nr patientNr patient-nr Dossier do%C5%BF%C5%BFier do%C3%9Fier dossier[$gt] ids ids[0]
    ids[$ne] IDS[] ids.0
";

#[test]
fn a_name_grants_only_as_it_is_written() {
    let rules = rules("enforce", NAMES);
    for target in [
        "/print?nr=1007",
        "/print?a=1&nr=1007&b=2",
        "/show?patient_nr=1007",
        "/list?ids[]=1007",
        "/list?ids%5B%5D=1007",
        "/records/1007/x?nr=1007",
        "/sess/x?page=2",
        "/pub/x?v=1.2.3",
        "/sess/x?number=7&filter[state]=open&nrs=1",
    ] {
        assert!(get(&rules, target).is_ok(), "{target}: {:?}", get(&rules, target));
    }
    for name in SPELLINGS.split_whitespace() {
        for place in [
            "/print",
            "/show",
            "/find",
            "/list",
            "/sess/x",
            "/pub/x",
            "/records/1007/x",
        ] {
            for number in ["1007", "2002"] {
                refused(&rules, &format!("{place}?{name}={number}"));
                refused(&rules, &format!("{place}?a=1&{name}={number}&b=2"));
            }
        }
        refused(&rules, &format!("/print?nr=1007&{name}=2002"));
        assert!(
            ask(&rules, &Method::GET, &format!("/pub/x?{name}=2002"), None).is_err(),
            "{name}"
        );
    }
    for target in [
        "/print?nr=1007&nr=2002",
        "/print?nr=1007%2C2002",
        "/print?nr=01007",
        "/print?nr=1007%20",
        "/list?ids[]=1007&ids[]=2002",
        "/sess/x?nr=2002",
        "/pub/x?nr=2002",
    ] {
        refused(&rules, target);
    }
}

#[test]
fn a_record_rule_wins_whatever_the_order() {
    let pair = |first: &str, second: &str| rules("enforce", &format!("[[rule]]\n{first}\n[[rule]]\n{second}"));
    for (looser, strict, mine, other) in [
        (
            "/records/**",
            "/records/{record}/**",
            "/records/1007/x",
            "/records/2002/x",
        ),
        ("/**", "/print?nr={record}", "/print?nr=1007", "/print?nr=2002"),
        ("/pdf/*", "/pdf/{record}", "/pdf/1007", "/pdf/2002"),
        ("/files/**", "/files/{record}/**", "/files/1007/x", "/files/2002/x"),
    ] {
        for requires in ["session", "public"] {
            let rules = pair(
                &format!("url = \"{looser}\"\nrequires = \"{requires}\""),
                &format!("url = \"{strict}\"\nrequires = \"record\""),
            );
            assert_eq!(get(&rules, mine), own("1007"), "{looser}");
            assert_eq!(get(&rules, other), Err(Refusal::OtherRecord), "{looser}");
            assert!(ask(&rules, &Method::GET, other, None).is_err(), "{looser}");
        }
    }
    let rules = pair(
        "url = \"/o/**\"\nmethods = [\"GET\", \"POST\"]\nrequires = \"session\"",
        "url = \"/o/{record}/**\"\nrequires = \"record\"",
    );
    for number in ["1007", "2002"] {
        let answer = ask(
            &rules,
            &Method::POST,
            &format!("/o/{number}/x"),
            Some(&visitor(&["1007"])),
        );
        assert_eq!(answer, Err(Refusal::MethodNotAllowed), "{number}");
    }
    let rules = pair(
        "url = \"/records/search\"\nrequires = \"session\"",
        "url = \"/records/{record}\"\nrequires = \"record\"",
    );
    assert_eq!(get(&rules, "/records/search"), Ok(Basis::Session));
    assert_eq!(get(&rules, "/records/Search"), Err(Refusal::OtherRecord));
}

#[test]
fn each_method_may_have_a_rule_of_the_same_record() {
    let rules = rules(
        "enforce",
        "[[rule]]\nurl = \"/records/{record}/**\"\nrequires = \"record\"\n\
         [[rule]]\nurl = \"/records/{record}/order\"\nmethods = [\"POST\"]\nrequires = \"record\"",
    );
    let ask = |method, target| ask(&rules, method, target, Some(&visitor(&["1007"])));
    assert_eq!(ask(&Method::POST, "/records/1007/order"), own("1007"));
    assert_eq!(ask(&Method::POST, "/records/2002/order"), Err(Refusal::OtherRecord));
    assert_eq!(ask(&Method::POST, "/records/1007/x"), Err(Refusal::MethodNotAllowed));
}

#[test]
fn look_alikes_of_a_literal_are_no_way_around_it() {
    let text = "[[rule]]\nurl = \"/dossiers/{record}/**\"\nrequires = \"record\"\n\
         [[rule]]\nurl = \"/kiosque/imprimer.asp?nr={record}\"\nrequires = \"record\"\n\
         [[rule]]\nurl = \"/lis/Fiche.aspx/{record}\"\nrequires = \"record\"\n";
    let broad = format!("{text}[[rule]]\nurl = \"/**\"\nrequires = \"session\"");
    for rules in [rules("enforce", &broad), rules("learn", text)] {
        for target in [
            "/dossiers/1007/r%C3%A9sultats%20d%27analyse.pdf",
            "/accueil",
            "/fa%C3%A7ade/caf%C3%A9",
            "/Images/Logo.png",
            "/%E6%9D%B1%E4%BA%AC",
        ] {
            assert!(get(&rules, target).is_ok(), "{target}: {:?}", get(&rules, target));
        }
        for target in [
            "/DOSSIERS/2002/x",
            "/do%C5%BF%C5%BFiers/2002/x",
            "/do%C3%9Fiers/2002/x",
            "/do%E1%BA%9Eiers/2002/x",
            "/%E2%84%AAiosque/imprimer.asp?nr=2002",
            "/%E2%84%AAiosque/imprimer.asp?nr=1007",
            "/lis/FICHE.ASPX/2002",
            "/lis/F%C4%B1che.aspx/2002",
            "/d%C3%B3ssiers/2002/x",
            "/d%C3%B8ssiers/2002/x",
            "/dossi%CC%81ers/2002/x",
            "/%EF%BD%84ossiers/2002/x",
            "/%E2%85%86ossiers/2002/x",
            "/lis/Fich%C3%A9.aspx/2002",
            "/dossiers%E2%80%8B/2002/x",
            "/dossiers%EF%B8%8F/2002/x",
            "/dos%CD%8Fsiers/2002/x",
            "/dossiers./2002/x",
            "/dossiers%20/2002/x",
            "/%20dossiers/2002/x",
            "/dossiers%C2%A0/2002/x",
            "/dossiers%E3%80%80/2002/x",
            "/DOSSIE~1/2002/x",
            "/dossiers::$INDEX_ALLOCATION/2002/x",
            "/dossiers%3A/2002/x",
            "/dossiers/1007/x::$DATA",
            "/dossiers/1007/x%3A",
            "/kiosque/IMPRIM~1.ASP?nr=2002",
            "/kiosque/imprimer.asp::$DATA?nr=1007",
        ] {
            refused(&rules, target);
        }
    }
}

#[test]
fn text_around_a_record_leaves_no_room_beside_it() {
    let urls = [
        "/pdf/{record}.pdf",
        "/cr/CR-{record}-2024.pdf",
        "/odata/Patients('{record}')",
        "/fhir/Observation?subject=Patient/{record}",
        "/view?key={record}|*",
    ];
    let text: String = urls
        .iter()
        .map(|url| format!("[[rule]]\nurl = \"{url}\"\nrequires = \"record\"\n"))
        .collect();
    let broad = format!("{text}[[rule]]\nurl = \"/**\"\nrequires = \"session\"");
    for rules in [rules("enforce", &text), rules("enforce", &broad), rules("learn", &text)] {
        for target in [
            "/pdf/1007.pdf",
            "/cr/CR-1007-2024.pdf",
            "/odata/Patients('1007')",
            "/odata/Patients(%271007%27)",
            "/fhir/Observation?subject=Patient/1007",
            "/fhir/Observation?subject=Patient%2F1007",
            "/view?key=1007%7Cx",
        ] {
            assert_eq!(get(&rules, target), own("1007"), "{target}");
        }
        for target in [
            "/pdf/2002.pdf",
            "/pdf/1007.PDF",
            "/pdf/1007.pdf%00.pdf",
            "/pdf/1007.2002.pdf",
            "/cr/CR-1007-2002-2024.pdf",
            "/cr/cr-2002-2024.pdf",
            "/odata/Patients('1007')('2002')",
            "/odata/patients('2002')",
            "/odata/Patients(2002)",
            "/fhir/Observation?subject=Patient/1007,Patient/2002",
            "/fhir/Observation?subject=Group/2002",
            "/fhir/Observation?subject:Patient=2002",
            "/view?key=2002%7C1007",
            "/view?key=1007",
        ] {
            refused(&rules, target);
        }
    }
}

#[test]
fn two_rules_that_see_two_records_do_not_start() {
    let problem = |one: &str, other: &str| {
        let toml = format!(
            "id = \"s\"\nlab = \"l\"\norigin = \"https://s.example\"\nupstream = \"http://127.0.0.1:1\"\n\
             [[rule]]\nurl = \"{one}\"\nrequires = \"record\"\n[[rule]]\nurl = \"{other}\"\nrequires = \"record\""
        );
        let problems = Rules::compile(&toml::from_str::<SiteSection>(&toml).unwrap()).err()?;
        Some(problems.iter().map(|problem| problem.place()).collect::<Vec<_>>())
    };
    for (one, other) in [
        ("/records/{record}/**", "/records/*/{record}"),
        ("/*/{record}", "/{record}/**"),
        ("/pdf/{record}", "/pdf/{record}.pdf"),
        ("/DOCS/{record}/**", "/docs/*/{record}"),
    ] {
        let expected = Some(vec!["[[site]] s, rule 2: url".to_owned()]);
        assert_eq!(
            (problem(one, other), problem(other, one)),
            (expected.clone(), expected),
            "{one} {other}"
        );
    }
    for (one, other) in [
        ("/records/{record}/**", "/records/{record}/order"),
        ("/records/list/{record}", "/records/{record}/print"),
        ("/pdf/{record}.pdf", "/pdf/{record}.html"),
        ("/print?nr={record}", "/print?dossier={record}"),
        ("/records/{record}/**", "/print?nr={record}"),
    ] {
        assert_eq!(problem(one, other), None, "{one} {other}");
    }
}
