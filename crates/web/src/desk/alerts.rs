//! `/desk/alerts`: what somebody at the lab should look into.

use actix_web::http::StatusCode;
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};

use crate::desk::visit::with_operator;
use crate::kit::App;
use crate::pages::desk::AlertsPage;
use auth::session::Asked;
use domain::operator::Role;
use store::telling::alerts;

/// The open ones come first; of older ones, so many.
const MOST: i64 = 200;

pub async fn get(app: Data<App>, request: HttpRequest) -> HttpResponse {
    with_operator(&app, &request, Role::Desk, Asked::ByPerson, async |context, visit| {
        let core = &app.core;
        let mut tx = core.db.begin_read().await?;
        let found = alerts::find(&mut tx, &core.sealer, context.lab(), MOST).await?;
        tx.commit().await?;
        let page = AlertsPage {
            chrome: context.chrome(),
            stay: visit.stay(context),
            alerts: &found,
            may_act: visit.may(context, Role::Security),
        };
        context.page(StatusCode::OK, &page)
    })
    .await
}
