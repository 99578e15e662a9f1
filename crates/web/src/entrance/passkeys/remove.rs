//! Asks again, and removes a passkey.

use actix_web::http::StatusCode;
use actix_web::web::{Data, Query};
use actix_web::{HttpRequest, HttpResponse};

use super::{list, with_holder};
use crate::entrance::again::{About, Form, ask_again, form};
use crate::kit::{App, Context, Failure, Posted, see_other};
use crate::pages::Purpose;
use auth::passkeys;
use domain::evidence::{Elevated, RemovePasskey};
use domain::passkey::PasskeyEntry;
use domain::session::Session;

pub async fn get(app: Data<App>, request: HttpRequest, which: Query<About>) -> HttpResponse {
    with_holder(&app, &request, async |context, session| {
        let line = named(context, session, which.passkey.as_deref()).await?;
        let handle = line.id.to_string();
        let purpose = purpose(&handle, &line);
        context.shown_at(&format!("{}?passkey={handle}", context.door.passkeys_remove));
        form(context, StatusCode::OK, purpose, None)
    })
    .await
}

pub async fn post(app: Data<App>, request: HttpRequest, posted: Posted<Form>) -> HttpResponse {
    with_holder(&app, &request, async |context, session| {
        let line = named(context, session, posted.again().passkey.as_deref()).await?;
        let handle = line.id.to_string();
        context.shown_at(&format!("{}?passkey={handle}", context.door.passkeys_remove));
        let remove = async |context: &mut Context<'_>, elevated: Elevated<RemovePasskey>| {
            let (core, actor) = (&context.app.core, context.actor());
            passkeys::remove(core, context.realm(), elevated, line.id, &actor).await?;
            Ok(see_other(&format!("{}?{}", context.door.passkeys, list::REMOVED)))
        };
        ask_again(context, session, posted, purpose(&handle, &line), remove).await
    })
    .await
}

fn purpose<'a>(handle: &'a str, line: &'a PasskeyEntry) -> Purpose<'a> {
    let name = &line.name;
    Purpose::Remove { handle, name }
}

async fn named(context: &Context<'_>, session: &Session, handle: Option<&str>) -> Result<PasskeyEntry, Failure> {
    let found = passkeys::list(&context.app.core, context.realm(), session.account).await?;
    let line = found
        .into_iter()
        .find(|line| Some(line.id.to_string().as_str()) == handle);
    line.ok_or(Failure::NotFound)
}
