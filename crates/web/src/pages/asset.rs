//! Stylesheet, icon and scripts: compiled in, served under a name that carries a hash of the content, so that a browser
//! may keep them for ever and a new release is seen at once.

use std::sync::LazyLock;

use data_encoding::HEXLOWER;
use sha2::{Digest, Sha256};

/// What to answer for a request below `/static/`.
#[derive(Clone, Copy, Debug)]
pub struct Asset {
    pub bytes: &'static [u8],
    pub content_type: &'static str,
    /// Quoted, ready for the `ETag` header.
    pub etag: &'static str,
}

#[derive(Debug)]
pub(super) struct File {
    /// `vestibule-1f2e3d4c5b6a7988.css`
    pub(super) name: String,
    etag: String,
    bytes: &'static [u8],
    content_type: &'static str,
}

pub(super) static STYLESHEET: LazyLock<File> = LazyLock::new(|| {
    File::new(
        "vestibule",
        "css",
        "text/css",
        include_bytes!("../assets/vestibule.css"),
    )
});
pub(super) static ICON: LazyLock<File> = LazyLock::new(|| {
    File::new(
        "favicon",
        "svg",
        "image/svg+xml",
        include_bytes!("../assets/favicon.svg"),
    )
});
pub(super) static SHOW_PASSWORD: LazyLock<File> = LazyLock::new(|| {
    File::new(
        "show-password",
        "js",
        "text/javascript",
        include_bytes!("../assets/show-password.js"),
    )
});

pub(super) static ONE_CLICK: LazyLock<File> = LazyLock::new(|| {
    File::new(
        "one-click",
        "js",
        "text/javascript",
        include_bytes!("../assets/one-click.js"),
    )
});

pub(super) static PASSKEY: LazyLock<File> = LazyLock::new(|| {
    File::new(
        "passkey",
        "js",
        "text/javascript",
        include_bytes!("../assets/passkey.js"),
    )
});

pub(super) static FORM_POST: LazyLock<File> = LazyLock::new(|| {
    File::new(
        "form-post",
        "js",
        "text/javascript",
        include_bytes!("../assets/form-post.js"),
    )
});

static ALL: [&LazyLock<File>; 6] = [&STYLESHEET, &ICON, &SHOW_PASSWORD, &ONE_CLICK, &PASSKEY, &FORM_POST];

/// The asset of that name (the last segment of the path); `None` for any other name, an older hash included.
pub fn asset(name: &str) -> Option<Asset> {
    let file = ALL.into_iter().find(|file| file.name == name)?;
    Some(Asset {
        bytes: file.bytes,
        content_type: file.content_type,
        etag: &file.etag,
    })
}

impl File {
    fn new(stem: &str, extension: &str, content_type: &'static str, bytes: &'static [u8]) -> Self {
        let digest = Sha256::digest(bytes);
        let hash = HEXLOWER.encode(digest.get(..8).unwrap_or_default());
        Self {
            name: format!("{stem}-{hash}.{extension}"),
            etag: format!("\"{hash}\""),
            bytes,
            content_type,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_asset_is_found_under_its_hashed_name_only() {
        for file in ALL {
            let found = asset(&file.name).unwrap();
            assert!(!found.bytes.is_empty());
            assert!(file.name.contains(found.etag.trim_matches('"')));
        }
        for stranger in [
            "",
            "vestibule.css",
            "vestibule-0000000000000000.css",
            "../assets/vestibule.css",
        ] {
            assert!(asset(stranger).is_none(), "{stranger}");
        }
    }

    #[test]
    fn the_stylesheet_fetches_nothing() {
        let css = str::from_utf8(STYLESHEET.bytes).unwrap();
        assert!(!css.contains("url(") && !css.contains("@import"));
    }
}
