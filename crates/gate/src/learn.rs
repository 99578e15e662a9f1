//! Learn mode's memory: the shapes of URLs that no rule covers, drafted as rules for a person to judge.
//!
//! A shape holds no record number and no query value. It is bounded, because anyone who is signed in can invent URLs.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::sync::{Mutex, PoisonError};

use crate::request::NormalizedRequest;
use crate::text::{encode_query, encode_segment};
use crate::visitor::Visitor;

const MOST_SHAPES: usize = 500;
const MOST_METHODS: usize = 8;
const DEEPEST: usize = 16;
const LONGEST_SEGMENT: usize = 40;

/// Shapes seen so far, 500 at most; shared by all workers, gone with the process.
#[derive(Debug, Default)]
pub struct Learner {
    shapes: Mutex<BTreeMap<String, Shape>>,
}

#[derive(Debug, Default)]
struct Shape {
    methods: BTreeSet<String>,
    names_record: bool,
    has_star: bool,
}

impl Learner {
    /// Remembers the shape of a request; true the first time, which is when it is worth a line in the log.
    pub fn remember(&self, request: &NormalizedRequest, visitor: &Visitor) -> bool {
        let (url, found) = shape(request, visitor);
        let mut shapes = self.shapes.lock().unwrap_or_else(PoisonError::into_inner);
        let room = shapes.len() < MOST_SHAPES;
        let new = !shapes.contains_key(&url);
        if new && !room {
            return false;
        }
        let shape = shapes.entry(url).or_insert(found);
        if shape.methods.len() < MOST_METHODS {
            shape.methods.insert(request.method().as_str().to_owned());
        }
        new
    }

    /// `[[site.rule]]` entries to paste below the site, in the order of their URLs; empty if nothing was learnt.
    pub fn draft(&self) -> String {
        let shapes = self.shapes.lock().unwrap_or_else(PoisonError::into_inner);
        let mut text = String::new();
        for (url, shape) in shapes.iter() {
            let requires = if shape.names_record { "record" } else { "session" };
            if shape.has_star && !shape.names_record {
                text.push_str(
                    "# Look before you paste: if \"*\" here can be a record number, write {record} and require it.\n",
                );
            }
            let methods: Vec<String> = shape.methods.iter().map(|name| format!("\"{name}\"")).collect();
            let methods = methods.join(", ");
            let _ = writeln!(
                text,
                "[[site.rule]]\nurl = \"{url}\"\nmethods = [{methods}]\nrequires = \"{requires}\"\n"
            );
        }
        text
    }
}

/// The pattern text is percent-encoded ASCII without quotes or backslashes, so it can be written in TOML as it is.
fn shape(request: &NormalizedRequest, visitor: &Visitor) -> (String, Shape) {
    let mut url = String::new();
    let mut shape = Shape::default();
    for segment in request.segments().iter().take(DEEPEST) {
        if visitor.record(segment).is_some() {
            shape.names_record = true;
            url.push_str("/{record}");
        } else if is_variable(segment) {
            shape.has_star = true;
            url.push_str("/*");
        } else {
            let _ = write!(url, "/{}", encode_segment(segment));
        }
    }
    if request.segments().len() > DEEPEST {
        url.push_str("/**");
    } else if request.is_directory() {
        url.push('/');
    }
    let bound = request
        .parameters()
        .iter()
        .filter(|given| visitor.record(given.value()).is_some());
    for (index, given) in bound.enumerate() {
        shape.names_record = true;
        let _ = write!(
            url,
            "{}{}={{record}}",
            if index == 0 { '?' } else { '&' },
            encode_query(given.name())
        );
    }
    (url, shape)
}

/// Numbers, dates and long or foreign names are about a person; a rule is about a kind of page.
fn is_variable(segment: &str) -> bool {
    segment.len() > LONGEST_SEGMENT || !segment.is_ascii() || segment.contains(|c: char| c.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use actix_web::http::Method;
    use proptest::prelude::*;

    use super::*;
    use crate::decision::tests::visitor;
    use crate::rules::Rules;
    use config::site::{RuleSection, SiteSection};

    fn learn(learner: &Learner, method: Method, target: &str) -> bool {
        let (path, query) = target
            .split_once('?')
            .map_or((target, None), |(path, query)| (path, Some(query)));
        learner.remember(
            &NormalizedRequest::read(&method, path, query).unwrap(),
            &visitor(&["42", "A 7"]),
        )
    }

    #[test]
    fn a_draft_is_ready_to_paste_and_holds_no_number_or_value() {
        let learner = Learner::default();
        assert!(learn(&learner, Method::GET, "/records/42/report.pdf?token=secret"));
        assert!(!learn(&learner, Method::HEAD, "/records/42/report.pdf"));
        assert!(learn(&learner, Method::GET, "/visits/2024-01-02/"));
        assert!(learn(&learner, Method::POST, "/print?nr=A+7&mail=me@example.org"));
        let draft = learner.draft();
        assert_eq!(
            draft,
            "[[site.rule]]\nurl = \"/print?nr={record}\"\nmethods = [\"POST\"]\nrequires = \"record\"\n\n\
             [[site.rule]]\nurl = \"/records/{record}/report.pdf\"\nmethods = [\"GET\", \"HEAD\"]\nrequires = \"record\"\n\n\
             # Look before you paste: if \"*\" here can be a record number, write {record} and require it.\n\
             [[site.rule]]\nurl = \"/visits/*/\"\nmethods = [\"GET\"]\nrequires = \"session\"\n\n"
        );
    }

    #[test]
    fn memory_is_bounded() {
        let learner = Learner::default();
        for index in 0..2_000_u32 {
            let word: String = index
                .to_string()
                .bytes()
                .map(|digit| char::from(digit - b'0' + b'a'))
                .collect();
            learn(&learner, Method::GET, &format!("/{word}"));
        }
        assert_eq!(learner.draft().matches("[[site.rule]]").count(), MOST_SHAPES);
    }

    #[derive(serde::Deserialize)]
    struct PastedSites {
        site: Vec<SiteSection>,
    }

    proptest! {
        #[test]
        fn whatever_was_learnt_compiles_and_covers_what_it_was_learnt_from(
            path in "(/([a-z*{}\"'%]{1,5}|42|[0-9]{1,3}|é|~x)){1,20}/?",
            query in "(nr=42)?(&x=[a-z\"]{0,3})?",
        ) {
            let raw: String = path.chars().map(|c| match c {
                '*' | '{' | '}' | '"' | '%' | 'é' => encode_segment(c.encode_utf8(&mut [0; 4])).to_string(),
                other => other.to_string(),
            }).collect();
            let query = query.replace('"', "%22");
            let request = NormalizedRequest::read(&Method::GET, &raw, Some(&query));
            prop_assume!(request.is_ok());
            let request = request.unwrap();
            let learner = Learner::default();
            learner.remember(&request, &visitor(&["42"]));
            let toml = format!(
                "[[site]]\nid = \"s\"\nlab = \"l\"\norigin = \"https://s.example\"\nupstream = \"http://127.0.0.1:1\"\n{}",
                learner.draft()
            );
            let mut pasted: PastedSites = toml::from_str(&toml).unwrap();
            let site = pasted.site.pop().unwrap();
            let _: &RuleSection = &site.rules[0];
            let rules = Rules::compile(&site).unwrap();
            prop_assert!(crate::decision::decide(&rules, &request, Some(&visitor(&["42"]))).is_ok());
        }
    }
}
