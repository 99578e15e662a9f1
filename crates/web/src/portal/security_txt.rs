//! `/.well-known/security.txt` (RFC 9116): whom to warn.

use std::time::Duration;

use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};

use crate::kit::context::with_portal;
use crate::kit::{App, Failure};

const VALID_FOR: Duration = Duration::from_secs(180 * 24 * 3600);

pub async fn get(app: Data<App>, request: HttpRequest) -> HttpResponse {
    with_portal(&app, &request, async |context| {
        let lab = &context.face.lab;
        let contact = lab.security_contact.as_ref().ok_or(Failure::NotFound)?;
        let expires = context.app.core.now().plus(VALID_FOR);
        let origin = lab.portal_origin();
        Ok(HttpResponse::Ok()
            .content_type("text/plain; charset=utf-8")
            .body(format!(
                "Contact: {contact}\nExpires: {expires}\nPreferred-Languages: fr, en\n\
                     Canonical: {origin}/.well-known/security.txt\n"
            )))
    })
    .await
}
