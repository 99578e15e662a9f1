//! What relying parties of a lab call, at the host of its portal. One file an address.

pub mod discovery;
pub mod jwks;
mod public;

use actix_web::web::ServiceConfig;

pub use discovery::Documents;

use crate::web::kit::page;

pub fn configure(service: &mut ServiceConfig) {
    service
        .service(page!("/.well-known/openid-configuration" => discovery::get))
        .service(page!("/.well-known/oauth-authorization-server" => discovery::get))
        .service(page!("/oauth2/jwks" => jwks::get));
}
