//! `/.vestibule/jwks.json`: the public keys with which a LIS checks who is at the gate.

use actix_web::HttpResponse;
use actix_web::http::header;
use actix_web::web::Data;

use crate::kit::App;
use crypto::jose::{SigningKey, jwk_set};
use crypto::keyring::Purpose;

pub async fn get(app: Data<App>) -> HttpResponse {
    let keyring = &app.core.keyring;
    let seeds = keyring
        .ids()
        .filter_map(|(id, _)| keyring.key(id, Purpose::Assertion).ok());
    let keys: Result<Vec<SigningKey>, _> = seeds.map(|seed| SigningKey::derive(&seed)).collect();
    match keys {
        Ok(keys) => HttpResponse::Ok()
            .insert_header((header::CACHE_CONTROL, "public, max-age=300"))
            .json(jwk_set(&keys)),
        Err(_) => HttpResponse::InternalServerError().finish(),
    }
}
