//! The keyring's file: the one secret that an installation must keep apart from its database. It is never half-written,
//! never overwritten by accident, and never used while people other than its owner may read it.

use std::fs::{self, File, Metadata};
use std::io::{self, Read};
use std::os::unix::fs::MetadataExt;
use std::path::Path;

use zeroize::Zeroizing;

use crate::{Problem, files};
use crypto::keyring::{KeyId, Keyring};
use kernel::clock::Timestamp;
use kernel::entropy::Entropy;

/// A keyring of a thousand rotations is smaller.
const LARGEST: u64 = 1 << 20;

/// Writes a new keyring, readable by its owner only.
///
/// # Errors
/// The file exists, or cannot be written.
pub fn create(path: &Path, entropy: &dyn Entropy, now: Timestamp) -> Result<Keyring, Problem> {
    let keyring = Keyring::generate(entropy, now);
    files::write_new(path, keyring.to_text().as_bytes()).map_err(|error| {
        let (what, remedy) = match error.kind() {
            io::ErrorKind::AlreadyExists => (
                "the file exists and is not overwritten: without its keys the database could not be read".to_owned(),
                "use it, or name another file; to add a key run: vestibule keyring rotate",
            ),
            io::ErrorKind::NotFound => (
                "its folder does not exist".to_owned(),
                "make the folder, readable by the user that runs vestibule only",
            ),
            _ => (
                format!("it cannot be written: {error}"),
                "give the user that runs vestibule the right to write to the folder",
            ),
        };
        problem(path, what, remedy)
    })?;
    Ok(keyring)
}

/// # Errors
/// The file is absent, unreadable, malformed, or open to people other than its owner.
pub fn read(path: &Path) -> Result<Keyring, Problem> {
    read_with_owner(path).map(|(keyring, _)| keyring)
}

/// Adds a key, which makes all new values from now on, and names it.
///
/// # Errors
/// As [`read`], or the file cannot be replaced; then it is as it was.
pub fn rotate(path: &Path, entropy: &dyn Entropy, now: Timestamp) -> Result<KeyId, Problem> {
    let unwritable = |error: io::Error| {
        problem(
            path,
            format!("it cannot be replaced: {error}"),
            "rotate where the file can be written, as root or its owner, and bring the new file to every server",
        )
    };
    // The file itself, not a link to it.
    let path = &fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    let (mut keyring, owner) = read_with_owner(path)?;
    keyring.rotate(entropy, now);
    files::replace_private(path, keyring.to_text().as_bytes(), owner).map_err(unwritable)?;
    Ok(keyring.current())
}

fn read_with_owner(path: &Path) -> Result<(Keyring, (u32, u32)), Problem> {
    let mut file = File::open(path).map_err(|error| match error.kind() {
        io::ErrorKind::NotFound => problem(
            path,
            "the keyring is not there".to_owned(),
            "for a new installation run: vestibule keyring new; for an existing one bring back the copy that you keep",
        ),
        _ => unreadable(path, &error),
    })?;
    let metadata = file.metadata().map_err(|error| unreadable(path, &error))?;
    check_rights(path, &metadata)?;
    let mut text = Zeroizing::new(String::new());
    let read = file.by_ref().take(LARGEST).read_to_string(&mut text);
    read.map_err(|error| unreadable(path, &error))?;
    let keyring = Keyring::parse(&text).map_err(|error| {
        problem(
            path,
            error.to_string(),
            "bring back the copy that you keep of the file; a new keyring cannot open this database",
        )
    })?;
    Ok((keyring, (metadata.uid(), metadata.gid())))
}

/// Others never; the group only to read, and only where root owns the file: that is how Kubernetes mounts a Secret
/// for a pod's group.
fn check_rights(path: &Path, metadata: &Metadata) -> Result<(), Problem> {
    if !metadata.is_file() {
        let remedy = "name the file itself as [keyring] file";
        return Err(problem(path, "it is not a file".to_owned(), remedy));
    }
    let mode = metadata.mode() & 0o777;
    let group_may_read = metadata.uid() == 0;
    let too_open = match mode & 0o077 {
        0 => None,
        0o040 if group_may_read => None,
        rights if rights & 0o007 != 0 => Some("everyone on this machine"),
        _ => Some("its whole group"),
    };
    let Some(who) = too_open else { return Ok(()) };
    Err(problem(
        path,
        format!("the keyring is open to {who} (mode {mode:04o})"),
        format!("run: chmod 600 {}", path.display()),
    ))
}

fn unreadable(path: &Path, error: &io::Error) -> Problem {
    problem(
        path,
        format!("the keyring cannot be read: {error}"),
        format!("run vestibule as its owner, or: chown USER {}", path.display()),
    )
}

fn problem(path: &Path, what: String, remedy: impl Into<String>) -> Problem {
    Problem::new(format!("[keyring] file {}", path.display()), what, remedy)
}

#[cfg(test)]
mod tests {
    use super::*;
    use kernel::entropy::SystemEntropy;
    use std::os::unix::fs::PermissionsExt;
    use std::path::PathBuf;

    const NOW: Timestamp = Timestamp::from_seconds(1_790_000_000);

    fn made() -> (tempfile::TempDir, PathBuf, Keyring) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("keyring");
        let keyring = create(&path, &SystemEntropy, NOW).unwrap();
        (folder, path, keyring)
    }

    fn chmod(path: &Path, mode: u32) {
        fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
    }

    #[test]
    fn a_keyring_is_made_once_and_read_back() {
        let (_folder, path, keyring) = made();
        assert_eq!(fs::metadata(&path).unwrap().mode() & 0o777, 0o600);
        assert_eq!(read(&path).unwrap().fingerprint(), keyring.fingerprint());
        let again = create(&path, &SystemEntropy, NOW).unwrap_err();
        assert!(again.what.contains("not overwritten"), "{again}");
        assert_eq!(read(&path).unwrap().fingerprint(), keyring.fingerprint());
    }

    #[test]
    fn rotation_keeps_the_old_keys_the_mode_and_the_owner() {
        let (_folder, path, before) = made();
        let link = path.with_extension("link");
        std::os::unix::fs::symlink(&path, &link).unwrap();
        let owner = |path: &Path| fs::metadata(path).map(|file| (file.uid(), file.gid())).unwrap();
        if rustix::process::geteuid().is_root() {
            std::os::unix::fs::chown(&path, Some(1), Some(1)).unwrap();
        }
        let owned_by = owner(&path);
        let newest = rotate(&link, &SystemEntropy, NOW).unwrap();
        let after = read(&path).unwrap();
        assert_eq!(after.current(), newest);
        assert_ne!(after.current(), before.current());
        assert_eq!(after.fingerprint(), before.fingerprint());
        assert_eq!(
            (owner(&path), fs::metadata(&path).unwrap().mode() & 0o777),
            (owned_by, 0o600)
        );
        assert!(link.is_symlink(), "the link stays a link");
    }

    #[test]
    fn r01_a_keyring_that_others_can_read_is_refused() {
        let (_folder, path, _) = made();
        for mode in [0o604, 0o602, 0o601, 0o620, 0o660, 0o644, 0o610] {
            chmod(&path, mode);
            let problem = read(&path).unwrap_err();
            assert!(problem.what.contains(&format!("{mode:04o}")), "{problem}");
            assert_eq!(problem.remedy, format!("run: chmod 600 {}", path.display()));
        }
        chmod(&path, 0o440);
        let of_root = fs::metadata(&path).unwrap().uid() == 0;
        assert_eq!(
            read(&path).is_ok(),
            of_root,
            "the group reads what root owns, as Kubernetes mounts it"
        );
        if of_root {
            std::os::unix::fs::chown(&path, Some(1), Some(1)).unwrap();
            assert!(read(&path).unwrap_err().what.contains("its whole group"));
        }
    }

    #[test]
    fn what_is_no_keyring_is_named_and_not_shown() {
        let (folder, path, _) = made();
        let absent = read(&folder.path().join("other")).unwrap_err();
        assert!(absent.remedy.contains("vestibule keyring new"), "{absent}");
        assert!(read(folder.path()).unwrap_err().what.contains("not a file"));
        fs::write(&path, "secret = \"do not show me\"").unwrap();
        let malformed = read(&path).unwrap_err();
        assert!(!malformed.to_string().contains("do not show me"));
        assert!(malformed.place.contains(path.to_str().unwrap()));
        fs::write(&path, [0xff, 0xfe]).unwrap();
        assert!(read(&path).is_err());
    }
}
