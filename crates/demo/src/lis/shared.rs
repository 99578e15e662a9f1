//! What every request of the sample LIS needs, and how its pages look.

use std::net::SocketAddr;

use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse, HttpResponseBuilder};

use super::Settings;
use super::assertion::AssertionKeys;
use super::pages::Layout;
use super::record::Patient;
use super::reports::Reports;
use super::session::Sessions;

/// What every request needs.
#[derive(Debug)]
pub struct Shared {
    pub reports: Reports,
    pub base_url: String,
    pub patients: Vec<Patient>,
    pub assertion_keys: Option<AssertionKeys>,
    pub sessions: Sessions,
}

impl Shared {
    pub fn new(settings: Settings, address: SocketAddr) -> Self {
        Self {
            reports: Reports::default(),
            base_url: format!("http://{address}"),
            patients: settings.patients,
            assertion_keys: settings.assertion_keys,
            sessions: Sessions::new(settings.entropy),
        }
    }

    pub fn patient(&self, record: &str) -> Option<&Patient> {
        self.patients.iter().find(|patient| patient.record == record)
    }

    /// It knows itself by its private address only, and says so to everyone.
    pub fn redirect(&self, mut answer: HttpResponseBuilder, path: &str) -> HttpResponse {
        answer
            .insert_header((header::LOCATION, format!("{}{path}", self.base_url)))
            .finish()
    }

    pub fn page(&self, request: &HttpRequest, title: &str, body: askama::Result<String>) -> HttpResponse {
        let visit = self.sessions.visit(request);
        let page = body.and_then(|body| {
            Layout {
                title,
                body: &body,
                visit: &visit,
            }
            .page()
        });
        let Ok(page) = page else {
            return HttpResponse::InternalServerError().finish();
        };
        let mut answer = HttpResponse::Ok();
        for cookie in visit.set_cookies() {
            answer.append_header((header::SET_COOKIE, cookie));
        }
        // Results that any cache on the way may keep: another fault.
        answer.insert_header((header::CACHE_CONTROL, "public, max-age=600"));
        answer.insert_header((header::SERVER, "LaboWeb/3.2 (Win32)"));
        answer.content_type("text/html; charset=utf-8").body(page)
    }
}

pub fn not_found() -> HttpResponse {
    HttpResponse::NotFound().content_type("text/html; charset=utf-8").body(
        "<html><head><title>Erreur 404</title></head><body><h2>Erreur 404</h2>\
         <p>Page ou dossier inconnu.</p><hr><i>LaboWeb/3.2</i></body></html>",
    )
}
