//! The map of the sample LIS. A gate in front of it needs a rule for each line.

use actix_web::{Route, guard, web};

use super::{document, handlers};

/// `GET` and `HEAD`: the framework's own `web::get()` answers `HEAD` with 404.
fn read() -> Route {
    web::route().guard(guard::Any(guard::Get()).or(guard::Head()))
}

pub fn configure(app: &mut web::ServiceConfig) {
    app
        // For anyone.
        .route("/aide.html", read().to(handlers::help))
        .route("/static/lis.css", read().to(handlers::style))
        // For anyone who is signed in.
        .route("/", read().to(handlers::home))
        .route("/index.php", read().to(handlers::old_home))
        .route("/recherche", read().to(handlers::search_form))
        .route("/recherche", web::post().to(handlers::search))
        .route("/entetes", read().to(handlers::headers))
        // A record's own.
        .route("/dossiers/{record}", read().to(handlers::record))
        .route("/dossiers/{record}/", read().to(handlers::record))
        .route("/dossiers/{record}/compte-rendu.pdf", read().to(document::document))
        .route("/dossiers/{record}/ordonnance", web::post().to(handlers::upload))
        .route("/dossiers/{record}/{page}", read().to(handlers::panel))
        .route("/imprimer.php", read().to(handlers::print))
        .route("/resultats.php", read().to(handlers::old_record))
        .default_service(web::route().to(handlers::nothing));
}
