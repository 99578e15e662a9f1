//! `/desk/leaks/{id}` and what can be done there.

use actix_web::http::{StatusCode, header};
use actix_web::web::{Data, Form, Path};
use actix_web::{HttpRequest, HttpResponse};
use serde::Deserialize;

use crate::admin::operators::{Identified, OperatorError, identify};
use crate::auth::session::Asked;
use crate::config::Approval;
use crate::domain::audit::DeskCause;
use crate::domain::leak::LeakId;
use crate::domain::operator::Role;
use crate::leak::campaign::{self, LeakError};
use crate::service::Fault;
use crate::web::desk::UnderWay;
use crate::web::desk::visit::{Visit, refused, with_operator};
use crate::web::entrance::signed_in::CsrfAlone;
use crate::web::kit::context::retry_after;
use crate::web::kit::failure::whole_seconds;
use crate::web::kit::{App, Context, Failure, see_other};
use crate::web::pages::desk::{LeakAlert, LeakPage};

const LIVE: &str = "live=1";
const EVERY_SECONDS: &str = "5";

#[derive(Deserialize)]
pub struct Confirmed {
    #[serde(default)]
    csrf: String,
    #[serde(default)]
    code: String,
}

impl std::fmt::Debug for Confirmed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Confirmed(..)")
    }
}

pub async fn get(app: Data<App>, under_way: Data<UnderWay>, request: HttpRequest, id: Path<String>) -> HttpResponse {
    let asked = match request.query_string() {
        LIVE => Asked::ByItself,
        _ => Asked::ByPerson,
    };
    with_operator(&app, &request, Role::Desk, asked, async |context, visit| {
        let id = known(context, visit, &id).await?;
        show(context, visit, &under_way, id, None).await
    })
    .await
}

pub async fn post_apply(
    app: Data<App>,
    under_way: Data<UnderWay>,
    request: HttpRequest,
    id: Path<String>,
    fields: Form<CsrfAlone>,
) -> HttpResponse {
    act(
        &app,
        &under_way,
        &request,
        &id,
        &fields.csrf,
        None,
        async |context, visit, id| {
            campaign::apply(&context.app.core, context.lab(), id, &visit.operator.actor()).await?;
            Ok(())
        },
    )
    .await
}

pub async fn post_approve(
    app: Data<App>,
    under_way: Data<UnderWay>,
    request: HttpRequest,
    id: Path<String>,
    fields: Form<CsrfAlone>,
) -> HttpResponse {
    act(
        &app,
        &under_way,
        &request,
        &id,
        &fields.csrf,
        None,
        async |context, visit, id| {
            campaign::approve(&context.app.core, context.lab(), id, &visit.operator.actor()).await
        },
    )
    .await
}

pub async fn post_undo(
    app: Data<App>,
    under_way: Data<UnderWay>,
    request: HttpRequest,
    id: Path<String>,
    fields: Form<Confirmed>,
) -> HttpResponse {
    let Confirmed { csrf, code } = fields.into_inner();
    act(
        &app,
        &under_way,
        &request,
        &id,
        &csrf,
        Some(&code),
        async |context, visit, id| campaign::undo(&context.app.core, context.lab(), id, &visit.operator.actor()).await,
    )
    .await
}

pub async fn post_close(
    app: Data<App>,
    under_way: Data<UnderWay>,
    request: HttpRequest,
    id: Path<String>,
    fields: Form<Confirmed>,
) -> HttpResponse {
    let Confirmed { csrf, code } = fields.into_inner();
    act(
        &app,
        &under_way,
        &request,
        &id,
        &csrf,
        Some(&code),
        async |context, visit, id| campaign::close(&context.app.core, context.lab(), id, &visit.operator.actor()).await,
    )
    .await
}

/// For `security` alone; with `code`, only after it has proved that it is them. Ends on the page of the leak, which says
/// why if nothing was done.
async fn act(
    app: &App,
    under_way: &UnderWay,
    request: &HttpRequest,
    id: &str,
    csrf: &str,
    code: Option<&str>,
    work: impl AsyncFnOnce(&Context<'_>, &Visit, LeakId) -> Result<(), LeakError>,
) -> HttpResponse {
    with_operator(app, request, Role::Security, Asked::ByPerson, async |context, visit| {
        let id = known(context, visit, id).await?;
        if !context.made_form(csrf) {
            return show(context, visit, under_way, id, Some(LeakAlert::Expired)).await;
        }
        let unproved = match code {
            Some(code) => prove(context, visit, code).await?,
            None => None,
        };
        if unproved.is_some() {
            return show(context, visit, under_way, id, unproved).await;
        }
        let alert = match work(context, visit, id).await {
            Ok(()) => return Ok(see_other(&format!("/desk/leaks/{id}"))),
            Err(LeakError::SamePerson) => LeakAlert::SamePerson,
            Err(LeakError::NotNow { .. }) => LeakAlert::NotNow,
            Err(LeakError::NotSettled | LeakError::ElsewhereAtWork) => LeakAlert::NotSettled,
            Err(LeakError::UnknownLeak) => return Err(Failure::NotFound),
            Err(LeakError::Store(fault)) => return Err(fault.into()),
            Err(_) => return Err(Fault::Broken("a leak was not acted on").into()),
        };
        show(context, visit, under_way, id, Some(alert)).await
    })
    .await
}

/// None: it is them.
async fn prove(context: &Context<'_>, visit: &Visit, code: &str) -> Result<Option<LeakAlert>, Failure> {
    let (core, actor) = (&context.app.core, context.actor());
    match identify(core, &visit.operator.name, code, &actor).await {
        Ok(Identified::As(_)) => Ok(None),
        Ok(Identified::Refused) | Err(OperatorError::Unknown) => Ok(Some(LeakAlert::WrongCode)),
        Ok(Identified::Wait(wait)) => Ok(Some(LeakAlert::Wait {
            seconds: whole_seconds(wait),
        })),
        Err(OperatorError::Store(fault)) => Err(fault.into()),
        Err(_) => Err(Fault::Broken("an operator was not identified").into()),
    }
}

/// A number of this lab, or none at all: what another lab has does not exist here, and the trail says who asked.
async fn known(context: &Context<'_>, visit: &Visit, id: &str) -> Result<LeakId, Failure> {
    let id: LeakId = id.parse().map_err(|_| Failure::NotFound)?;
    match campaign::lab_of(&context.app.core, id).await {
        Ok(lab) if lab == *context.lab() => Ok(id),
        Ok(_) | Err(LeakError::UnknownLab) => {
            refused(context, visit, DeskCause::OtherLab).await?;
            Err(Failure::NotFound)
        }
        Err(LeakError::Store(fault)) => Err(fault.into()),
        Err(_) => Err(Failure::NotFound),
    }
}

async fn show(
    context: &mut Context<'_>,
    visit: &Visit,
    under_way: &UnderWay,
    id: LeakId,
    alert: Option<LeakAlert>,
) -> Result<HttpResponse, Failure> {
    let (core, lab) = (&context.app.core, context.lab());
    let live = context.request.query_string() == LIVE;
    if !live {
        context.shown_at(&format!("/desk/leaks/{id}"));
    }
    let leak = campaign::find(core, lab).await?.into_iter().find(|leak| leak.id == id);
    let overview = campaign::overview(core, lab, id).await?;
    let (Some(leak), Some(overview)) = (leak, overview) else {
        return Err(Failure::NotFound);
    };
    let page = LeakPage {
        chrome: context.chrome(),
        stay: visit.stay(context),
        leak: &leak,
        overview: &overview,
        work: under_way.of(id),
        rotation_hours: u64::from(core.config.leak.rotation_hours),
        two_person: core.config.leak.approval == Approval::TwoPerson,
        may_act: visit.may(context, Role::Security),
        asked_by_me: leak.requested_by == Some(visit.operator.actor().label()),
        live,
        alert,
    };
    let mut response = context.page(status(alert), &page)?;
    if let Some(LeakAlert::Wait { seconds }) = alert {
        retry_after(&mut response, seconds);
    }
    if live {
        let every = header::HeaderValue::from_static(EVERY_SECONDS);
        response.headers_mut().insert(header::REFRESH, every);
    }
    Ok(response)
}

fn status(alert: Option<LeakAlert>) -> StatusCode {
    match alert {
        None => StatusCode::OK,
        Some(LeakAlert::Expired) => StatusCode::FORBIDDEN,
        Some(LeakAlert::WrongCode) => StatusCode::UNPROCESSABLE_ENTITY,
        Some(LeakAlert::Wait { .. }) => StatusCode::TOO_MANY_REQUESTS,
        Some(LeakAlert::SamePerson | LeakAlert::NotNow | LeakAlert::NotSettled) => StatusCode::CONFLICT,
    }
}
