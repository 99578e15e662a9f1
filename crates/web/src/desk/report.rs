//! `/desk/leaks/{id}/report`, and the same as JSON.

use actix_web::http::StatusCode;
use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse};

use crate::desk::visit::{known_leak, with_operator};
use crate::kit::{App, Context, Failure};
use crate::pages::desk::ReportPage;
use auth::session::Trigger;
use domain::audit::Event;
use domain::leak::LeakId;
use domain::operator::Role;
use leak::campaign::LeakError;
use leak::report::{self, Report};
use service::{Fault, audit};

pub async fn get(app: Data<App>, request: HttpRequest, id: Path<String>) -> HttpResponse {
    with_operator(&app, &request, Role::Desk, Trigger::Person, async |context, visit| {
        let id = known_leak(context, visit, &id).await?;
        context.shown_at(&format!("/desk/leaks/{id}/report"));
        let report = build(context, id).await?;
        let page = ReportPage {
            chrome: context.chrome(),
            stay: visit.stay(context),
            id,
            report: &report,
        };
        context.page(StatusCode::OK, &page)
    })
    .await
}

pub async fn get_json(app: Data<App>, request: HttpRequest, id: Path<String>) -> HttpResponse {
    with_operator(&app, &request, Role::Desk, Trigger::Person, async |context, visit| {
        let id = known_leak(context, visit, &id).await?;
        let (report, actor) = (build(context, id).await?, visit.operator.actor());
        audit::record_alone(
            &app.core,
            context.lab(),
            &actor,
            None,
            Event::ReportExported { leak: id },
        )
        .await?;
        Ok(HttpResponse::Ok().json(report))
    })
    .await
}

async fn build(context: &Context<'_>, id: LeakId) -> Result<Report, Failure> {
    let built = report::build(&context.app.core, context.lab(), id, context.language()).await;
    built.map_err(|error| match error {
        LeakError::UnknownLeak => Failure::NotFound,
        LeakError::Store(fault) => fault.into(),
        LeakError::Fault(fault) => fault.into(),
        _ => Fault::Broken("a report was not built").into(),
    })
}
