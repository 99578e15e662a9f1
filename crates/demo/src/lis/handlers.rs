//! What the sample LIS answers. It never asks whether the reader may see the record: that is its fault and the demo's point.

use actix_web::http::header;
use actix_web::http::header::HeaderMap;
use actix_web::{HttpRequest, HttpResponse, web};
use futures_util::StreamExt;
use serde::Deserialize;
use sha2::{Digest, Sha256};

use super::analyses::{self, PANELS};
use super::assertion;
use super::pages;
use super::record::Record;
use super::shared::{Shared, not_found};

type Data = web::Data<Shared>;

#[derive(Debug, Deserialize)]
pub struct RecordField {
    #[serde(default)]
    dossier: String,
}

pub async fn home(request: HttpRequest, shared: Data) -> HttpResponse {
    let reader = assertion::reader(&request, shared.assertion_keys.as_ref());
    let body = pages::home(&reader, |record| {
        shared.patients.iter().find(|patient| patient.record == record)
    });
    shared.page(&request, "Accueil", body)
}

pub async fn old_home(shared: Data) -> HttpResponse {
    shared.redirect(HttpResponse::MovedPermanently(), "/")
}

pub async fn help(request: HttpRequest, shared: Data) -> HttpResponse {
    shared.page(&request, "Aide", pages::help())
}

pub async fn style() -> HttpResponse {
    HttpResponse::Ok()
        .content_type("text/css; charset=utf-8")
        .insert_header((header::CACHE_CONTROL, "public, max-age=86400"))
        .body(include_str!("lis.css"))
}

pub async fn search_form(request: HttpRequest, shared: Data) -> HttpResponse {
    shared.page(&request, "Recherche", pages::search(""))
}

pub async fn search(request: HttpRequest, form: web::Form<RecordField>, shared: Data) -> HttpResponse {
    match Record::parse(&form.dossier) {
        Some(record) => shared.redirect(HttpResponse::Found(), &format!("/dossiers/{record}/sommaire")),
        None => shared.page(&request, "Recherche", pages::search(&form.dossier)),
    }
}

pub async fn record(path: web::Path<String>, shared: Data) -> HttpResponse {
    match Record::parse(&path) {
        Some(record) => shared.redirect(HttpResponse::Found(), &format!("/dossiers/{record}/sommaire")),
        None => not_found(),
    }
}

pub async fn old_record(query: web::Query<RecordField>, shared: Data) -> HttpResponse {
    match Record::parse(&query.dossier) {
        Some(record) => shared.redirect(
            HttpResponse::MovedPermanently(),
            &format!("/dossiers/{record}/sommaire"),
        ),
        None => not_found(),
    }
}

pub async fn panel(request: HttpRequest, path: web::Path<(String, String)>, shared: Data) -> HttpResponse {
    let (number, slug) = path.into_inner();
    let Some(record) = Record::parse(&number) else {
        return not_found();
    };
    let patient = shared.patient(record.as_str());
    if slug == "sommaire" {
        return shared.page(&request, "Sommaire", pages::summary(&record, patient));
    }
    match analyses::panel(&slug) {
        Some(panel) => shared.page(&request, panel.title, pages::panels(&record, patient, &[panel], false)),
        None => not_found(),
    }
}

pub async fn print(request: HttpRequest, query: web::Query<RecordField>, shared: Data) -> HttpResponse {
    let Some(record) = Record::parse(&query.dossier) else {
        return not_found();
    };
    let all: Vec<_> = PANELS.iter().collect();
    let body = pages::panels(&record, shared.patient(record.as_str()), &all, true);
    shared.page(&request, "Impression du dossier", body)
}

/// Says what arrived, so that a person or a test can see that a body passed whole.
pub async fn upload(path: web::Path<String>, mut body: web::Payload) -> HttpResponse {
    if Record::parse(&path).is_none() {
        return not_found();
    }
    let (mut digest, mut length) = (Sha256::new(), 0_usize);
    while let Some(chunk) = body.next().await {
        let Ok(chunk) = chunk else {
            return HttpResponse::BadRequest().body("envoi interrompu\n");
        };
        length = length.saturating_add(chunk.len());
        digest.update(&chunk);
    }
    let sha256 = data_encoding::HEXLOWER.encode(&digest.finalize());
    let answer = format!("Ordonnance reçue : {length} octets, sha256 {sha256}\n");
    HttpResponse::Ok()
        .content_type("text/plain; charset=utf-8")
        .body(answer)
}

pub async fn headers(request: HttpRequest, shared: Data) -> HttpResponse {
    shared.page(&request, "En-têtes reçus", pages::headers(&received(request.headers())))
}

fn received(headers: &HeaderMap) -> Vec<(String, String)> {
    let mut lines: Vec<_> = headers
        .iter()
        .map(|(name, value)| (name.to_string(), String::from_utf8_lossy(value.as_bytes()).into_owned()))
        .collect();
    lines.sort();
    lines
}

pub async fn nothing() -> HttpResponse {
    not_found()
}
