//! Signing out: ends the session here and at every site.

use actix_web::http::StatusCode;
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};

use crate::entrance::provider;
use crate::entrance::signed_in;
use crate::kit::context::{add_cookie, with_portal};
use crate::kit::{App, Button, Context, Failure, Posted, cookies, see_other};
use crate::pages::SignedOut;
use auth::provider::sign_out::elsewhere;
use auth::session;

/// Those still signed in are shown their first page, where the button is: a link must not sign anyone out.
pub async fn get(app: Data<App>, request: HttpRequest) -> HttpResponse {
    with_portal(&app, &request, async |context| {
        if signed_in::current(context).await?.is_some() {
            return Ok(see_other(context.door.home));
        }
        page(context, None)
    })
    .await
}

pub async fn post(app: Data<App>, request: HttpRequest, posted: Posted<Button>) -> HttpResponse {
    with_portal(&app, &request, async |context| {
        let admitted = context.admit_session()?;
        if posted.open(context, admitted).is_err() {
            return Ok(see_other(context.door.home));
        }
        let mut response = see_other(context.door.logout);
        if let Some(session) = signed_in::lookup_unended(context).await? {
            let (core, lab) = (&context.app.core, context.realm());
            session::end(core, lab, session.account, session.id, &context.actor()).await?;
            context.signed_in = false;
            if let Some((id, url)) = elsewhere(core, lab, session.id).await? {
                context.shown_at(context.door.logout);
                let name = provider::name_of(context, &id);
                response = page(context, Some((&name, url.as_str())))?;
            }
        }
        add_cookie(&mut response, cookies::clear(cookies::session(context.door)));
        add_cookie(&mut response, cookies::clear(cookies::pending(context.door)));
        Ok(response)
    })
    .await
}

/// `elsewhere`: the provider by which they came, and where the sign-in there ends.
fn page(context: &Context<'_>, elsewhere: Option<(&str, &str)>) -> Result<HttpResponse, Failure> {
    let page = SignedOut {
        chrome: context.chrome(),
        elsewhere,
    };
    context.page(StatusCode::OK, &page)
}
