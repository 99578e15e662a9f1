//! The admin API, at the host of a lab's portal and about that lab alone. For programs with an access token of their own:
//! no cookie has a part in it, and no script of another origin may read it. One file an address and method;
//! `openapi.json` describes them all.

mod access;
mod body;
mod clients;
mod openapi;
mod problem;

use actix_web::Route;
use actix_web::web::{PayloadConfig, ServiceConfig, delete, get, head, post, put, resource, route, scope};

use clients::{add, disable, list, replace, rotate, show};

/// Bytes. An entry with twenty large keys and some authorities is shorter.
const LONGEST_BODY: usize = 64 * 1024;

pub fn configure(service: &mut ServiceConfig) {
    let clients = resource("/v1/clients")
        .route(get().to(list::get))
        .route(head().to(list::get))
        .route(post().to(add::post))
        .default_service(only("GET, HEAD, POST"));
    let client = resource("/v1/clients/{id}")
        .route(get().to(show::get))
        .route(head().to(show::get))
        .route(put().to(replace::put))
        .route(delete().to(disable::delete))
        .default_service(only("GET, HEAD, PUT, DELETE"));
    let rotation = resource("/v1/clients/{id}/rotate")
        .route(post().to(rotate::post))
        .default_service(only("POST"));
    let document = resource("/v1/openapi.json")
        .route(get().to(openapi::get))
        .route(head().to(openapi::get))
        .default_service(only("GET, HEAD"));
    let api = scope("/api")
        .app_data(PayloadConfig::new(LONGEST_BODY))
        .service(clients)
        .service(client)
        .service(rotation)
        .service(document)
        .default_service(route().to(async || problem::not_found()));
    service.service(api);
}

fn only(methods: &'static str) -> Route {
    route().to(move || async move { problem::method_not_allowed(methods) })
}
