//! The list.

use actix_web::http::StatusCode;
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};

use super::with_holder;
use crate::kit::{App, Context, Failure};
use crate::pages::{PasskeyLine, Passkeys, PasskeysDone, PasskeysError};
use auth::passkeys;
use domain::passkey::MOST;
use domain::session::Session;

/// What the list finds in its query after something was done.
pub(super) const ADDED: &str = "added";
pub(super) const REMOVED: &str = "removed";

pub async fn get(app: Data<App>, request: HttpRequest) -> HttpResponse {
    with_holder(&app, &request, async |context, session| {
        let done = match request.query_string() {
            ADDED => Some(PasskeysDone::Added),
            REMOVED => Some(PasskeysDone::Removed),
            _ => None,
        };
        show(context, session, StatusCode::OK, done, None).await
    })
    .await
}

pub(super) async fn show(
    context: &Context<'_>,
    session: &Session,
    status: StatusCode,
    done: Option<PasskeysDone>,
    error: Option<PasskeysError>,
) -> Result<HttpResponse, Failure> {
    let found = passkeys::list(&context.app.core, context.realm(), session.account).await?;
    let handles: Vec<String> = found.iter().map(|line| line.id.to_string()).collect();
    let lines: Vec<PasskeyLine<'_>> = found
        .iter()
        .zip(&handles)
        .map(|(line, handle)| PasskeyLine {
            handle,
            name: &line.name,
            added_at: line.added_at,
            last_used_at: line.last_used_at,
        })
        .collect();
    let page = Passkeys {
        chrome: context.chrome(),
        lines: &lines,
        most: MOST as u64,
        done,
        error,
    };
    context.page(status, &page)
}
