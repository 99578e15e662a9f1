//! `/desk/alerts/{id}`, where an operator takes an alert and closes it.

use actix_web::http::StatusCode;
use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse};
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;

use crate::desk::visit::{Visit, known_alert, with_security};
use crate::kit::posted::shows_nothing_again;
use crate::kit::{App, Button, Context, Failure, Posted, see_other};
use crate::pages::desk::{AlertError, AlertPage};
use admin::alerts::{self, Whose};
use domain::alert::Alert;

const LONGEST_NOTE: usize = 500;

#[derive(Debug, Deserialize)]
pub struct Note {
    #[serde(default)]
    note: SecretString,
}

shows_nothing_again!(Note);

pub async fn get(app: Data<App>, request: HttpRequest, id: Path<String>) -> HttpResponse {
    with_security(&app, &request, async |context, visit| {
        let alert = known_alert(context, visit, &id).await?;
        show(context, visit, &alert, None).await
    })
    .await
}

pub async fn post_take(app: Data<App>, request: HttpRequest, id: Path<String>, posted: Posted<Button>) -> HttpResponse {
    with_security(&app, &request, async |context, visit| {
        let alert = known_alert(context, visit, &id).await?;
        let admitted = context.admit_session()?;
        if posted.open(context, admitted).is_err() {
            return show(context, visit, &alert, Some(AlertError::Expired)).await;
        }
        match alerts::take(&app.core, &alert, &visit.operator.actor()).await? {
            true => Ok(see_other(&format!("/desk/alerts/{}", alert.id))),
            false => show(context, visit, &alert, Some(AlertError::NotNow)).await,
        }
    })
    .await
}

pub async fn post_close(app: Data<App>, request: HttpRequest, id: Path<String>, posted: Posted<Note>) -> HttpResponse {
    with_security(&app, &request, async |context, visit| {
        let alert = known_alert(context, visit, &id).await?;
        let admitted = context.admit_session()?;
        let Ok(fields) = posted.open(context, admitted) else {
            return show(context, visit, &alert, Some(AlertError::Expired)).await;
        };
        let note: String = fields.note.expose_secret().trim().chars().take(LONGEST_NOTE).collect();
        let error = if note.is_empty() {
            AlertError::NoNote
        } else if alerts::close(&app.core, &alert, &note, &visit.operator.actor()).await? {
            return Ok(see_other(&format!("/desk/alerts/{}", alert.id)));
        } else {
            AlertError::NotNow
        };
        show(context, visit, &alert, Some(error)).await
    })
    .await
}

async fn show(
    context: &mut Context<'_>,
    visit: &Visit,
    alert: &Alert,
    error: Option<AlertError>,
) -> Result<HttpResponse, Failure> {
    let core = &context.app.core;
    context.shown_at(&format!("/desk/alerts/{}", alert.id));
    // As it is now: a colleague may have been faster.
    let Some(Whose::Own(now)) = alerts::lookup(core, context.lab(), alert.id).await? else {
        return Err(Failure::NotFound);
    };
    let told = alerts::find_messages(core, context.lab(), alert.id).await?;
    let page = AlertPage {
        chrome: context.chrome(),
        stay: visit.stay(context),
        alert: &now,
        told: &told,
        error,
    };
    let status = match error {
        None => StatusCode::OK,
        Some(AlertError::Expired) => StatusCode::FORBIDDEN,
        Some(AlertError::NoNote) => StatusCode::UNPROCESSABLE_ENTITY,
        Some(AlertError::NotNow) => StatusCode::CONFLICT,
    };
    context.page(status, &page)
}
