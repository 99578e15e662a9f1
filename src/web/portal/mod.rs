//! The portal: what patients see of a lab's sign-in. One file an address.

pub mod account;
pub mod activate;
pub mod home;
pub mod login;
pub mod logout;
pub mod recover;
pub mod rotate;
pub mod security_txt;
mod signed_in;
pub mod static_files;
mod strays;

use actix_web::web::{ServiceConfig, get, head, post, resource, route};

use crate::web::kit::probes;

pub fn configure(service: &mut ServiceConfig) {
    macro_rules! page {
        ($path:expr => $get:path $(, $post:path)?) => {
            resource($path)
                .route(get().to($get))
                .route(head().to($get))
                $(.route(post().to($post)))?
                .default_service(route().to(strays::method_not_allowed))
        };
    }
    service
        .app_data(strays::forms())
        .app_data(strays::queries())
        .service(page!("/" => home::get))
        .service(page!("/login" => login::get, login::post))
        .service(page!("/logout" => logout::get, logout::post))
        .service(page!("/activate" => activate::get, activate::post))
        .service(page!(activate::PASSWORD => activate::get, activate::post_password))
        .service(page!(activate::CODE => activate::get, activate::post_code))
        .service(page!(rotate::PATH => rotate::get, rotate::post))
        .service(page!("/recover" => recover::get, recover::post))
        .service(page!("/account" => account::get))
        .service(page!(account::STAY => account::get, account::post_stay))
        .service(page!(account::END_ONE => account::get, account::post_end_one))
        .service(page!(account::END_ALL => account::get, account::post_end_all))
        .service(page!("/static/{name}" => static_files::get))
        .service(page!("/.well-known/security.txt" => security_txt::get))
        .service(page!("/healthz" => probes::healthz))
        .service(page!("/readyz" => probes::readyz))
        .default_service(route().to(strays::not_found));
}
