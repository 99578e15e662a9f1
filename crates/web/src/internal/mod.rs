//! The internal listener: metrics, probes and drafted gate rules for those who run the machines, never for the public.

use std::collections::HashMap;
use std::sync::Arc;

use actix_web::HttpResponse;
use actix_web::web::{Data, Path, ServiceConfig, get, head, resource};

use crate::kit::{App, probes};
use kernel::ids::SiteId;

/// What a site in learn mode has drafted so far, as TOML.
pub type Draft = Arc<dyn Fn() -> String + Send + Sync>;

#[derive(Clone)]
pub struct Drafts(pub HashMap<SiteId, Draft>);

impl std::fmt::Debug for Drafts {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_set().entries(self.0.keys()).finish()
    }
}

pub fn configure(service: &mut ServiceConfig, drafts: Drafts) {
    service
        .app_data(Data::new(drafts))
        .service(
            resource("/healthz")
                .route(get().to(probes::healthz))
                .route(head().to(probes::healthz)),
        )
        .service(
            resource("/readyz")
                .route(get().to(probes::readyz))
                .route(head().to(probes::readyz)),
        )
        .service(resource("/metrics").route(get().to(metrics)))
        .service(resource("/gate/{site}/draft").route(get().to(draft)));
}

async fn metrics(app: Data<App>) -> HttpResponse {
    match app.core.metrics.encode() {
        Ok(text) => HttpResponse::Ok()
            .content_type("application/openmetrics-text; version=1.0.0; charset=utf-8")
            .body(text),
        Err(_) => HttpResponse::InternalServerError().finish(),
    }
}

async fn draft(drafts: Data<Drafts>, site: Path<String>) -> HttpResponse {
    let found = site.parse::<SiteId>().ok().and_then(|site| drafts.0.get(&site));
    match found {
        Some(draft) => HttpResponse::Ok()
            .content_type("application/toml; charset=utf-8")
            .body(draft()),
        None => HttpResponse::NotFound().finish(),
    }
}
