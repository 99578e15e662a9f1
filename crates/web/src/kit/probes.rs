//! Does the process live, and can it serve patients?

use actix_web::HttpResponse;
use actix_web::http::header;
use actix_web::web::Data;

use crate::kit::App;
use store::installation::keys_seen;
use store::{Db, StoreFault};

pub async fn healthz() -> HttpResponse {
    plain("ok\n")
}

/// Ready while the database answers.
pub async fn readyz(app: Data<App>) -> HttpResponse {
    match ask(&app.core.db).await {
        Ok(()) => plain("ready\n"),
        Err(fault) => {
            tracing::warn!(%fault, "not ready");
            HttpResponse::ServiceUnavailable()
                .content_type("text/plain; charset=utf-8")
                .body("not ready\n")
        }
    }
}

async fn ask(db: &Db) -> Result<(), StoreFault> {
    let mut tx = db.begin_read().await?;
    keys_seen::keyring_fingerprint(&mut tx).await?;
    tx.commit().await
}

fn plain(text: &'static str) -> HttpResponse {
    HttpResponse::Ok()
        .content_type("text/plain; charset=utf-8")
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .body(text)
}
