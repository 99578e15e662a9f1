//! `/desk/leaks/{id}` and what can be done there.

use actix_web::http::{StatusCode, header};
use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse};
use secrecy::SecretString;
use serde::Deserialize;

use crate::desk::UnderWay;
use crate::desk::visit::{Visit, known_leak, with_operator, with_security};
use crate::kit::answer::retry_after;
use crate::kit::failure::whole_seconds;
use crate::kit::posted::shows_nothing_again;
use crate::kit::{App, Context, Failure, Posted, see_other};
use crate::pages::desk::{LeakAlert, LeakPage};
use admin::operators::{OperatorError, identify};
use auth::session::Trigger;
use config::Approval;
use domain::leak::LeakId;
use domain::operator::Role;
use leak::campaign::{self, LeakError};
use service::Fault;
use service::attempts::Outcome;

const LIVE: &str = "live=1";
const EVERY_SECONDS: &str = "5";

#[derive(Debug, Deserialize)]
pub struct Confirmation {
    #[serde(default)]
    code: SecretString,
    /// As the tick beside it said.
    #[serde(default)]
    accept_unmatched: String,
}

shows_nothing_again!(Confirmation);

pub async fn get(app: Data<App>, under_way: Data<UnderWay>, request: HttpRequest, id: Path<String>) -> HttpResponse {
    let asked = match request.query_string() {
        LIVE => Trigger::Refresh,
        _ => Trigger::Person,
    };
    with_operator(&app, &request, Role::Desk, asked, async |context, visit| {
        let id = known_leak(context, visit, &id).await?;
        show(context, visit, &under_way, id, None).await
    })
    .await
}

/// What a form asks for, by the last segment of its address.
#[derive(Clone, Copy, Debug)]
enum Step {
    Apply,
    Approve,
    Undo,
    Close,
}

impl Step {
    fn of(request: &HttpRequest) -> Option<Self> {
        Some(match request.path().rsplit('/').next()? {
            "apply" => Self::Apply,
            "approve" => Self::Approve,
            "undo" => Self::Undo,
            "close" => Self::Close,
            _ => return None,
        })
    }

    /// What cannot be taken back, or takes everything back.
    const fn takes_a_code(self) -> bool {
        matches!(self, Self::Undo | Self::Close)
    }

    async fn carry_out(
        self,
        context: &Context<'_>,
        visit: &Visit,
        id: LeakId,
        accepted: Option<u64>,
    ) -> Result<(), LeakError> {
        let (core, lab, actor) = (&context.app.core, context.lab(), visit.operator.actor());
        match self {
            Self::Apply => campaign::apply_accepting(core, lab, id, accepted, &actor)
                .await
                .map(|_| ()),
            Self::Approve => campaign::approve(core, lab, id, &actor).await,
            Self::Undo => campaign::undo(core, lab, id, &actor).await,
            Self::Close => campaign::close(core, lab, id, &actor).await,
        }
    }
}

/// For `security` alone. Ends on the page of the leak, which says why if nothing was done.
pub async fn post(
    app: Data<App>,
    under_way: Data<UnderWay>,
    request: HttpRequest,
    id: Path<String>,
    posted: Posted<Confirmation>,
) -> HttpResponse {
    with_security(&app, &request, async |context, visit| {
        let (id, step) = (
            known_leak(context, visit, &id).await?,
            Step::of(&request).ok_or(Failure::NotFound)?,
        );
        let alert = match act_on(context, visit, id, step, posted).await? {
            Some(alert) => alert,
            None => return Ok(see_other(&format!("/desk/leaks/{id}"))),
        };
        show(context, visit, &under_way, id, Some(alert)).await
    })
    .await
}

/// None: it is done.
async fn act_on(
    context: &Context<'_>,
    visit: &Visit,
    id: LeakId,
    step: Step,
    posted: Posted<Confirmation>,
) -> Result<Option<LeakAlert>, Failure> {
    let admitted = context.admit_session()?;
    let Ok(fields) = posted.open(context, admitted) else {
        return Ok(Some(LeakAlert::Expired));
    };
    if step.takes_a_code()
        && let Some(alert) = prove(context, visit, &fields.code).await?
    {
        return Ok(Some(alert));
    }
    Ok(Some(
        match step
            .carry_out(context, visit, id, fields.accept_unmatched.parse().ok())
            .await
        {
            Ok(()) => return Ok(None),
            Err(LeakError::SamePerson) => LeakAlert::SamePerson,
            Err(LeakError::NotNow { .. }) => LeakAlert::NotNow,
            Err(LeakError::NotSettled | LeakError::ElsewhereAtWork) => LeakAlert::NotSettled,
            Err(LeakError::Unmatched { .. }) => LeakAlert::Unmatched,
            Err(LeakError::UnknownLeak) => return Err(Failure::NotFound),
            Err(LeakError::Store(fault)) => return Err(fault.into()),
            Err(_) => return Err(Fault::Broken("a leak was not acted on").into()),
        },
    ))
}

/// `None` if it is them.
async fn prove(context: &Context<'_>, visit: &Visit, code: &SecretString) -> Result<Option<LeakAlert>, Failure> {
    let (core, actor) = (&context.app.core, context.actor());
    let ended = match identify(core, &visit.operator.name, code, &actor).await {
        Ok(ended) => ended,
        Err(OperatorError::Unknown) => return Ok(Some(LeakAlert::WrongCode)),
        Err(OperatorError::Store(fault)) => return Err(fault.into()),
        Err(_) => return Err(Fault::Broken("an operator was not identified").into()),
    };
    Ok(match ended.outcome() {
        Outcome::Passed(_) => None,
        Outcome::Wait(wait) | Outcome::Busy(wait) => Some(LeakAlert::Wait {
            seconds: whole_seconds(wait),
        }),
        Outcome::Refused | Outcome::TurnedAway | Outcome::Over => Some(LeakAlert::WrongCode),
    })
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
        Some(LeakAlert::WrongCode | LeakAlert::Unmatched) => StatusCode::UNPROCESSABLE_ENTITY,
        Some(LeakAlert::Wait { .. }) => StatusCode::TOO_MANY_REQUESTS,
        Some(LeakAlert::SamePerson | LeakAlert::NotNow | LeakAlert::NotSettled) => StatusCode::CONFLICT,
    }
}
