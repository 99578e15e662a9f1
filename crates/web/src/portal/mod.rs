//! The portal: what patients see of a lab's sign-in. One file per address; what operators' sign-in shares is in
//! `web/entrance`.

pub mod account;
pub mod home;
pub mod invite;
pub mod recover;
pub mod security_txt;
pub mod static_files;

use actix_web::web::{ServiceConfig, route};

use crate::entrance::{activate, login, logout, passkey, passkeys, provider, recovery_codes, rotate, stay};
use crate::kit::{page, probes, strays};
use crate::pages::PORTAL;
use crate::pages::provider::{BEGIN, CODE, ENROL};
use crate::pages::providers::{LINK, LIST, UNLINK};

pub fn configure(service: &mut ServiceConfig) {
    service
        .app_data(strays::forms())
        .app_data(strays::queries())
        .service(page!("/" => home::get))
        .service(page!(PORTAL.login => login::get, login::post))
        .service(page!(PORTAL.passkey => passkey::get, passkey::post))
        .service(page!(PORTAL.passkey_answer => passkey::get, passkey::post_answer))
        .service(page!(BEGIN => provider::begin::get, provider::begin::post))
        .service(page!(CODE => provider::code::get, provider::code::post))
        .service(page!(provider::callback::PATH => provider::callback::get))
        .service(page!(provider::jwks::PATH => provider::jwks::get))
        .service(page!(PORTAL.logout => logout::get, logout::post))
        .service(page!(PORTAL.activate => activate::get, activate::post))
        .service(page!(PORTAL.activate_password => activate::get, activate::post_password))
        .service(page!(PORTAL.activate_code => activate::get, activate::post_code))
        .service(page!(ENROL => activate::get, provider::enrol::post))
        .service(page!(invite::PATH => invite::get, invite::post))
        .service(page!(PORTAL.recovery_codes => recovery_codes::get, recovery_codes::post))
        .service(page!(PORTAL.password => rotate::get, rotate::post))
        .service(page!("/recover" => recover::get, recover::post))
        .service(page!(PORTAL.home => account::get))
        .service(page!(PORTAL.stay => account::get, stay::post))
        .service(page!(PORTAL.passkeys => passkeys::list::get))
        .service(page!(PORTAL.passkeys_add => passkeys::add::get, passkeys::add::post))
        .service(page!(PORTAL.passkeys_new => passkeys::new::get, passkeys::new::post))
        .service(page!(PORTAL.passkeys_remove => passkeys::remove::get, passkeys::remove::post))
        .service(page!(LIST => provider::links::get))
        .service(page!(LINK => provider::links::get_link, provider::links::post_link))
        .service(page!(UNLINK => provider::links::get_unlink, provider::links::post_unlink))
        .service(page!(account::END_ONE => account::get, account::post_end_one))
        .service(page!(account::FORGET_DEVICE => account::get, account::post_forget_device))
        .service(page!(account::END_SERVICE => account::get, account::post_end_service))
        .service(page!(account::END_ALL => account::get, account::post_end_all))
        .service(page!("/static/{name}" => static_files::get))
        .service(page!("/.well-known/security.txt" => security_txt::get))
        .service(page!("/healthz" => probes::healthz))
        .service(page!("/readyz" => probes::readyz))
        .default_service(route().to(strays::not_found));
}
