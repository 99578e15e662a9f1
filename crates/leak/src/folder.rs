//! Lists that were put on the server for the desk: plain files of one folder, named by their names alone.

use std::path::{Path, PathBuf};

/// Sorted by name. Links and hidden files are not lists.
///
/// # Errors
/// The folder cannot be read.
pub async fn names(folder: &Path) -> std::io::Result<Vec<String>> {
    let mut entries = tokio::fs::read_dir(folder).await?;
    let mut names = Vec::new();
    while let Some(entry) = entries.next_entry().await? {
        if let (true, Ok(name)) = (entry.file_type().await?.is_file(), entry.file_name().into_string())
            && !name.starts_with('.')
        {
            names.push(name);
        }
    }
    names.sort();
    Ok(names)
}

/// Only a name that [`names`] gives leads to a file.
///
/// # Errors
/// The folder cannot be read.
pub async fn find(folder: &Path, name: &str) -> std::io::Result<Option<PathBuf>> {
    let known = names(folder).await?;
    Ok(known.iter().any(|known| known == name).then(|| folder.join(name)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn only_plain_files_of_the_folder_itself_are_found() {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        for name in ["b.csv", "a.csv", ".hidden"] {
            std::fs::write(path(name), "x").unwrap();
        }
        std::fs::create_dir(path("inner")).unwrap();
        std::fs::write(path("inner/c.csv"), "x").unwrap();
        std::os::unix::fs::symlink("/etc/passwd", path("link.csv")).unwrap();
        assert_eq!(names(folder.path()).await.unwrap(), ["a.csv", "b.csv"]);
        assert_eq!(find(folder.path(), "a.csv").await.unwrap(), Some(path("a.csv")));
        for name in [
            "",
            ".",
            "..",
            "../a.csv",
            "inner/c.csv",
            "link.csv",
            ".hidden",
            "/etc/passwd",
        ] {
            assert_eq!(find(folder.path(), name).await.unwrap(), None, "{name}");
        }
    }
}
