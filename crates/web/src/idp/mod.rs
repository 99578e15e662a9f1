//! What relying parties of a lab call, at the host of its portal. One file an address.

mod answer;
pub mod authorize;
mod backchannel;
pub mod discovery;
pub mod introspect;
pub mod jwks;
pub mod logout;
pub mod par;
pub mod proceed;
mod public;
pub mod token;
pub mod userinfo;

use actix_web::web::{PayloadConfig, ServiceConfig};

pub use discovery::Documents;

use crate::entrance::login::CONTINUE;
use crate::kit::limits::LONGEST_FORM;
use crate::kit::{call, page};

pub fn configure(service: &mut ServiceConfig) {
    service
        .service(page!("/.well-known/openid-configuration" => discovery::get))
        .service(page!("/.well-known/oauth-authorization-server" => discovery::get))
        .service(page!("/oauth2/jwks" => jwks::get))
        .service(page!("/oauth2/authorize" => authorize::get, authorize::post))
        .service(page!(CONTINUE => proceed::get, proceed::post))
        .service(page!("/oauth2/logout" => logout::get, logout::post))
        .service(page!(logout::CONFIRM => logout::get_confirm, logout::post_confirm))
        .configure(configure_back_channel);
}

/// What clients call themselves; also at the listener that asks them for a certificate.
pub fn configure_back_channel(service: &mut ServiceConfig) {
    service
        .app_data(PayloadConfig::new(LONGEST_FORM))
        .service(call!("/oauth2/par" => par::post))
        .service(call!("/oauth2/token" => token::post))
        .service(call!("/oauth2/introspect" => introspect::post))
        .service(call!("/oauth2/revoke" => introspect::post_revoke))
        .service(page!("/oauth2/userinfo" => userinfo::get, userinfo::post));
}
