//! `/desk`: the first page.

use actix_web::http::StatusCode;
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};

use crate::desk::visit::with_operator;
use crate::entrance::stay;
use crate::kit::{App, Failure};
use crate::pages::desk::DeskHome;
use admin::alerts;
use auth::profile;
use auth::session::Trigger;
use domain::operator::Role;
use kernel::ids::LabId;
use service::siege;

pub async fn get(app: Data<App>, request: HttpRequest) -> HttpResponse {
    with_operator(&app, &request, Role::Desk, Trigger::Person, async |context, visit| {
        context.shown_at(context.door.home);
        let person = profile::lookup(&app.core, context.realm(), visit.operator.account).await?;
        let person = person.ok_or(Failure::NotFound)?;
        let standing = siege::find_current(&app.core.db, app.core.now()).await?;
        let siege_of = |lab: &LabId| standing.iter().find(|(of, _)| of == lab).map(|(_, siege)| *siege);
        let role = visit.operator.roles.get(context.lab()).copied();
        let open_alerts = alerts::count_open(&app.core, context.lab()).await?;
        let page = DeskHome {
            chrome: context.chrome(),
            stay: visit.stay(context),
            holder: &format!("{} {}", person.given_name, person.family_name),
            role: role.ok_or(Failure::NotFound)?,
            is_limited: visit.is_limited,
            siege: siege_of(context.lab()),
            staff_siege: siege_of(context.realm()),
            open_alerts,
            stayed: context.request.query_string() == stay::STAYED,
        };
        context.page(StatusCode::OK, &page)
    })
    .await
}
