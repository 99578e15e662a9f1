//! The binary as an operator runs it.

use std::io::Write;
use std::path::Path;
use std::process::{Command, Output, Stdio};

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
    run(folder, environment, "", arguments)
}

/// With these lines on its standard input.
pub fn vestibule_told(folder: &Path, input: &str, arguments: &[&str]) -> Ran {
    run(folder, &[], input, arguments)
}

fn run(folder: &Path, environment: &[(&str, &str)], input: &str, arguments: &[&str]) -> Ran {
    let mut command = Command::new(env!("CARGO_BIN_EXE_vestibule"));
    command
        .current_dir(folder)
        .env("VESTIBULE_CONFIG", "vestibule.toml")
        .env_remove("SUDO_USER")
        .envs(environment.iter().copied())
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    // A command that asks for nothing may be gone before it is told anything.
    let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
    let Output { status, stdout, stderr } = child.wait_with_output().unwrap();
    Ran {
        code: status.code().unwrap(),
        out: String::from_utf8(stdout).unwrap(),
        err: String::from_utf8(stderr).unwrap(),
    }
}
