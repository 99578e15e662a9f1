//! `/desk/alerts`: what the lab's staff should look into.

use actix_web::http::StatusCode;
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};

use crate::desk::visit::with_operator;
use crate::kit::App;
use crate::pages::desk::AlertsPage;
use admin::alerts;
use auth::session::Trigger;
use domain::operator::Role;

pub async fn get(app: Data<App>, request: HttpRequest) -> HttpResponse {
    with_operator(&app, &request, Role::Desk, Trigger::Person, async |context, visit| {
        let found = alerts::find(&app.core, context.lab()).await?;
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
