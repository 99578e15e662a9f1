//! Why a configuration could not be read, with the line: the layered reader knows the key but not its position.

use std::path::Path;

use super::{Config, Problems};

const REMEDY: &str = "correct the key; config/vestibule.toml shows every one with its meaning";

/// Never shows the line itself, since it may hold what should have been in a file of its own.
pub(super) fn explain(file: &Path, error: &config_rs::ConfigError) -> Problems {
    let text = match std::fs::read_to_string(file) {
        Ok(text) => text,
        Err(error) => {
            let remedy = "make the file readable, as UTF-8, by the user that runs vestibule";
            return Problems::one(file.display().to_string(), error.to_string(), remedy);
        }
    };
    match toml::from_str::<Config>(&text) {
        Err(error) => {
            let place = match error.span() {
                Some(span) if span.end > 0 => format!("{}:{}", file.display(), line(&text, span.start)),
                _ => file.display().to_string(),
            };
            Problems::one(place, error.message(), REMEDY)
        }
        // The file alone is right, so a variable of the environment is not.
        Ok(_) => Problems::one(
            format!("{} with the VESTIBULE__… variables of the environment", file.display()),
            error.to_string(),
            "correct or unset the variable that names this key",
        ),
    }
}

fn line(text: &str, at: usize) -> usize {
    text.bytes().take(at).filter(|byte| *byte == b'\n').count() + 1
}
