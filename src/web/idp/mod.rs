//! What relying parties of a lab call, at the host of its portal. One file an address.

mod answer;
pub mod authorize;
pub mod proceed;

use actix_web::web::ServiceConfig;

use crate::web::entrance::login::CONTINUE;
use crate::web::kit::page;

pub fn configure(service: &mut ServiceConfig) {
    service
        .service(page!("/oauth2/authorize" => authorize::get, authorize::post))
        .service(page!(CONTINUE => proceed::get, proceed::post));
}
