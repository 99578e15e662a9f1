//! Finds paths in a source text, in `use` trees and in line: `crate::…` and `super::super::…`, or those of a crate.

/// A path as written, from the crate's root, and its line.
#[derive(Debug, PartialEq, Eq)]
pub struct Reference {
    pub line: usize,
    pub path: Vec<String>,
}

pub fn references(file: &str, source: &str) -> Vec<Reference> {
    let found = paths(source, &["crate", "super"]).into_iter();
    found
        .filter_map(|Reference { line, path }| {
            let path = rooted(file, path)?;
            Some(Reference { line, path })
        })
        .collect()
}

/// Every path that begins with one of these words.
pub fn paths(source: &str, firsts: &[&str]) -> Vec<Reference> {
    let tokens = tokens(&without_comments_and_strings(source));
    let mut found = Vec::new();
    let mut at = 0;
    while at < tokens.len() {
        let starts = at == 0 || tokens[at - 1].text != "::";
        if starts && firsts.contains(&tokens[at].text.as_str()) {
            let mut names = Vec::new();
            at = tree(&tokens, at, &[], &mut names);
            found.extend(
                names
                    .into_iter()
                    .map(|Name { line, path, .. }| Reference { line, path }),
            );
        } else {
            at += 1;
        }
    }
    found
}

/// `super::super::x` in `a/b.rs` is `crate::x`; one `super` fewer stays in the folder and is of no interest.
///
/// Inside an inline module a path counts one level too many; that names no face then, and is left out.
fn rooted(file: &str, path: Vec<String>) -> Option<Vec<String>> {
    if path[0] != "super" {
        return Some(path);
    }
    let supers = path.iter().take_while(|part| *part == "super").count();
    let mut depth = file.trim_end_matches(".rs").split('/').count();
    if file.ends_with("/mod.rs") {
        depth -= 1;
    }
    let rest = path.get(supers)?;
    let names_a_face = super::FACES.contains(&rest.as_str());
    (supers >= depth && names_a_face).then(|| {
        let mut rooted = vec!["crate".to_owned()];
        rooted.extend_from_slice(&path[supers..]);
        rooted
    })
}

pub struct Token {
    line: usize,
    pub text: String,
}

/// One name of a `use` tree: where it comes from, and what it is called from then on.
pub struct Name {
    line: usize,
    pub path: Vec<String>,
    pub name: String,
}

/// Words, `::` and single signs.
pub fn tokens(source: &str) -> Vec<Token> {
    let mut tokens: Vec<Token> = Vec::new();
    for (number, line) in source.lines().enumerate() {
        let mut rest = line.trim_start();
        while let Some(first) = rest.chars().next() {
            let word = rest
                .find(|c: char| !c.is_alphanumeric() && c != '_')
                .unwrap_or(rest.len());
            let length = match word {
                0 if rest.starts_with("::") => 2,
                0 => first.len_utf8(),
                word => word,
            };
            tokens.push(Token {
                line: number + 1,
                text: rest[..length].to_owned(),
            });
            rest = rest[length..].trim_start();
        }
    }
    tokens
}

/// Reads one path or `use` tree; gives the place after it.
pub fn tree(tokens: &[Token], mut at: usize, prefix: &[String], names: &mut Vec<Name>) -> usize {
    let mut path = prefix.to_vec();
    let mut line = 0;
    while let Some(token) = tokens.get(at) {
        line = if line == 0 { token.line } else { line };
        if token.text == "{" {
            at += 1;
            while tokens.get(at).is_some_and(|token| token.text != "}") {
                let before = at;
                at = tree(tokens, at, &path, names);
                at += usize::from(at == before || tokens.get(at).is_some_and(|token| token.text == ","));
            }
            return at + 1;
        }
        path.push(token.text.clone());
        at += 1;
        if tokens.get(at).is_none_or(|token| token.text != "::") {
            break;
        }
        at += 1;
    }
    let text = |at: usize| tokens.get(at).map_or("", |token| token.text.as_str());
    let renamed = (text(at) == "as").then(|| text(at + 1).to_owned());
    // `as name` and whatever else is before the comma.
    while !prefix.is_empty()
        && tokens
            .get(at)
            .is_some_and(|token| token.text != "," && token.text != "}")
    {
        at += 1;
    }
    if path.len() > 1 && path.last().is_some_and(|part| part == "self") {
        path.pop();
    }
    let name = renamed.or_else(|| path.last().cloned()).unwrap_or_default();
    names.push(Name { line, path, name });
    at
}

/// Keeps the line breaks, so that line numbers stay right.
pub fn without_comments_and_strings(source: &str) -> String {
    let mut kept = String::with_capacity(source.len());
    let mut rest = source;
    while let Some(first) = rest.chars().next() {
        let skipped = if rest.starts_with("//") {
            rest.find('\n').unwrap_or(rest.len())
        } else if rest.starts_with("/*") {
            rest.find("*/").map_or(rest.len(), |end| end + 2)
        } else if first == '"' {
            string(rest)
        } else if let Some(length) = raw_string(rest) {
            length
        } else if rest.starts_with("'\"'") || rest.starts_with("'{'") || rest.starts_with("'}'") {
            3
        } else if rest.starts_with("'\\\"'") {
            4
        } else {
            kept.push(first);
            rest = &rest[first.len_utf8()..];
            continue;
        };
        kept.extend(rest[..skipped].chars().filter(|c| *c == '\n'));
        kept.push(' ');
        rest = &rest[skipped..];
    }
    kept
}

fn string(text: &str) -> usize {
    let mut escaped = false;
    for (at, character) in text.char_indices().skip(1) {
        match character {
            '"' if !escaped => return at + 1,
            '\\' => escaped = !escaped,
            _ => escaped = false,
        }
    }
    text.len()
}

fn raw_string(text: &str) -> Option<usize> {
    let hashes = text.strip_prefix('r')?.bytes().take_while(|b| *b == b'#').count();
    let close = format!("\"{}", "#".repeat(hashes));
    let body = text.get(1 + hashes..)?.strip_prefix('"')?;
    let end = body.find(&close)?;
    Some(1 + hashes + 1 + end + close.len())
}

#[test]
fn paths_are_found_where_they_stand() {
    let source = "use crate::{\n    a::b,\n    c::{d as e, self},\n};\nfn f() { let x = crate::g::h(1); }\n";
    let found: Vec<_> = references("z/y.rs", source)
        .into_iter()
        .map(|found| (found.line, found.path.join("::")))
        .collect();
    let expected = [
        (2, "crate::a::b"),
        (3, "crate::c::d"),
        (3, "crate::c"),
        (5, "crate::g::h"),
    ];
    assert_eq!(found, expected.map(|(line, path)| (line, path.to_owned())));
}
