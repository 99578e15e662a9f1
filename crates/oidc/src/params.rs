//! Parameters of a request, each at most once (RFC 6749 3.1).

use super::refusal::Refusal;

/// A parameter longer than this is not a parameter; `state` may have thousands of characters, a request object more.
const LONGEST: usize = 16 * 1024;
/// No request of any protocol has more; each is compared with all before it.
const MOST: usize = 64;

/// Names and values as they came. An empty value is as good as none.
#[derive(Clone, Default)]
pub struct Params(Vec<(String, String)>);

impl Params {
    /// # Errors
    /// A parameter appears twice, or is longer than any may be; or there are too many.
    pub fn of(pairs: impl IntoIterator<Item = (String, String)>) -> Result<Self, Refusal> {
        let mut kept: Vec<(String, String)> = Vec::new();
        for (name, value) in pairs {
            if kept.iter().any(|(known, _)| *known == name) {
                return Err(Refusal::invalid_request("a parameter appears more than once"));
            }
            if kept.len() == MOST {
                return Err(Refusal::invalid_request("there are too many parameters"));
            }
            if value.len() > LONGEST {
                return Err(Refusal::invalid_request("a parameter is too long"));
            }
            kept.push((name, value));
        }
        kept.retain(|(_, value)| !value.is_empty());
        Ok(Self(kept))
    }

    pub fn get(&self, name: &str) -> Option<&str> {
        let found = self.0.iter().find(|(known, _)| known == name);
        found.map(|(_, value)| value.as_str())
    }

    pub fn owned(&self, name: &str) -> Option<String> {
        self.get(name).map(str::to_owned)
    }

    pub fn has(&self, name: &str) -> bool {
        self.get(name).is_some()
    }
}

/// Some of them are secrets.
impl std::fmt::Debug for Params {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list().entries(self.0.iter().map(|(name, _)| name)).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pairs(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
        pairs
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect()
    }

    #[test]
    fn a_parameter_counts_once_and_an_empty_one_not_at_all() {
        let params = Params::of(pairs(&[("state", "x"), ("nonce", "")])).unwrap();
        assert_eq!((params.get("state"), params.get("nonce")), (Some("x"), None));
        assert!(Params::of(pairs(&[("state", "x"), ("state", "")])).is_err());
        assert!(Params::of([("state".to_owned(), "x".repeat(LONGEST + 1))]).is_err());
        assert_eq!(format!("{params:?}"), r#"["state"]"#);
        let many = |count: usize| Params::of((0..count).map(|number| (number.to_string(), "x".to_owned())));
        assert!(many(MOST).is_ok() && many(MOST + 1).is_err());
    }
}
