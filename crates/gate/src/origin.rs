//! The names of one LIS: the site that patients see, the upstream that we call, and the one that it is told is its own.

use url::Url;

use config::site::{SiteProblem, SiteSection, ToldHost};

/// All of them, read once when the configuration is loaded.
#[derive(Clone, Debug)]
pub struct Origins {
    site: Origin,
    upstream: Origin,
    told: Origin,
}

#[derive(Clone, Debug)]
struct Origin {
    url: Url,
    /// `scheme://host[:port]`, without a default port.
    text: String,
    authority: String,
}

impl Origins {
    /// Reads `origin` and `upstream` of a site.
    ///
    /// # Errors
    /// One of them is not an origin: says which, and what to write.
    pub fn of(section: &SiteSection) -> Result<Self, SiteProblem> {
        let read = |field, text: &str| {
            Origin::read(text).ok_or_else(|| section.problem(None, field, "write scheme, host and port".to_owned()))
        };
        let site = read("origin", &section.origin)?;
        let upstream = read("upstream", &section.upstream)?;
        let told = match &section.host {
            ToldHost::Upstream => upstream.clone(),
            ToldHost::Site => site.clone(),
            ToldHost::Name(name) => read("host", &format!("{}://{name}", upstream.url.scheme()))?,
        };
        Ok(Self { site, upstream, told })
    }

    /// `https://results.lab.example`, without a slash.
    pub fn site(&self) -> &str {
        &self.site.text
    }

    /// The origin that the LIS is told it has, without a slash: for `Origin`.
    pub fn told(&self) -> &str {
        &self.told.text
    }

    /// Its host, with the port where it is not the scheme's own: for `Host`.
    pub fn told_authority(&self) -> &str {
        &self.told.authority
    }

    /// `http` or `https`, as told.
    pub fn told_scheme(&self) -> &str {
        self.told.url.scheme()
    }

    /// A URL of the LIS as the site's: absolute, relative, scheme-relative, or with one of the spellings that browsers
    /// accept (they and this share the WHATWG parser). `None` if it leads elsewhere and stays as it is.
    pub fn to_site(&self, url: &str, requested: &str) -> Option<String> {
        let target = self.told.url.join(requested).ok()?.join(url).ok()?;
        let plain = |name: &Origin| {
            let port = target.port();
            target.scheme() == "http" && (port.is_none() || port == name.url.port()) && target.host() == name.url.host()
        };
        // A LIS behind another scheme than it knows of mixes the two.
        let ours = target.origin() == self.upstream.url.origin()
            || target.origin() == self.told.url.origin()
            || plain(&self.site)
            || target.scheme() == "https"
                && target.host() == self.told.url.host()
                && target.port() == self.told.url.port();
        ours.then(|| moved(&target, &self.site))
    }

    /// A URL of the site as the LIS knows it, for `Referer` and `Origin`. `None` if it is another site's.
    pub fn to_told(&self, url: &str) -> Option<String> {
        let target = Url::parse(url).ok()?;
        (target.origin() == self.site.url.origin()).then(|| moved(&target, &self.told))
    }
}

impl Origin {
    fn read(text: &str) -> Option<Self> {
        let url = Url::parse(text).ok()?;
        let host = url.host_str()?;
        let authority = url
            .port()
            .map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"));
        let text = format!("{}://{authority}", url.scheme());
        Some(Self { url, text, authority })
    }
}

fn moved(target: &Url, to: &Origin) -> String {
    let mut text = format!("{}{}", to.text, target.path());
    if let Some(query) = target.query() {
        text.push('?');
        text.push_str(query);
    }
    if let Some(fragment) = target.fragment() {
        text.push('#');
        text.push_str(fragment);
    }
    text
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    pub fn origins() -> Origins {
        told("upstream")
    }

    pub fn told(host: &str) -> Origins {
        let text = format!(
            "host = \"{host}\"\nid = \"s\"\nlab = \"l\"\norigin = \"https://results.lab.example:8443\"\nupstream = \"http://127.0.0.1:9000\""
        );
        let section: SiteSection = toml::from_str(&text).unwrap();
        Origins::of(&section).unwrap()
    }

    #[test]
    fn whatever_leads_to_the_lis_leads_to_the_site() {
        let origins = origins();
        for (location, expected) in [
            (
                "http://127.0.0.1:9000/a?b=c#d",
                Some("https://results.lab.example:8443/a?b=c#d"),
            ),
            ("HTTP://127.0.0.1:9000", Some("https://results.lab.example:8443/")),
            ("//127.0.0.1:9000/a", Some("https://results.lab.example:8443/a")),
            ("/\\127.0.0.1:9000/a", Some("https://results.lab.example:8443/a")),
            ("http:\\\\127.0.0.1:9000/a", Some("https://results.lab.example:8443/a")),
            ("http://2130706433:9000/a", Some("https://results.lab.example:8443/a")),
            ("/login", Some("https://results.lab.example:8443/login")),
            ("next?x=1", Some("https://results.lab.example:8443/records/next?x=1")),
            ("../up", Some("https://results.lab.example:8443/up")),
            (
                "http://results.lab.example/a",
                Some("https://results.lab.example:8443/a"),
            ),
            ("https://elsewhere.example/a", None),
            ("http://127.0.0.1:9001/a", None),
            ("https://results.lab.example:8443/a", None),
            ("javascript:alert(1)", None),
        ] {
            assert_eq!(
                origins.to_site(location, "/records/42").as_deref(),
                expected,
                "{location}"
            );
        }
    }

    #[test]
    fn a_referer_is_moved_the_other_way() {
        let moved = |url| origins().to_told(url);
        assert_eq!(
            moved("https://results.lab.example:8443/a?b").as_deref(),
            Some("http://127.0.0.1:9000/a?b")
        );
        assert_eq!(moved("https://elsewhere.example/a"), None);
        assert_eq!(moved("null"), None);
    }

    #[test]
    fn what_it_is_told_is_where_it_leads() {
        for (host, referer, told) in [
            (
                "site",
                "https://results.lab.example:8443/a",
                "https://results.lab.example:8443/b",
            ),
            ("lis.intra", "http://lis.intra/a", "http://lis.intra/b"),
            ("lis.intra", "http://lis.intra/a", "https://lis.intra/b"),
            ("lis.intra:81", "http://lis.intra:81/a", "http://lis.intra:81/b"),
        ] {
            let origins = super::tests::told(host);
            assert_eq!(
                origins.to_told("https://results.lab.example:8443/a").as_deref(),
                Some(referer)
            );
            assert_eq!(
                origins.to_site(told, "/").as_deref(),
                Some("https://results.lab.example:8443/b"),
                "{host}"
            );
            assert_eq!(origins.to_site("http://other.example/b", "/"), None);
        }
    }
}
