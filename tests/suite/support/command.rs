//! The binary as an operator runs it.

use std::path::Path;
use std::process::{Command, Output};

pub struct Ran {
    pub code: i32,
    pub out: String,
    pub err: String,
}

impl Ran {
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.out).unwrap_or_else(|error| panic!("{error}: {}{}", self.out, self.err))
    }
}

/// With `--config` of that folder and nothing of our own environment that it reads.
pub fn vestibule(folder: &Path, arguments: &[&str]) -> Ran {
    vestibule_with(folder, &[], arguments)
}

pub fn vestibule_with(folder: &Path, environment: &[(&str, &str)], arguments: &[&str]) -> Ran {
    let mut command = Command::new(env!("CARGO_BIN_EXE_vestibule"));
    command
        .current_dir(folder)
        .env("VESTIBULE_CONFIG", "vestibule.toml")
        .env_remove("SUDO_USER")
        .envs(environment.iter().copied())
        .args(arguments);
    let Output { status, stdout, stderr } = command.output().unwrap();
    Ran {
        code: status.code().unwrap(),
        out: String::from_utf8(stdout).unwrap(),
        err: String::from_utf8(stderr).unwrap(),
    }
}
