//! Reads rendered HTML just well enough to hold its rules: a tag per line of thought, no tree.

use std::collections::{BTreeMap, BTreeSet};

/// A start tag with its attributes.
#[derive(Debug)]
pub(super) struct Tag {
    pub name: String,
    pub attributes: BTreeMap<String, String>,
    /// The text up to the next tag.
    pub text: String,
}

impl Tag {
    pub(super) fn get(&self, attribute: &str) -> Option<&str> {
        self.attributes.get(attribute).map(String::as_str)
    }

    fn is_hidden_input(&self) -> bool {
        self.get("type") == Some("hidden")
    }
}

/// All start tags, in order. Panics on what is not well formed.
pub(super) fn tags(html: &str) -> Vec<Tag> {
    let mut found = Vec::new();
    for piece in html.split('<').skip(1) {
        let (inside, text) = split_tag(piece);
        if inside.starts_with('/') || inside.starts_with('!') {
            continue;
        }
        let inside = inside.trim_end_matches('/').trim_end();
        let (name, rest) = inside.split_once(char::is_whitespace).unwrap_or((inside, ""));
        found.push(Tag {
            name: name.to_owned(),
            attributes: attributes(rest),
            text: text.to_owned(),
        });
    }
    found
}

/// Splits at the `>` that is not inside a quoted value.
fn split_tag(piece: &str) -> (&str, &str) {
    let mut quoted = false;
    for (at, c) in piece.char_indices() {
        match c {
            '"' => quoted = !quoted,
            '>' if !quoted => return (&piece[..at], &piece[at + 1..]),
            _ => {}
        }
    }
    panic!("a tag is not closed: <{piece}");
}

fn attributes(mut rest: &str) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    loop {
        rest = rest.trim_start();
        let end = rest.find(|c: char| c.is_whitespace() || c == '=').unwrap_or(rest.len());
        let (name, after) = rest.split_at(end);
        if name.is_empty() {
            return found;
        }
        let (value, after) = match after.strip_prefix("=\"") {
            Some(quoted) => quoted.split_once('"').expect("a quoted value ends"),
            None => (
                "",
                after
                    .strip_prefix('=')
                    .map_or(after, |_| panic!("unquoted value: {rest}")),
            ),
        };
        assert!(
            found.insert(name.to_owned(), value.to_owned()).is_none(),
            "attribute {name} twice"
        );
        rest = after;
    }
}

/// What a reader sees inside `<main>`, one piece of text a line.
pub(super) fn words(html: &str) -> String {
    let main = html
        .split_once("<main")
        .and_then(|(_, rest)| rest.split_once("</main>"))
        .expect("a main part")
        .0;
    let pieces = main.split('<').skip(1).map(|piece| split_tag(piece).1.trim());
    pieces.filter(|text| !text.is_empty()).collect::<Vec<_>>().join("\n")
}

/// The rules every page keeps; panics with the page's name on the first one broken.
pub(super) fn check(name: &str, html: &str) {
    let tags = tags(html);
    let count = |wanted: &str| tags.iter().filter(|tag| tag.name == wanted).count();
    for once in ["html", "title", "h1", "main", "header", "footer"] {
        assert_eq!(count(once), 1, "{name}: <{once}>");
    }
    assert!(
        tags.iter()
            .any(|tag| tag.name == "html" && tag.get("lang").is_some_and(|lang| lang.len() == 2)),
        "{name}"
    );
    assert!(
        tags.iter().any(|tag| tag.get("href") == Some("#content")),
        "{name}: skip link"
    );
    nothing_inline(name, &tags);
    ids_and_references(name, &tags);
    labels(name, &tags);
    forms(name, html);
    texts(name, html, &tags);
    heading_order(name, &tags);
}

fn nothing_inline(name: &str, tags: &[Tag]) {
    for tag in tags {
        assert_ne!(tag.name, "style", "{name}");
        assert!(
            tag.name != "script" || (tag.get("src").is_some() && tag.text.trim().is_empty()),
            "{name}: inline script"
        );
        for attribute in tag.attributes.keys() {
            assert!(
                attribute != "style" && !attribute.starts_with("on"),
                "{name}: {attribute} on <{}>",
                tag.name
            );
        }
        if let Some(href) = tag.get("href") {
            assert!(!href.to_ascii_lowercase().starts_with("javascript:"), "{name}: {href}");
        }
    }
}

fn ids_and_references(name: &str, tags: &[Tag]) {
    let mut ids = BTreeSet::new();
    for id in tags.iter().filter_map(|tag| tag.get("id")) {
        assert!(!id.is_empty() && ids.insert(id), "{name}: id {id} twice");
    }
    for tag in tags {
        for attribute in ["for", "aria-describedby", "aria-labelledby", "aria-controls"] {
            for target in tag.get(attribute).into_iter().flat_map(str::split_whitespace) {
                assert!(ids.contains(target), "{name}: {attribute} points at nothing: {target}");
            }
        }
    }
}

fn labels(name: &str, tags: &[Tag]) {
    let labelled: BTreeSet<&str> = tags.iter().filter_map(|tag| tag.get("for")).collect();
    for input in tags.iter().filter(|tag| tag.name == "input" && !tag.is_hidden_input()) {
        let id = input.get("id").unwrap_or_else(|| panic!("{name}: an input without id"));
        assert!(labelled.contains(id), "{name}: no label for {id}");
        assert!(input.get("autocomplete").is_some(), "{name}: no autocomplete on {id}");
    }
    for label in tags.iter().filter(|tag| tag.name == "label") {
        assert!(
            label.get("for").is_some() && !label.text.trim().is_empty(),
            "{name}: empty label"
        );
    }
}

fn forms(name: &str, html: &str) {
    for form in html.split("<form").skip(1) {
        let form = form.split("</form>").next().unwrap();
        assert!(
            form.contains("method=\"post\"") && form.contains("action=\""),
            "{name}: form without method or action"
        );
        // One that leads elsewhere must not take our secret along.
        let leads_out = form.contains("action=\"https:");
        assert_eq!(form.contains("name=\"csrf\""), !leads_out, "{name}: csrf");
        assert!(form.contains("type=\"submit\""), "{name}: form without button");
    }
}

fn texts(name: &str, html: &str, tags: &[Tag]) {
    assert!(
        !html.contains("{$") && !html.contains("{ $") && !html.contains("{{"),
        "{name}: a variable is left"
    );
    for tag in tags {
        let speaks =
            ["title", "h1", "h2", "h3", "p", "li", "button", "a", "code", "label"].contains(&tag.name.as_str());
        let has_child = ["p", "li", "a"].contains(&tag.name.as_str());
        assert!(
            !speaks || has_child || !tag.text.trim().is_empty(),
            "{name}: empty <{}>",
            tag.name
        );
        for attribute in ["aria-label", "alt", "title", "href", "content", "data-show-password"] {
            assert!(
                tag.get(attribute).is_none_or(|value| !value.is_empty()),
                "{name}: empty {attribute}"
            );
        }
    }
    assert!(
        !html.replace(['\n', ' '], "").contains("<p></p>"),
        "{name}: an empty paragraph"
    );
}

fn heading_order(name: &str, tags: &[Tag]) {
    let mut last = 0;
    for tag in tags {
        if let Some(level) = tag.name.strip_prefix('h').and_then(|rest| rest.parse::<u32>().ok()) {
            assert!(level <= last + 1, "{name}: <h{level}> after <h{last}>");
            last = level;
        }
    }
}
