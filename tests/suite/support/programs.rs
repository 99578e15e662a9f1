//! Programs that tests need: found by name, required where CI is set, and otherwise missed aloud.

use std::path::{Path, PathBuf};

/// The first file of that name in `PATH` and then in `beside`.
pub fn find(name: &str, beside: &[PathBuf]) -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let folders = std::env::split_paths(&path).chain(beside.iter().cloned());
    folders.map(|folder| folder.join(name)).find(|file| is_program(file))
}

fn is_program(file: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    file.metadata()
        .is_ok_and(|metadata| metadata.is_file() && metadata.permissions().mode() & 0o111 != 0)
}

pub fn in_ci() -> bool {
    std::env::var_os("CI").is_some_and(|value| !value.is_empty() && value != "false")
}

/// Says that a test is skipped for want of a program. In CI nothing is skipped: it fails.
pub fn missing(program: &str, package: &str) {
    missing_with(program, &format!("on Debian: apt-get install {package}"));
}

/// The same, for what comes from elsewhere than Debian.
pub fn missing_with(program: &str, remedy: &str) {
    let message = format!("{program} is not installed; {remedy}");
    assert!(!in_ci(), "{message}");
    eprintln!("skipped: {message}");
}
