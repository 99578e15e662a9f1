//! PostgreSQL's own programs for its backups. The password travels in the environment of the child alone, never on a
//! command line, where everyone on the machine could read it.

use std::io;
use std::path::Path;
use std::process::Stdio;

use secrecy::ExposeSecret;
use tokio::process::Command;
use url::Url;
use zeroize::Zeroizing;

use crate::Problem;
use crate::installation::Place;

/// Options of a URL that PostgreSQL's programs know; others are our driver's own.
const KNOWN: [&str; 9] = [
    "host",
    "port",
    "user",
    "dbname",
    "sslmode",
    "sslrootcert",
    "sslcert",
    "sslkey",
    "application_name",
];

/// Writes a dump in the custom format, which carries its own checks and restores selectively.
pub(super) async fn dump(place: &Place, file: &Path) -> Result<(), Problem> {
    let (url, password) = separate(place)?;
    let mut command = program("pg_dump", password.as_ref());
    command
        .arg("--format=custom")
        .arg("--file")
        .arg(file)
        .arg("--dbname")
        .arg(url);
    run(command, "pg_dump", &place.shown).await.map(|_| ())
}

/// Reads the whole dump and returns the keyring fingerprint in it.
pub(super) async fn fingerprint_in(file: &Path) -> Result<Option<String>, Problem> {
    let shown = file.display().to_string();
    let mut whole = program("pg_restore", None);
    whole.arg("--file=/dev/null").arg(file);
    run(whole, "pg_restore", &shown).await?;
    let mut table = program("pg_restore", None);
    table
        .args(["--data-only", "--table=installation", "--file=-"])
        .arg(file);
    let text = run(table, "pg_restore", &shown).await?;
    let value = text.lines().find_map(|line| line.strip_prefix("keyring-fingerprint\t"));
    Ok(value.map(str::to_owned))
}

/// Replaces the contents of the database with the dump, all of it or nothing.
pub(super) async fn load(place: &Place, file: &Path) -> Result<(), Problem> {
    let (url, password) = separate(place)?;
    let mut command = program("pg_restore", password.as_ref());
    command.args([
        "--clean",
        "--if-exists",
        "--single-transaction",
        "--exit-on-error",
        "--no-owner",
        "--no-privileges",
        "--dbname",
    ]);
    command.arg(url).arg(file);
    run(command, "pg_restore", &place.shown).await.map(|_| ())
}

fn separate(place: &Place) -> Result<(String, Option<Zeroizing<String>>), Problem> {
    let malformed = || {
        Problem::new(
            "[database] url",
            "the URL cannot be read",
            "write postgres://USER@HOST/NAME",
        )
    };
    let mut url = Url::parse(place.url.expose_secret()).map_err(|_| malformed())?;
    let in_query = url.query_pairs().find(|(name, _)| name == "password");
    let mut password = in_query.map(|(_, value)| Zeroizing::new(value.into_owned()));
    if let Some(encoded) = url.password() {
        let decoded = percent_encoding::percent_decode_str(encoded).decode_utf8_lossy();
        password = Some(Zeroizing::new(decoded.into_owned()));
    }
    let kept: Vec<(String, String)> = url
        .query_pairs()
        .filter(|(name, _)| KNOWN.contains(&name.as_ref()))
        .map(|(name, value)| (name.into_owned(), value.into_owned()))
        .collect();
    url.set_password(None).map_err(|()| malformed())?;
    url.set_query(None);
    if !kept.is_empty() {
        // PostgreSQL does not take '+' for a space.
        let text = url::form_urlencoded::Serializer::new(String::new())
            .extend_pairs(kept)
            .finish();
        url.set_query(Some(&text.replace('+', "%20")));
    }
    Ok((url.into(), password))
}

fn program(name: &str, password: Option<&Zeroizing<String>>) -> Command {
    let mut command = Command::new(name);
    command.env("LC_ALL", "C").stdin(Stdio::null()).kill_on_drop(true);
    if let Some(password) = password {
        command.env("PGPASSWORD", password.as_str());
    }
    command
}

async fn run(mut command: Command, name: &str, place: &str) -> Result<String, Problem> {
    let output = command.output().await.map_err(|error| match error.kind() {
        io::ErrorKind::NotFound => Problem::new(
            name,
            "PostgreSQL's own program is not installed here",
            "install it (Debian: apt-get install postgresql-client), or run this command where it is",
        ),
        _ => Problem::new(
            name,
            error.to_string(),
            "check that the program can be run by this user",
        ),
    })?;
    if output.status.success() {
        return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
    }
    let said = String::from_utf8_lossy(&output.stderr);
    let last: Vec<&str> = said.lines().filter(|line| !line.trim().is_empty()).take(3).collect();
    let what = match last.is_empty() {
        true => format!("{name} failed: {}", output.status),
        false => last.join("; "),
    };
    let remedy = "nothing was replaced; check that the database answers, and that this program is not older than it";
    Err(Problem::new(place, what, remedy))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn r01_the_password_never_stands_in_the_arguments() {
        for text in [
            "postgres://v:s%33cret@h:1/n?sslmode=require&statement-cache-capacity=3",
            "postgres://v@h:1/n?password=s3cret&sslmode=require",
        ] {
            let place = Place {
                url: text.into(),
                shown: String::new(),
            };
            let (url, password) = separate(&place).unwrap();
            assert_eq!(url, "postgres://v@h:1/n?sslmode=require");
            assert_eq!(password.unwrap().as_str(), "s3cret");
        }
    }
}
