//! One site, ready to be served: what is shared by all workers ([`Site`]) and what each has for itself ([`SiteGate`]).

use std::fmt;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use moka::sync::Cache;

use crate::proxy::endpoint::Endpoint;
use crate::proxy::upstream::Upstream;
use config::site::{SiteProblem, SiteSection};
use crypto::jose::{JoseFault, SigningKey};
use crypto::seal::Sealer;
use domain::record::RecordNumber;
use gate::assertion::Claims;
use gate::cookies::CookieJar;
use gate::decision::{Basis, Permit, Permitted};
use gate::headers::HeaderList;
use gate::learn::Learner;
use gate::origin::Origins;
use gate::request::NormalizedRequest;
use gate::rules::Rules;
use gate::visitor::Visitor;
use kernel::clock::Timestamp;
use kernel::entropy::SharedEntropy;
use kernel::ids::{SessionId, SiteId};

/// How old an assertion may be that is used once more. A page has dozens of images; each would cost a signature.
const REUSE: Duration = Duration::from_secs(20);
const MOST_ASSERTIONS: u64 = 10_000;

pub struct Site {
    id: SiteId,
    rules: Rules,
    origins: Origins,
    headers: HeaderList,
    cookies: CookieJar,
    endpoint: Endpoint,
    portal: String,
    key: Arc<SigningKey>,
    entropy: SharedEntropy,
    learner: Learner,
    assertions: Cache<(SessionId, Option<RecordNumber>), Arc<Assertion>>,
}

struct Assertion {
    visitor: Visitor,
    made: Timestamp,
    token: Arc<str>,
}

impl Site {
    /// `portal` is the portal's origin, named as the issuer of assertions. Reads the upstream's CA file, if any.
    pub fn new(
        section: &SiteSection,
        portal: &str,
        key: Arc<SigningKey>,
        entropy: SharedEntropy,
        sealer: Sealer,
    ) -> Result<Self, Vec<SiteProblem>> {
        let problems = section.validate();
        if !problems.is_empty() {
            return Err(problems);
        }
        Ok(Self {
            id: section.id.clone(),
            rules: Rules::compile(section)?,
            origins: Origins::of(section).map_err(|problem| vec![problem])?,
            headers: HeaderList::new(&section.pass_headers, &section.strip_headers),
            cookies: CookieJar::new(section, sealer),
            endpoint: Endpoint::of(section).map_err(|problem| vec![problem])?,
            portal: portal.to_owned(),
            key,
            entropy,
            learner: Learner::default(),
            assertions: Cache::builder()
                .max_capacity(MOST_ASSERTIONS)
                .time_to_live(REUSE)
                .build(),
        })
    }

    pub const fn id(&self) -> &SiteId {
        &self.id
    }

    /// Rules drafted in learn mode, as TOML.
    pub fn draft(&self) -> String {
        self.learner.draft()
    }

    pub(super) const fn rules(&self) -> &Rules {
        &self.rules
    }

    pub(super) const fn origins(&self) -> &Origins {
        &self.origins
    }

    pub(super) const fn headers(&self) -> &HeaderList {
        &self.headers
    }

    pub(super) const fn cookies(&self) -> &CookieJar {
        &self.cookies
    }

    pub(super) const fn response_timeout(&self) -> Duration {
        self.endpoint.response_timeout()
    }

    pub(super) fn learn(&self, permitted: &Permitted<NormalizedRequest>) {
        let permit = permitted.permit();
        if let (Basis::Learning, Some(visitor)) = (permit.basis(), permit.visitor())
            && self.learner.remember(permitted.request(), visitor)
        {
            tracing::warn!(site = %self.id, "learn mode: a URL that no rule covers was let through; see the draft");
        }
    }

    /// The signed word about the visitor; none for public pages. Made again when anything it says has changed.
    pub(super) fn assertion(&self, permit: &Permit, now: Timestamp) -> Result<Option<Arc<str>>, JoseFault> {
        let Some(visitor) = permit.visitor() else {
            return Ok(None);
        };
        let asked = (visitor.session, permit.record().cloned());
        let known = self.assertions.get(&asked);
        let fresh =
            |known: &Arc<Assertion>| known.made <= now && now.since(known.made) < REUSE && known.visitor == *visitor;
        if let Some(known) = known.filter(fresh) {
            return Ok(Some(Arc::clone(&known.token)));
        }
        let entropy = self.entropy.as_ref();
        let claims = Claims::new(
            &self.portal,
            self.origins.site(),
            visitor,
            permit.record(),
            now,
            entropy,
        );
        let token: Arc<str> = claims.sign(&self.key)?.into();
        let made = Assertion {
            visitor: visitor.clone(),
            made: now,
            token: Arc::clone(&token),
        };
        self.assertions.insert(asked, Arc::new(made));
        Ok(Some(token))
    }
}

impl fmt::Debug for Site {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Site").field("id", &self.id).finish_non_exhaustive()
    }
}

/// A worker's own way into a site. Connections belong to the thread that made them, so each worker builds one.
#[derive(Debug)]
pub struct SiteGate {
    site: Arc<Site>,
    upstream: Rc<Upstream>,
}

impl SiteGate {
    pub fn new(site: Arc<Site>) -> Self {
        let upstream = Rc::new(Upstream::new(site.endpoint.clone()));
        Self { site, upstream }
    }

    pub fn site(&self) -> &Site {
        &self.site
    }

    pub(super) const fn upstream(&self) -> &Rc<Upstream> {
        &self.upstream
    }
}
