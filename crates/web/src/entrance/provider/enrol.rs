//! Links an identity in the middle of an enrolment, beside a lab code.

use actix_web::http::StatusCode;
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use serde::Deserialize;

use super::{chosen, leave, name_of, trouble};
use crate::entrance::activate;
use crate::kit::context::with_portal;
use crate::kit::posted::shows_nothing_again;
use crate::kit::{App, Context, Failure, Posted, see_other};
use crate::pages::ProvidersError;
use auth::enrolment::{IdentityOutcome, note_identity};
use auth::provider::Refusal;
use domain::provider::{Enrolling, Errand};
use kernel::ids::ProviderId;
use service::provider::ShownIdentity;

#[derive(Debug, Deserialize)]
pub struct Form {
    #[serde(default)]
    provider: String,
}

shows_nothing_again!(Form);

pub async fn post(app: Data<App>, request: HttpRequest, posted: Posted<Form>) -> HttpResponse {
    with_portal(&app, &request, async |context| {
        let activate = context.door.activate;
        context.shown_at(activate);
        let admitted = context.admit()?;
        let Some(under_way) = activate::enrolling(context).await? else {
            return Ok(see_other(activate));
        };
        let Ok(fields) = posted.open(context, admitted) else {
            return Ok(see_other(activate));
        };
        let Some(errand) = under_way.errand() else {
            return Ok(see_other(activate));
        };
        let id = chosen(&fields.provider)?;
        match leave(context, &id, Errand::Enrol(errand), activate).await? {
            Ok(response) => Ok(response),
            Err(trouble) => {
                let name = name_of(context, &id);
                let error = ProvidersError::Trouble(trouble, &name);
                activate::not_noted(context, StatusCode::BAD_GATEWAY, &under_way, error)
            }
        }
    })
    .await
}

/// From the provider.
pub(super) async fn come_back(
    context: &mut Context<'_>,
    id: &ProviderId,
    errand: &Enrolling,
    shown: Result<ShownIdentity, Refusal>,
) -> Result<HttpResponse, Failure> {
    let activate = context.door.activate;
    context.shown_at(activate);
    let Some(under_way) = activate::enrolling(context).await? else {
        return Ok(see_other(activate));
    };
    let name = name_of(context, id);
    let shown = match shown {
        Ok(shown) => shown,
        Err(refusal) => {
            let (status, trouble) = trouble(refusal);
            let error = ProvidersError::Trouble(trouble, &name);
            return activate::not_noted(context, status, &under_way, error);
        }
    };
    let (core, realm) = (&context.app.core, context.realm());
    match note_identity(core, realm, under_way, errand, id, &shown).await? {
        IdentityOutcome::Done | IdentityOutcome::Over => Ok(see_other(activate)),
        IdentityOutcome::Elsewhere => {
            let Some(under_way) = activate::enrolling(context).await? else {
                return Ok(see_other(activate));
            };
            let (status, error) = (StatusCode::CONFLICT, ProvidersError::Elsewhere);
            activate::not_noted(context, status, &under_way, error)
        }
    }
}
