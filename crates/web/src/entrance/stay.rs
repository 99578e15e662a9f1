//! The holder asks to stay signed in.

use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};

use crate::entrance::signed_in::with_form;
use crate::kit::{App, Button, Posted, see_other};
use auth::session;

/// What the page that follows finds in its query.
pub const STAYED: &str = "stayed";

pub async fn post(app: Data<App>, request: HttpRequest, posted: Posted<Button>) -> HttpResponse {
    with_form(&app, &request, posted, async |context, session, _| {
        session::keep_alive(&context.app.core, context.realm(), session).await?;
        Ok(see_other(&format!("{}?{STAYED}", context.door.home)))
    })
    .await
}
