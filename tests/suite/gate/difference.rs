//! Thousands of spellings around a bound name: whatever the gate lets through, real parsers read as exactly the record
//! that it bound, or as none.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::Arc;

use actix_web::http::Method;
use serde_json::{Value, json};
use vestibule::config::site::SiteSection;
use vestibule::domain::record::RecordNumber;
use vestibule::gate::body;
use vestibule::gate::decision::decide;
use vestibule::gate::request::NormalizedRequest;
use vestibule::gate::rules::Rules;
use vestibule::gate::visitor::Visitor;
use vestibule::kernel::clock::Timestamp;
use vestibule::kernel::ids::{AccountId, SessionId};

use crate::support::programs::{find, missing};

const RULES: &str = r#"
id = "s"
lab = "l"
origin = "https://s.example"
upstream = "http://127.0.0.1:1"
[[rule]]
url = "/print?nr={record}"
methods = ["GET", "POST"]
requires = "record"
[[rule]]
url = "/records/{record}/**"
requires = "record"
[[rule]]
url = "/pub/**"
requires = "public"
[[rule]]
url = "/**"
requires = "session"
"#;
const FORM: &str = "application/x-www-form-urlencoded";
const SPELLINGS: usize = 12_000;

/// The same sequence for the same seed, on every machine.
struct Dice(u64);

impl Dice {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % end
    }

    fn pick<'a>(&mut self, from: &[&'a str]) -> &'a str {
        from[self.below(from.len())]
    }
}

fn name(dice: &mut Dice) -> String {
    if dice.below(3) == 0 {
        return "nr".to_owned();
    }
    let n = dice.pick(&[
        "n",
        "n",
        "n",
        "n",
        "N",
        "%6e",
        "%4E",
        "%EF%BD%8E",
        "%E2%81%BF",
        "%u006e",
        "n%CC%80",
    ]);
    let r = dice.pick(&[
        "r",
        "r",
        "r",
        "r",
        "R",
        "%72",
        "%EF%BD%92",
        "r%E2%80%8B",
        "%2572",
        "r%CC%81",
    ]);
    let before = dice.pick(&[
        "",
        "",
        "",
        "",
        "",
        "+",
        "%20",
        "[",
        "_",
        "a[",
        "a.",
        "$",
        "%EF%BB%BF",
        ".",
        "\u{b}",
    ]);
    let after = dice.pick(&[
        "", "", "", "", "", "[]", "[$ne]", "[0]", "]", ".", ".x", "%00", "%20", "%5B%5D", "+", "[", ":ne", "=", "/x",
        "%0a",
    ]);
    format!("{before}{n}{r}{after}")
}

fn pair(dice: &mut Dice) -> String {
    let name = if dice.below(4) == 0 {
        dice.pick(&["a", "page", "number", "filter[state]", "x.y"]).to_owned()
    } else {
        name(dice)
    };
    let value = dice.pick(&[
        "1007",
        "1007",
        "1007",
        "2002",
        "1007,2002",
        "%31007",
        "1007%00",
        "1007%20",
        "",
        "01007",
    ]);
    format!("{name}={value}")
}

fn pairs(dice: &mut Dice) -> String {
    let mut text = pair(dice);
    for _ in 0..dice.below(3) {
        text.push_str(dice.pick(&["&", "&", "&", ";", "&&", "%26", "&amp;", "?", "#"]));
        text.push_str(&pair(dice));
    }
    text
}

fn document(dice: &mut Dice) -> String {
    let name = dice.pick(&[
        "nr",
        "nr",
        "nr",
        "NR",
        "\\u006er",
        "ｎｒ",
        "nr.$ne",
        "a",
        "n\\u0072",
        "nr ",
        "n\u{200b}r",
    ]);
    let value = match dice.below(4) {
        0 => format!("{{{}}}", document_pair(dice)),
        1 => format!("[{}]", dice.pick(&["1007", "\"2002\"", "{\"nr\":2002}", ""])),
        _ => dice
            .pick(&[
                "1007",
                "\"1007\"",
                "\"1007\"",
                "2002",
                "\"2002\"",
                "null",
                "1007.0",
                "\"1007 \"",
            ])
            .to_owned(),
    };
    let more = if dice.below(3) == 0 {
        format!(",{}", document_pair(dice))
    } else {
        String::new()
    };
    format!("{{\"{name}\":{value}{more}}}")
}

fn document_pair(dice: &mut Dice) -> String {
    let name = dice.pick(&["nr", "Nr", "$ne", "b", "\\u006Er"]);
    let value = dice.pick(&["1007", "\"1007\"", "2002", "\"2002\"", "true"]);
    format!("\"{name}\":{value}")
}

fn visitor() -> Visitor {
    Visitor {
        session: SessionId::from_bytes([1; 16]),
        account: AccountId::from_bytes([2; 16]),
        subject: Arc::from("pairwise"),
        records: Arc::from([RecordNumber::parse("1007").unwrap()]),
        authenticated_at: Timestamp::from_seconds(1_000),
        amr: Arc::from(["pwd", "otp"]),
    }
}

/// What the gate lets through, as the LIS gets it.
fn let_through(seed: u64) -> Vec<Value> {
    let rules = Rules::compile(&toml::from_str::<SiteSection>(RULES).unwrap()).unwrap();
    let (visitor, mut dice) = (visitor(), Dice(seed));
    let mut passed = Vec::new();
    for _ in 0..SPELLINGS {
        let path = dice.pick(&["/print", "/print", "/pub/x", "/other", "/records/1007/x"]);
        let query = pairs(&mut dice);
        let request = NormalizedRequest::read(&Method::GET, path, Some(&query));
        if let Ok(request) = request
            && decide(&rules, &request, Some(&visitor)).is_ok()
        {
            let target = request.path_and_query();
            let (_, query) = target.split_once('?').unwrap_or_default();
            passed.push(json!({ "kind": "query", "text": query }));
        }
        let form = pairs(&mut dice);
        if body::compare(&rules, "1007", &[FORM], &[], form.as_bytes()).is_ok() {
            passed.push(json!({ "kind": "form", "text": form }));
        }
        let document = document(&mut dice);
        if body::compare(&rules, "1007", &["application/json"], &[], document.as_bytes()).is_ok() {
            passed.push(json!({ "kind": "json", "text": document }));
        }
    }
    passed
}

/// What one program read in each, by the parser's name; `None` where it is not installed.
fn read(
    program: &str,
    package: &str,
    arguments: &[&str],
    passed: &[Value],
) -> Option<Vec<BTreeMap<String, Vec<String>>>> {
    let Some(found) = find(program, &[]) else {
        missing(program, package);
        return None;
    };
    let file = PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("tests/suite/gate/readers")
        .join(arguments.last()?);
    let mut child = Command::new(found)
        .args(&arguments[..arguments.len() - 1])
        .arg(file)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut input = child.stdin.take().unwrap();
    let lines: String = passed.iter().map(|line| format!("{line}\n")).collect();
    let writer = std::thread::spawn(move || input.write_all(lines.as_bytes()));
    let output = child.wait_with_output().unwrap();
    writer.join().unwrap().unwrap();
    assert!(output.status.success(), "{program} failed");
    let text = String::from_utf8(output.stdout).unwrap();
    Some(text.lines().map(|line| serde_json::from_str(line).unwrap()).collect())
}

#[test]
fn whatever_passes_is_read_as_the_bound_record_or_none() {
    let passed = let_through(20_261_201);
    for kind in ["query", "form", "json"] {
        let count = passed.iter().filter(|line| line["kind"] == kind).count();
        assert!((200..SPELLINGS).contains(&count), "{count} of {kind} passed");
    }
    let mut right: BTreeMap<String, usize> = BTreeMap::new();
    for (program, package, arguments) in [
        ("python3", "python3", &["read.py"][..]),
        ("node", "nodejs", &["read.js"]),
        ("go", "golang-go", &["run", "read.go"]),
    ] {
        let Some(readings) = read(program, package, arguments, &passed) else {
            continue;
        };
        assert_eq!(readings.len(), passed.len(), "{program}");
        for (line, reading) in passed.iter().zip(readings) {
            for (parser, values) in reading {
                assert!(
                    values.iter().all(|value| value == "1007"),
                    "{parser} reads {values:?} in {line}"
                );
                *right.entry(parser).or_default() += usize::from(!values.is_empty());
            }
        }
    }
    for (parser, count) in right {
        assert!(count > 100, "{parser} read only {count} records");
        println!("{parser}: {count} records, all of them the bound one");
    }
}
