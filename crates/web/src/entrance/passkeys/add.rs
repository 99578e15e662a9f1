//! Asks again before a passkey is added.

use actix_web::http::StatusCode;
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};

use super::with_holder;
use crate::entrance::again::{Form, ask_again, form};
use crate::kit::context::add_cookie;
use crate::kit::{App, Posted, cookies, see_other};
use crate::pages::Purpose;
use auth::passkeys;
use domain::evidence::{AddPasskey, Elevated};

pub async fn get(app: Data<App>, request: HttpRequest) -> HttpResponse {
    with_holder(&app, &request, async |context, _| {
        context.shown_at(context.door.passkeys_add);
        form(context, StatusCode::OK, Purpose::Add, None)
    })
    .await
}

pub async fn post(app: Data<App>, request: HttpRequest, posted: Posted<Form>) -> HttpResponse {
    with_holder(&app, &request, async |context, session| {
        context.shown_at(context.door.passkeys_add);
        let begin = async |context: &mut crate::kit::Context<'_>, elevated: Elevated<AddPasskey>| {
            let (core, party) = (&context.app.core, &context.face.party);
            let Some(token) = passkeys::begin(core, party, context.realm(), elevated).await? else {
                return Ok(see_other(context.door.passkeys));
            };
            let mut response = see_other(context.door.passkeys_new);
            let cookie = cookies::set(cookies::passkey(context.door), token.expose());
            add_cookie(&mut response, cookie);
            Ok(response)
        };
        ask_again(context, session, posted, Purpose::Add, begin).await
    })
    .await
}
