//! `/.well-known/openid-configuration` and `/.well-known/oauth-authorization-server`: one document, made once.

use std::collections::HashMap;
use std::sync::Arc;

use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use aws_lc_rs::digest::{SHA256, digest};
use bytes::Bytes;
use data_encoding::BASE64URL_NOPAD;

use super::public;
use crate::kit::App;
use config::{Config, Lab};
use kernel::ids::LabId;
use oidc::metadata::Provider;

const CACHE_CONTROL: &str = "public, max-age=3600";

/// Of every lab, ready to be sent.
#[derive(Clone, Debug)]
pub struct Documents(Arc<HashMap<LabId, Document>>);

#[derive(Debug)]
struct Document {
    body: Bytes,
    etag: String,
}

impl Documents {
    pub fn of(config: &Config) -> Self {
        let port = config.server.mtls_port();
        let document = |lab: &Lab| (lab.id.clone(), Document::of(lab, port));
        Self(Arc::new(config.labs.iter().map(document).collect()))
    }
}

impl Document {
    fn of(lab: &Lab, mutual_port: Option<u16>) -> Self {
        let mutual_tls = mutual_port.map(|port| lab.origin_at(port));
        let provider = Provider {
            issuer: &lab.portal_origin(),
            has_eidas2: !lab.eidas2_means.is_empty(),
            mutual_tls: mutual_tls.as_deref(),
        };
        let body = Bytes::from(provider.metadata().to_string());
        let tag = digest(&SHA256, &body);
        Self {
            etag: format!("\"{}\"", BASE64URL_NOPAD.encode(tag.as_ref())),
            body,
        }
    }
}

pub async fn get(app: Data<App>, documents: Data<Documents>, request: HttpRequest) -> HttpResponse {
    let document = public::lab(&app, &request).and_then(|lab| documents.0.get(lab));
    match document {
        Some(document) => public::answer(&request, &document.body, &document.etag, CACHE_CONTROL),
        None => HttpResponse::NotFound().finish(),
    }
}
