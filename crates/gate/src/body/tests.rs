use super::*;
use config::site::SiteSection;

const FORM: &str = "application/x-www-form-urlencoded";
const JSON: &str = "application/json";
const PARTS: &str = "multipart/form-data; boundary=X";

fn rules() -> Rules {
    let toml = "id = \"s\"\nlab = \"l\"\norigin = \"https://s.example\"\nupstream = \"http://127.0.0.1:1\"\n\
        [[rule]]\nurl = \"/order?nr={record}\"\nmethods = [\"POST\"]\nrequires = \"record\"\n\
        [[rule]]\nurl = \"/list?ids[]={record}\"\nmethods = [\"POST\"]\nrequires = \"record\"\n\
        [[rule]]\nurl = \"/show?patient_nr={record}\"\nmethods = [\"POST\"]\nrequires = \"record\"";
    Rules::compile(&toml::from_str::<SiteSection>(toml).unwrap()).unwrap()
}

fn compared(kind: &str, body: &[u8]) -> Result<(), Refusal> {
    compare(&rules(), "1007", &[kind], &[], body)
}

fn part(head: &str, value: &str) -> String {
    format!("--X\r\nContent-Disposition: form-data; {head}\r\n\r\n{value}\r\n")
}

fn name(name: &str, value: &str) -> String {
    part(&format!("name=\"{name}\""), value)
}

#[test]
fn forms() {
    for body in [
        "nr=1007&note=bonjour",
        "note=bonjour&tick=1&tick=2&a[]=1&a[]=2",
        "nr=1007&nr=1007",
        "n%72=1007",
        "note=100%25+%E9t%E9%0D%0A%2541",
        "ids[]=1007&ids%5B%5D=1007",
    ] {
        assert_eq!(compared(FORM, body.as_bytes()), Ok(()), "{body}");
    }
    for body in [
        "nr=2002",
        "nr=1007&nr=2002",
        "NR=2002",
        "NR=1007",
        "nr[$ne]=1007",
        "a=1;nr=2002",
        "a=1%00&nr=2002",
        "nr=",
        "nr=1007%00",
        "nr=1007%20",
        "%20nr=2002",
        "nr%00=1",
        "n%2572=1",
        "%u006er=2002",
        "ids=2002",
        "ids[0]=1007",
        "a[nr]=2002",
        "%EF%BD%8E%EF%BD%92=2002",
        "patient.nr=2002",
        "a=1\r\nnr=2002",
        "n%FF=1",
    ] {
        assert!(compared(FORM, body.as_bytes()).is_err(), "{body}");
    }
    assert_eq!(compared(&format!("{FORM}; charset=UTF-8"), b"nr=1007"), Ok(()));
}

#[test]
fn documents() {
    for body in [
        r#"{"nr":"1007"}"#,
        r#"{"nr":1007}"#,
        r#"{"note":1}"#,
        r#"[{"NR":"1007"},{"a":[null,true,1.5]}]"#,
        r#"{"ids":["1007",1007]}"#,
        r#"{"patientNr":1007}"#,
        r#""2002""#,
        r#"{"number":2002}"#,
    ] {
        assert_eq!(compared(JSON, body.as_bytes()), Ok(()), "{body}");
        assert_eq!(
            compared("application/fhir+json; charset=utf-8", body.as_bytes()),
            Ok(())
        );
    }
    for body in [
        r#"{"nr":"2002"}"#,
        r#"{"nr":2002}"#,
        r#"{"nr":"1007","nr":"2002"}"#,
        r#"{"nr":{"$ne":"1007"}}"#,
        r#"{"\u006er":"2002"}"#,
        r#"{"query":{"nr":"2002"}}"#,
        r#"{"a":[[{"NR":2002}]]}"#,
        r#"{"nr":["1007"]}"#,
        r#"{"nr":1007.0}"#,
        r#"{"nr":null}"#,
        r#"{"nr":"1007 "}"#,
        r#"{"nr.$ne":"1007"}"#,
        r#"{"nr[$ne]":1}"#,
        r#"{"ids":["1007","2002"]}"#,
        r#"{"patientNr":2002}"#,
        r#"{"nr":"1007""#,
        r#"{"nr":1007} {"nr":2002}"#,
        r#"{nr:2002}"#,
        "",
        "\u{feff}{}",
        r#"{"ｎｒ":"2002"}"#,
        r#"{"a":1,}"#,
        r#"{"ids":[{"nr":1007}]}"#,
    ] {
        assert!(compared(JSON, body.as_bytes()).is_err(), "{body}");
    }
    let wide: Vec<u8> = "{\"nr\":\"2002\"}".encode_utf16().flat_map(u16::to_le_bytes).collect();
    assert!(compared(JSON, &wide).is_err());
    assert!(compared(JSON, "[".repeat(100_000).as_bytes()).is_err());
}

#[test]
fn parts_in_the_form_of_browsers() {
    let file = format!(
        "--X\r\nContent-Disposition: form-data; name=\"pdf\"; filename=\"résultats 1.pdf\"\r\n\
         Content-Type: application/pdf\r\n\r\n{}\r\n",
        "%PDF-1.4 nr=2002 \r\n\0".repeat(8_000)
    );
    for body in [
        format!("{}{file}--X--\r\n", name("nr", "1007")),
        format!("{}--X--", name("note", "a\r\nb")),
        format!("{}{}--X--\r\n", name("ids[]", "1007"), name("ids[]", "1007")),
    ] {
        assert_eq!(compared(PARTS, body.as_bytes()), Ok(()));
    }
    let own = name("nr", "1007");
    let other = name("nr", "2002");
    for body in [
        format!("{other}--X--\r\n"),
        format!("{own}{other}--X--\r\n"),
        own.clone(),
        format!("{own}{}--X--\r\n", name("NR", "2002")),
        format!("{own}{}--X--\r\n", name("nr[$ne]", "1007")),
        format!("{own}{}--X--\r\n", part("name=nr", "2002")),
        format!("{own}{}--X--\r\n", part("name=\"x\"; name=\"nr\"", "2002")),
        format!("{own}{}--X--\r\n", part("name=\"n\\r\"", "2002")),
        format!("{own}{}--X--\r\n", part("name*=utf-8''nr; name=\"x\"", "2002")),
        format!("{own}{}--X--\r\n", part("name=\"nr\"; filename=\"a\"", "1007")),
        format!("{own}{}--X--\r\n", other.replace("form-data;", "attachment;")),
        format!("{own}--X--\r\n{other}--X--\r\n"),
        format!("{other}\r\n{own}--X--\r\n").replacen("--X", "--Y", 1),
        format!("{own}{}--X--\r\n", other.replace("\r\n", "\n")),
        format!("{own}--X--\r\ntrailer"),
        format!("preamble\r\n{own}--X--\r\n"),
        format!(
            "{}--X--\r\n",
            other.replace("\r\n\r\n", "\r\nContent-Transfer-Encoding: base64\r\n\r\n")
        ),
        format!("{}--X--\r\n", name("note", "--X")),
    ] {
        assert!(compared(PARTS, body.as_bytes()).is_err(), "{body}");
    }
    let body = format!("{own}--X--\r\n");
    for kind in [
        "multipart/form-data",
        "multipart/form-data; boundary=X; boundary=Y",
        "multipart/mixed; boundary=X",
    ] {
        assert!(compared(kind, body.as_bytes()).is_err(), "{kind}");
    }
}

#[test]
fn all_else_is_refused() {
    for kinds in [
        &["text/plain"][..],
        &[],
        &["application/xml"],
        &["application/octet-stream"],
        &[FORM, FORM],
        &[""],
    ] {
        assert!(compare(&rules(), "1007", kinds, &[], b"nr=1007").is_err(), "{kinds:?}");
    }
    for kind in [
        "application/x-www-form-urlencoded; charset=utf-16",
        "application/json; charset=utf-7",
    ] {
        assert!(compared(kind, b"{}").is_err(), "{kind}");
    }
    assert!(compare(&rules(), "1007", &[FORM], &["gzip"], b"nr=1007").is_err());
}
