//! `/desk/leaks`: the lab's leaks.

use actix_web::http::StatusCode;
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};

use crate::desk::visit::with_operator;
use crate::kit::App;
use crate::pages::desk::{LeakLine, LeaksPage};
use auth::session::Trigger;
use domain::operator::Role;
use leak::campaign;

pub async fn get(app: Data<App>, request: HttpRequest) -> HttpResponse {
    with_operator(&app, &request, Role::Desk, Trigger::Person, async |context, visit| {
        let found = campaign::find(&app.core, context.lab()).await?;
        let lines = found.iter().map(|leak| LeakLine {
            id: leak.id,
            state: leak.state,
            source: &leak.source,
            aware_at: leak.aware_at,
        });
        let leaks: Vec<LeakLine<'_>> = lines.collect();
        let page = LeaksPage {
            chrome: context.chrome(),
            stay: visit.stay(context),
            leaks: &leaks,
            may_act: visit.may(context, Role::Security),
        };
        context.page(StatusCode::OK, &page)
    })
    .await
}
