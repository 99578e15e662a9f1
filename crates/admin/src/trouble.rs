//! From a fault of the database to words that help those who run the installation.

use crate::Problem;
use store::StoreFault;
use store::installation::trouble::Trouble;

/// `place`: the database as it may be shown, without a password.
pub fn explain(fault: &StoreFault, place: &str) -> Problem {
    let (what, remedy) = match fault.trouble() {
        Trouble::Busy => (
            "the database is locked by another program or has no room for another connection".to_owned(),
            "wait until the other command or backup is done and try again; nothing was changed",
        ),
        Trouble::DiskFull => (
            "the disk is full".to_owned(),
            "free space on the database's disk and try again; what was committed before is kept",
        ),
        Trouble::ReadOnly => (
            "the database can be read but not written".to_owned(),
            "give the user that runs vestibule write access to the file and its folder, or use the primary server",
        ),
        Trouble::NotThere => (
            "there is no such database, or it cannot be opened".to_owned(),
            "check the path or name in [database]; for SQLite make the folder, for PostgreSQL run createdb",
        ),
        Trouble::Denied => (
            format!("the database refuses vestibule's login ({})", brief(fault)),
            "check the user and password in [database] url_file, and the rights of that user",
        ),
        Trouble::NoAnswer => (
            "nothing answers at that address".to_owned(),
            "check that the database server runs and that its host and port in [database] are right",
        ),
        Trouble::Untrusted => (
            format!("the database server's certificate is not accepted ({})", brief(fault)),
            "name the authority that signed it as sslrootcert in the database's URL",
        ),
        Trouble::Damaged => (
            "the file is damaged or not an SQLite database".to_owned(),
            "restore a backup: vestibule db restore FILE --force",
        ),
        Trouble::OtherSchema => (
            "the database was made by another version of vestibule".to_owned(),
            "run the version that made it, or a newer one; this one has changed nothing",
        ),
        Trouble::MalformedUrl => (
            "the URL cannot be read".to_owned(),
            "write sqlite:PATH or postgres://USER@HOST/NAME",
        ),
        Trouble::Other => (
            brief(fault),
            "see the database's own log; nothing of the failed step was kept",
        ),
    };
    Problem::new(place, what, remedy)
}

/// One line; what a database answers never holds the URL's password.
fn brief(fault: &StoreFault) -> String {
    let text = fault.to_string();
    text.lines().next().unwrap_or_default().chars().take(300).collect()
}
