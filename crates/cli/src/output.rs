//! The one place that prints: results on standard output, everything else on standard error. A reader that has gone
//! away is not an error.

use std::io::{self, IsTerminal, Write};

use serde_json::json;

use config::{Problem, Problems};

/// One line, or several, on standard output.
pub fn line(text: &str) {
    let mut out = io::stdout().lock();
    let _ = writeln!(out, "{text}").and_then(|()| out.flush());
}

/// One line on standard error.
pub fn note(text: &str) {
    let _ = writeln!(io::stderr().lock(), "{text}");
}

/// A question on standard error, with the cursor behind it.
pub fn ask(text: &str) {
    let mut out = io::stderr().lock();
    let _ = write!(out, "{text}").and_then(|()| out.flush());
}

/// One JSON document on standard output.
pub fn json(value: &serde_json::Value) {
    line(&format!("{value:#}"));
}

/// In words on standard error, or in JSON on standard output.
pub fn problems(as_json: bool, problems: &Problems) {
    if as_json {
        let all: Vec<_> = problems.iter().map(document).collect();
        let first = all.first().cloned().unwrap_or_default();
        json(&json!({ "error": first, "errors": all }));
        return;
    }
    for problem in problems.iter() {
        note(&format!("error: {}: {}", problem.place, problem.what));
        note(&format!("  {}", problem.remedy));
    }
}

/// Whether a person watches standard error.
pub fn is_interactive() -> bool {
    io::stderr().is_terminal()
}

fn document(problem: &Problem) -> serde_json::Value {
    json!({ "place": problem.place, "what": problem.what, "remedy": problem.remedy })
}
