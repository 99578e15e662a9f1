//! Which host name is which: a lab's portal, or a site in front of a LIS. Any other belongs to none.

use std::collections::HashMap;

use actix_web::dev::RequestHead;
use actix_web::http::header::HOST;

use config::{Config, Lab, SiteSection};
use crypto::passkey::{PasskeyFault, RelyingParty};
use i18n::{UnknownZone, Zone};
use kernel::ids::{LabId, SiteId};

#[derive(Clone, Debug)]
pub enum Face {
    Portal(LabId),
    /// The portal's host at the port that asks clients for a certificate.
    Mutual(LabId),
    Site(SiteId),
}

/// A lab as its pages need it.
#[derive(Debug)]
pub struct LabFace {
    pub lab: Lab,
    pub zone: Zone,
    /// For whose passkeys its host counts.
    pub party: RelyingParty,
    pub sites: Vec<SiteSection>,
}

#[derive(Debug)]
pub struct Faces {
    by_host: HashMap<String, Face>,
    labs: HashMap<LabId, LabFace>,
    sites: HashMap<SiteId, SiteSection>,
    /// Used instead of a lab, for their sign-ins.
    pub operators: LabId,
}

#[derive(Debug, thiserror::Error)]
pub enum FaceFault {
    #[error(transparent)]
    Zone(#[from] UnknownZone),
    #[error(transparent)]
    Portal(#[from] PasskeyFault),
}

impl Faces {
    /// # Errors
    /// A lab's time zone is unknown on this machine, or its portal has no host name.
    pub fn of(config: &Config) -> Result<Self, FaceFault> {
        let mut faces = Self {
            by_host: HashMap::new(),
            labs: HashMap::new(),
            sites: HashMap::new(),
            operators: LabId::operators(),
        };
        for lab in &config.labs {
            let sites = config.sites.iter().filter(|site| site.lab == lab.id).cloned().collect();
            faces
                .by_host
                .insert(authority(&lab.portal_origin()), Face::Portal(lab.id.clone()));
            if let Some(port) = config.server.mtls_port() {
                let origin = authority(&lab.origin_at(port));
                faces.by_host.insert(origin, Face::Mutual(lab.id.clone()));
            }
            let zone = Zone::named(&lab.time_zone)?;
            faces.labs.insert(
                lab.id.clone(),
                LabFace {
                    lab: lab.clone(),
                    zone,
                    party: RelyingParty::new(&lab.name, &lab.portal)?,
                    sites,
                },
            );
        }
        for site in &config.sites {
            faces
                .by_host
                .insert(authority(&site.origin), Face::Site(site.id.clone()));
            faces.sites.insert(site.id.clone(), site.clone());
        }
        Ok(faces)
    }

    /// By the name the browser requested; `X-Forwarded-Host` and the like are never read.
    pub fn of_request(&self, head: &RequestHead) -> Option<&Face> {
        let host = match head.uri.authority() {
            Some(authority) => authority.as_str(),
            None => head.headers.get(HOST)?.to_str().ok()?,
        };
        self.of_authority(host)
    }

    /// `host` or `host:port`, as in a Host header.
    pub fn of_authority(&self, host: &str) -> Option<&Face> {
        if let Some(face) = self.by_host.get(host) {
            return Some(face);
        }
        let host = host.to_ascii_lowercase();
        self.by_host.get(host.strip_suffix(":443").unwrap_or(&host))
    }

    pub fn lab(&self, id: &LabId) -> Option<&LabFace> {
        self.labs.get(id)
    }

    pub fn site(&self, id: &SiteId) -> Option<&SiteSection> {
        self.sites.get(id)
    }
}

/// `host` or `host:port`, as in a Host header.
fn authority(origin: &str) -> String {
    let host = origin.strip_prefix("https://").unwrap_or(origin);
    host.strip_suffix(":443").unwrap_or(host).to_ascii_lowercase()
}
