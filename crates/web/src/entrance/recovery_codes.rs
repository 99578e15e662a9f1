//! New recovery codes, shown to the session that made them until its holder says that they are kept.

use actix_web::http::StatusCode;
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};

use crate::entrance::activate;
use crate::entrance::signed_in::{self, with_form};
use crate::kit::context::with_portal;
use crate::kit::{App, Button, Posted, see_other};
use crate::pages::RecoveryCodes;
use auth::recovery;

/// What the next page finds in its query.
const KEPT: &str = "kept";

pub async fn get(app: Data<App>, request: HttpRequest) -> HttpResponse {
    with_portal(&app, &request, async |context| {
        let Some(session) = signed_in::current(context).await? else {
            return signed_in::sign_in_first(context).await;
        };
        let shown = recovery::lookup_shown(&context.app.core, context.realm(), session.id).await?;
        let Some(codes) = shown else {
            return Ok(see_other(context.door.home));
        };
        // Nothing leads away from them before they are kept.
        context.shown_at("");
        context.signed_in = false;
        let page = RecoveryCodes {
            chrome: context.chrome(),
            step: activate::step(4),
            codes: &codes,
        };
        context.page(StatusCode::OK, &page)
    })
    .await
}

pub async fn post(app: Data<App>, request: HttpRequest, posted: Posted<Button>) -> HttpResponse {
    with_form(&app, &request, posted, async |context, session, _| {
        recovery::note_kept(&context.app.core, context.realm(), session.id).await?;
        Ok(see_other(&format!("{}?{KEPT}", context.door.home)))
    })
    .await
}
