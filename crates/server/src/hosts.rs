//! Which host name leads to which face; any other is answered 421.

use std::collections::HashMap;
use std::sync::Arc;

use actix_web::HttpResponse;
use actix_web::guard::{GuardContext, fn_guard};
use actix_web::middleware::{Condition, DefaultHeaders, from_fn};
use actix_web::web::{Data, ServiceConfig, route, scope};

use crate::StartError;
use crypto::jose::SigningKey;
use crypto::keyring::Purpose;
use kernel::ids::SiteId;
use service::Core;
use web::kit::faces::Face;
use web::kit::{App, slow_body};
use web::{api, desk, idp, internal, portal, proxy};

pub type Sites = Arc<HashMap<SiteId, Arc<proxy::Site>>>;

/// Rules compiled, upstream certificates read, keys parsed: once for all workers.
pub fn sites(core: &Core) -> Result<Sites, StartError> {
    let (_, seed) = core.keyring.current_key(Purpose::Assertion);
    let key = Arc::new(SigningKey::derive(&seed).map_err(|error| StartError::Site(error.to_string()))?);
    let mut sites = HashMap::new();
    for section in &core.config.sites {
        let portal = core
            .config
            .lab(&section.lab)
            .map(config::Lab::portal_origin)
            .unwrap_or_default();
        let (key, entropy) = (Arc::clone(&key), Arc::clone(&core.entropy));
        let site = proxy::Site::new(section, &portal, key, entropy, core.sealer.clone());
        let site = site.map_err(|problems| {
            let lines: Vec<String> = problems.iter().map(ToString::to_string).collect();
            StartError::Site(lines.join("\n"))
        })?;
        for (rule, reason) in section.unchecked_bodies() {
            tracing::warn!(site = %section.id, rule = rule.url, reason, "bodies sent here are not compared with the record");
        }
        sites.insert(section.id.clone(), Arc::new(site));
    }
    Ok(Arc::new(sites))
}

/// The two faces may not know each other; here they meet.
pub fn drafts(sites: &Sites) -> internal::Drafts {
    let draft = |site: &Arc<proxy::Site>| -> internal::Draft {
        let site = Arc::clone(site);
        Arc::new(move || site.draft())
    };
    internal::Drafts(sites.iter().map(|(id, site)| (id.clone(), draft(site))).collect())
}

pub fn configure(service: &mut ServiceConfig, sites: &Sites, documents: &idp::Documents) {
    let portal = scope("").guard(fn_guard(|request| matches!(face(request), Some(Face::Portal(_)))));
    let site = scope("").guard(fn_guard(|request| matches!(face(request), Some(Face::Site(_)))));
    let portal = portal
        .app_data(Data::new(documents.clone()))
        .configure(desk::configure)
        .configure(idp::configure)
        .configure(api::configure)
        .configure(portal::configure);
    service
        .service(portal.wrap(from_fn(slow_body::in_time)))
        .service(site.configure(|service| proxy::service::configure(service, sites)))
        .default_service(route().to(HttpResponse::MisdirectedRequest));
}

/// The listener that asks clients for a certificate.
pub fn configure_mutual(service: &mut ServiceConfig) {
    let mutual = scope("").guard(fn_guard(|request| matches!(face(request), Some(Face::Mutual(_)))));
    let mutual = mutual
        .configure(idp::configure_back_channel)
        .configure(api::configure)
        .default_service(route().to(HttpResponse::NotFound));
    service
        .service(mutual.wrap(from_fn(slow_body::in_time)))
        .default_service(route().to(HttpResponse::MisdirectedRequest));
}

fn face(request: &GuardContext<'_>) -> Option<Face> {
    request
        .app_data::<Data<App>>()?
        .faces
        .of_request(request.head())
        .cloned()
}

/// Browsers come back over TLS only. Not on a developer's `localhost`, where other things live on other ports.
pub fn transport_security(app: &App) -> Condition<DefaultHeaders> {
    let public = app
        .core
        .config
        .labs
        .iter()
        .all(|lab| lab.portal.host_str() != Some("localhost"));
    Condition::new(
        public,
        DefaultHeaders::new().add(("Strict-Transport-Security", "max-age=63072000")),
    )
}
