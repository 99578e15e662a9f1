//! What kind of trouble a database is in, for those who can do something about it.

use sqlx::migrate::MigrateError;

use crate::StoreFault;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// Another process holds it; trying again is right.
    Busy,
    DiskFull,
    ReadOnly,
    /// No such file, or no such database on the server.
    NotThere,
    /// It is there, and does not let us in.
    Denied,
    /// Nothing answers at that address.
    NoAnswer,
    /// The server does not prove to be the one that was meant, or speaks no TLS.
    Untrusted,
    Damaged,
    /// Made by a newer or an altered version of this program.
    OtherSchema,
    MalformedUrl,
    Other,
}

impl StoreFault {
    pub fn trouble(&self) -> Trouble {
        match self {
            Self::Sql(error) => of_sql(error),
            Self::Migration(MigrateError::Execute(error) | MigrateError::ExecuteMigration(error, _)) => of_sql(error),
            Self::Migration(_) => Trouble::OtherSchema,
            Self::Unreadable(_) | Self::Seal(_) => Trouble::Other,
        }
    }
}

fn of_sql(error: &sqlx::Error) -> Trouble {
    match error {
        sqlx::Error::Configuration(_) => Trouble::MalformedUrl,
        sqlx::Error::Tls(_) => Trouble::Untrusted,
        sqlx::Error::Io(error) if error.kind() == std::io::ErrorKind::InvalidData => Trouble::Untrusted,
        sqlx::Error::Io(_) | sqlx::Error::PoolTimedOut => Trouble::NoAnswer,
        sqlx::Error::Database(error) => of_code(&error.code().unwrap_or_default()),
        _ => Trouble::Other,
    }
}

/// PostgreSQL's codes have five characters, SQLite's extended codes at most four.
fn of_code(code: &str) -> Trouble {
    match code {
        "53100" => Trouble::DiskFull,
        "3D000" => Trouble::NotThere,
        "53300" | "55P03" | "40001" | "40P01" => Trouble::Busy,
        "57P03" => Trouble::NoAnswer,
        "25006" => Trouble::ReadOnly,
        "42501" => Trouble::Denied,
        // SQLITE_IOERR_SHMSIZE: no room for the index of the write-ahead log.
        "4874" => Trouble::DiskFull,
        _ if code.len() == 5 && code.starts_with("28") => Trouble::Denied,
        _ if code.len() == 5 => Trouble::Other,
        _ => match code.parse::<u32>().map(|code| code & 0xff) {
            Ok(5 | 6) => Trouble::Busy,
            Ok(13) => Trouble::DiskFull,
            Ok(8) => Trouble::ReadOnly,
            Ok(14) => Trouble::NotThere,
            Ok(3 | 23) => Trouble::Denied,
            Ok(11 | 26) => Trouble::Damaged,
            _ => Trouble::Other,
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_of_both_databases_are_told_apart() {
        for (code, trouble) in [
            ("5", Trouble::Busy),
            ("517", Trouble::Busy),
            ("13", Trouble::DiskFull),
            ("53100", Trouble::DiskFull),
            ("1032", Trouble::ReadOnly),
            ("14", Trouble::NotThere),
            ("26", Trouble::Damaged),
            ("28P01", Trouble::Denied),
            ("3D000", Trouble::NotThere),
            ("42P01", Trouble::Other),
        ] {
            assert_eq!(of_code(code), trouble, "{code}");
        }
    }
}
