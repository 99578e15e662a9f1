//! The desk: what operators see. They come in by the entrance that patients use, into a realm of their own; which lab
//! it is about follows from the host, and for an operator without a role there the page does not exist.

mod alert;
mod alerts;
mod home;
mod leak;
mod leaks;
mod new_leak;
mod report;
mod under_way;
mod upload;
mod visit;

use actix_web::web::ServiceConfig;

use crate::entrance::{activate, login, logout, passkey, passkeys, recovery_codes, rotate, stay};
use crate::kit::page;
use crate::pages::DESK;

pub use under_way::UnderWay;

pub fn configure(service: &mut ServiceConfig) {
    service
        .service(page!(DESK.home => home::get))
        .service(page!(DESK.login => login::get, login::post))
        .service(page!(DESK.passkey => passkey::get, passkey::post))
        .service(page!(DESK.passkey_answer => passkey::get, passkey::post_answer))
        .service(page!(DESK.logout => logout::get, logout::post))
        .service(page!(DESK.activate => activate::get, activate::post))
        .service(page!(DESK.activate_password => activate::get, activate::post_password))
        .service(page!(DESK.activate_code => activate::get, activate::post_code))
        .service(page!(DESK.recovery_codes => recovery_codes::get, recovery_codes::post))
        .service(page!(DESK.password => rotate::get, rotate::post))
        .service(page!(DESK.stay => home::get, stay::post))
        .service(page!(DESK.passkeys => passkeys::list::get))
        .service(page!(DESK.passkeys_add => passkeys::add::get, passkeys::add::post))
        .service(page!(DESK.passkeys_new => passkeys::new::get, passkeys::new::post))
        .service(page!(DESK.passkeys_remove => passkeys::remove::get, passkeys::remove::post))
        .service(page!("/desk/alerts" => alerts::get))
        .service(page!("/desk/alerts/{id}" => alert::get))
        .service(page!("/desk/alerts/{id}/take" => alert::get, alert::post_take))
        .service(page!("/desk/alerts/{id}/close" => alert::get, alert::post_close))
        .service(page!("/desk/leaks" => leaks::get))
        .service(page!("/desk/leaks/new" => new_leak::get, new_leak::post))
        .service(page!("/desk/leaks/{id}" => leak::get))
        .service(page!("/desk/leaks/{id}/report" => report::get))
        .service(page!("/desk/leaks/{id}/report.json" => report::get_json))
        .service(page!("/desk/leaks/{id}/apply" => leak::get, leak::post))
        .service(page!("/desk/leaks/{id}/approve" => leak::get, leak::post))
        .service(page!("/desk/leaks/{id}/undo" => leak::get, leak::post))
        .service(page!("/desk/leaks/{id}/close" => leak::get, leak::post));
}
