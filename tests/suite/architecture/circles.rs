//! Which file of a room needs which, and where they need each other in a circle.
//!
//! A file needs the file that *defines* what it names, through however many re-exports; `mod x;` and `pub use` are no
//! need. Between a folder's `mod.rs` and the files in it one direction is not counted: a folder is one thing, whose files
//! may use what its head defines. Everything else counts, across folders and between neighbours. Tests do not.

use std::collections::{BTreeMap, BTreeSet};

use super::scan::{self, Token};

type Path = Vec<String>;

/// A file as others see it.
#[derive(Default)]
struct File {
    /// What `use` brings in: the path, the name it has here.
    imports: Vec<(Path, String, Export)>,
    /// Every path in the text.
    paths: Vec<Path>,
    items: BTreeSet<String>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Export {
    Public,
    Private,
}

/// Files by their path as modules: `kit/context.rs` is `kit`, `context`, and `lib.rs` is the empty path.
struct Room(BTreeMap<Path, File>);

/// The files of each circle; `sources` are names in the room's `src`, with their text.
pub fn circles<'a>(sources: impl IntoIterator<Item = (&'a str, &'a str)>) -> Vec<BTreeSet<String>> {
    let files = sources.into_iter().filter(|(name, _)| !name.ends_with("tests.rs"));
    let room = Room(files.map(|(name, source)| (module(name), File::read(source))).collect());
    let needs: BTreeMap<&Path, BTreeSet<&Path>> = room.0.keys().map(|file| (file, room.needs(file))).collect();
    let reached: BTreeMap<&Path, BTreeSet<&Path>> = needs.keys().map(|file| (*file, reach(file, &needs))).collect();
    let mut found = BTreeSet::new();
    for (file, all) in reached.iter().filter(|(file, all)| all.contains(*file)) {
        let circle = all.iter().filter(|other| reached[*other].contains(file));
        found.insert(circle.map(|file| file.join("::")).collect());
    }
    found.into_iter().collect()
}

fn module(name: &str) -> Path {
    let parts = name.trim_end_matches(".rs").split('/').map(str::to_owned);
    parts.filter(|part| part != "mod" && part != "lib").collect()
}

fn reach<'a>(from: &'a Path, needs: &BTreeMap<&'a Path, BTreeSet<&'a Path>>) -> BTreeSet<&'a Path> {
    let (mut reached, mut next) = (BTreeSet::new(), vec![from]);
    while let Some(file) = next.pop() {
        next.extend(needs[file].iter().filter(|needed| reached.insert(**needed)));
    }
    reached
}

impl File {
    fn read(source: &str) -> Self {
        const ITEMS: [&str; 8] = ["struct", "enum", "fn", "const", "static", "type", "trait", "union"];
        let tokens = without_tests(scan::tokens(&scan::without_comments_and_strings(source)));
        let text = |at: usize| tokens.get(at).map_or("", |token| token.text.as_str());
        let mut file = Self::default();
        let mut at = 0;
        while at < tokens.len() {
            let before = at.checked_sub(1).map_or("", text);
            if text(at) == "use" && before != "::" {
                let export = match before {
                    "pub" | ")" => Export::Public,
                    _ => Export::Private,
                };
                let mut names = Vec::new();
                at = scan::tree(&tokens, at + 1, &[], &mut names);
                let imported = names.into_iter().map(|found| (found.path, found.name, export));
                file.imports.extend(imported);
            } else if is_word(text(at)) && before != "::" && before != "." {
                if ITEMS.contains(&before) {
                    file.items.insert(text(at).to_owned());
                }
                let mut path = vec![text(at).to_owned()];
                while text(at + 1) == "::" && is_word(text(at + 2)) {
                    path.push(text(at + 2).to_owned());
                    at += 2;
                }
                file.paths.push(path);
                at += 1;
            } else {
                at += 1;
            }
        }
        file
    }
}

fn is_word(text: &str) -> bool {
    text.starts_with(|first: char| first.is_alphabetic() || first == '_')
}

/// Leaves out what `#[cfg(test)]` is written before.
fn without_tests(tokens: Vec<Token>) -> Vec<Token> {
    let mut kept = Vec::new();
    let mut tokens = tokens.into_iter().peekable();
    while let Some(token) = tokens.next() {
        kept.push(token);
        let is_test = kept.ends_with_texts(&["cfg", "(", "test", ")", "]"])
            || kept.ends_with_texts(&["cfg", "(", "all", "(", "test", ","]);
        let mut depth = 0;
        while is_test && let Some(skipped) = tokens.next() {
            match skipped.text.as_str() {
                "{" => depth += 1,
                "}" if depth == 1 => break,
                "}" => depth -= 1,
                ";" if depth == 0 => break,
                _ => {}
            }
        }
    }
    kept
}

trait EndsWithTexts {
    fn ends_with_texts(&self, texts: &[&str]) -> bool;
}

impl EndsWithTexts for Vec<Token> {
    fn ends_with_texts(&self, texts: &[&str]) -> bool {
        let end = self.len().checked_sub(texts.len()).and_then(|from| self.get(from..));
        end.is_some_and(|end| end.iter().zip(texts).all(|(token, text)| token.text == *text))
    }
}

impl Room {
    fn needs(&self, file: &Path) -> BTreeSet<&Path> {
        let here = &self.0[file];
        let imported = here.imports.iter().filter(|(_, _, export)| *export == Export::Private);
        let named = imported.map(|(path, _, _)| path).chain(&here.paths);
        let found = named.filter_map(|path| self.definer(file, path, 0));
        found
            .filter(|needed| *needed != file && !file.starts_with(needed))
            .collect()
    }

    /// The file that defines what a path names, seen from `file`. None: another crate, a local name, or a module.
    fn definer(&self, file: &Path, path: &[String], depth: usize) -> Option<&Path> {
        let supers = path.iter().take_while(|part| *part == "super").count();
        match path.first()?.as_str() {
            "crate" => self.inside(&[], &path[1..], depth),
            "self" => self.inside(file, &path[1..], depth),
            "super" => self.inside(&file[..file.len().checked_sub(supers)?], &path[supers..], depth),
            _ => self.inside(file, path, depth),
        }
    }

    fn inside(&self, module: &[String], path: &[String], depth: usize) -> Option<&Path> {
        let (module, file) = self.0.get_key_value(module)?;
        let (name, rest) = path.split_first()?;
        let child = [module.as_slice(), std::slice::from_ref(name)].concat();
        if name == "*" || depth > 9 {
            return Some(module);
        }
        if self.0.contains_key(&child) && !(rest.is_empty() && file.items.contains(name)) {
            return self.inside(&child, rest, depth);
        }
        if file.items.contains(name) {
            return Some(module);
        }
        let named = |(_, as_name, _): &&(Path, String, Export)| as_name == name;
        if let Some((from, _, _)) = file.imports.iter().find(named) {
            return self.definer(module, &[from.as_slice(), rest].concat(), depth + 1);
        }
        let globs = file.imports.iter().filter(|(_, as_name, _)| as_name == "*");
        globs
            .filter_map(|(from, _, _)| from.split_last())
            .find_map(|(_, from)| self.definer(module, &[from, path].concat(), depth + 1))
    }
}

#[test]
fn a_circle_is_found_however_it_is_written() {
    let two = |first, second| circles([("lib.rs", "mod a;\nmod b;"), ("a.rs", first), ("b.rs", second)]);
    let expected = [BTreeSet::from(["a".to_owned(), "b".to_owned()])];
    for (first, second) in [
        ("use crate::b::B;\npub struct A;", "use crate::a::A;\npub struct B;"),
        ("use super::b::B;\npub struct A;", "pub struct B(super::a::A);"),
        (
            "use crate::b;\npub struct A(b::B);",
            "use crate::a::{A as Other};\npub struct B;",
        ),
        (
            "pub use super::b::B;\npub struct A(B);",
            "use super::a;\npub struct B;\nfn b(_: a::A) {}",
        ),
        (
            "use super::b::*;\npub struct A;",
            "pub struct B;\nconst _: super::a::A = super::a::A;",
        ),
    ] {
        assert_eq!(two(first, second), expected, "{first} {second}");
    }
    for (first, second) in [
        ("use crate::b::B;\npub struct A;", "pub struct B;"),
        ("pub use crate::b::B;\npub struct A;", "use crate::a::A;\npub struct B;"),
        (
            "use crate::b::B;\npub struct A;",
            "pub struct B;\n#[cfg(test)]\nmod tests {\n    use crate::a::A;\n}",
        ),
        (
            "use crate::b::B;\npub struct A;",
            "//! [`crate::a::A`]\npub struct B;\nconst C: &str = \"crate::a::A\";",
        ),
    ] {
        assert_eq!(two(first, second), [], "{first} {second}");
    }
}

#[test]
fn re_exports_are_followed_and_a_folder_is_one_thing() {
    let sources = |other| {
        [
            ("lib.rs", "mod core;\nmod part;\npub use core::Core;"),
            ("core.rs", "use crate::part::Part;\npub struct Core(Part);"),
            (
                "part/mod.rs",
                "mod piece;\npub use piece::Part;\nfn f() { piece::g(Head) }\npub struct Head;",
            ),
            ("part/piece.rs", other),
        ]
    };
    let circle = circles(sources("use crate::Core;\npub struct Part;"));
    assert_eq!(circle, [BTreeSet::from(["core".to_owned(), "part::piece".to_owned()])]);
    assert_eq!(circles(sources("pub struct Part;\npub fn g(_: super::Head) {}")), []);
}
