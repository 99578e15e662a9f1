//! What an entry refers to: a site of the lab, authorities that sign certificates.

use rustls::RootCertStore;
use rustls_pki_types::CertificateDer;
use rustls_pki_types::pem::PemObject as _;

use super::ClientError;
use domain::client::{Policy, PolicyProblem, Scope};
use kernel::ids::LabId;
use service::Core;

/// All problems at once.
pub(super) fn check(core: &Core, lab: &LabId, policy: &Policy) -> Result<(), ClientError> {
    let mut problems = policy.problems();
    let mut note = |field, remedy: Option<String>| {
        problems.extend(remedy.map(|remedy| PolicyProblem { field, remedy }));
    };
    note("site", site_remedy(core, lab, policy));
    note("scopes", records_remedy(core, lab, policy));
    note("backchannel_ca", policy.backchannel_ca.as_deref().and_then(ca_remedy));
    match problems.is_empty() {
        true => Ok(()),
        false => Err(ClientError::Unfit(problems)),
    }
}

fn site_remedy(core: &Core, lab: &LabId, policy: &Policy) -> Option<String> {
    let named = policy.site.as_ref()?;
    let of_lab = || core.config.sites.iter().filter(|site| site.lab == *lab);
    if of_lab().any(|site| site.id == *named) {
        return None;
    }
    let sites: Vec<&str> = of_lab().map(|site| site.id.as_str()).collect();
    Some(match sites.as_slice() {
        [] => "the configuration has no site of this lab".to_owned(),
        sites => format!("the lab has no site '{named}'; it has {}", sites.join(", ")),
    })
}

fn records_remedy(core: &Core, lab: &LabId, policy: &Policy) -> Option<String> {
    let sites = core.config.sites.iter().filter(|site| site.lab == *lab).count();
    (policy.scopes.contains(Scope::Records) && sites > 1).then(|| {
        "leave records out: the lab has several sites, and its record numbers do not say whose they are".to_owned()
    })
}

fn ca_remedy(pem: &str) -> Option<String> {
    let mut roots = RootCertStore::empty();
    let all_taken = CertificateDer::pem_slice_iter(pem.as_bytes())
        .all(|certificate| certificate.is_ok_and(|certificate| roots.add(certificate).is_ok()));
    (!all_taken || roots.is_empty()).then(|| "give certificates of authorities, in PEM".to_owned())
}
