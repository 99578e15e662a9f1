//! Where a person was going when they were asked to sign in.

use serde::{Deserialize, Serialize};

use kernel::ids::SiteId;

/// A path of one of our own sites, query included. It always begins with one `/` and never leaves the site, so no
/// redirect made from it can go elsewhere.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct SitePath(String);

const LONGEST: usize = 2_000;

impl SitePath {
    pub fn parse(text: &str) -> Option<Self> {
        let leaves = |text: &str| text.starts_with("//") || text.contains(['\\', '#']);
        let plain = text.bytes().all(|byte| byte.is_ascii_graphic());
        (text.starts_with('/') && !leaves(text) && plain && text.len() <= LONGEST).then(|| Self(text.to_owned()))
    }

    pub fn root() -> Self {
        Self("/".to_owned())
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for SitePath {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::parse(&text).ok_or("not a path of a site")
    }
}

impl From<SitePath> for String {
    fn from(path: SitePath) -> Self {
        path.0
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ReturnTo {
    Site(SiteReturn),
    /// A client asked to have them signed in.
    Client(ClientReturn),
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClientReturn {
    /// Handle of the authorization request, of use in one browser only.
    pub request: String,
    /// Origin to which the answer leads.
    pub target: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SiteReturn {
    pub site: SiteId,
    pub path: SitePath,
    /// The browser's hand-over token, hashed, in the form the site's own cookie proves.
    pub browser: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_path_leads_elsewhere() {
        assert!(SitePath::parse("/dossiers/1?page=2").is_some());
        for bad in [
            "",
            "evil.example",
            "//evil.example",
            "/\\evil.example",
            "https://evil.example",
            "/a b",
            "/é",
            "/a\r\nb",
            "/a#b",
        ] {
            assert!(SitePath::parse(bad).is_none(), "{bad}");
        }
        assert!(SitePath::parse(&format!("/{}", "a".repeat(3_000))).is_none());
    }

    #[test]
    fn a_path_is_kept_as_it_was_asked_for() {
        let path = SitePath::parse("/dossiers/1?page=2").unwrap();
        assert_eq!((path.as_str(), SitePath::root().as_str()), ("/dossiers/1?page=2", "/"));
        let stored = serde_json::to_string(&path).unwrap();
        assert_eq!(serde_json::from_str::<SitePath>(&stored).unwrap(), path);
        assert!(serde_json::from_str::<SitePath>("\"//evil.example\"").is_err());
    }
}
