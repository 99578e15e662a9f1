//! Identities of providers, for patients: signing in with one, linking it, removing it. A browser leaves by a page
//! that leads on by itself, and comes back to one address, whatever it was sent for.

pub mod begin;
pub mod callback;
pub mod code;
pub mod enrol;
pub mod jwks;
pub mod links;

use std::time::Duration;

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse};

use crate::entrance::signed_in;
use crate::kit::context::with_portal;
use crate::kit::{App, Context, Failure};
use crate::pages::providers::LIST;
use crate::pages::{ProviderGo, ProviderTrouble};
use auth::provider::{Redirection, Refusal, depart};
use domain::provider::Errand;
use domain::session::Session;
use kernel::ids::ProviderId;

/// By then, requests that wait for a provider now have its answer, or know that there is none.
const COME_BACK: Duration = Duration::from_secs(10);

/// The provider of this lab that a form names.
fn chosen(handle: &str) -> Result<ProviderId, Failure> {
    handle.parse().map_err(|_| Failure::NotFound)
}

pub(super) fn name_of(context: &Context<'_>, id: &ProviderId) -> String {
    let found = context.face.lab.provider(id);
    found.map_or_else(|| id.to_string(), |provider| provider.name.clone())
}

/// The page that leads to the provider, or why it does not. `back`: the page that they come from.
async fn leave(
    context: &Context<'_>,
    id: &ProviderId,
    errand: Errand,
    back: &str,
) -> Result<Result<HttpResponse, ProviderTrouble>, Failure> {
    let (core, browser) = (&context.app.core, context.browser());
    let to = match depart(core, context.realm(), id, errand, browser).await? {
        Redirection::To(to) => to,
        Redirection::NotAccepted => return Err(Failure::NotFound),
        Redirection::Busy => return Err(Failure::Busy(COME_BACK)),
        Redirection::Unreachable => return Ok(Err(ProviderTrouble::Unreachable)),
    };
    let page = ProviderGo {
        chrome: context.chrome(),
        provider: &name_of(context, id),
        to: to.as_str(),
        back,
    };
    context.page(StatusCode::OK, &page).map(Ok)
}

const fn trouble(refusal: Refusal) -> (StatusCode, ProviderTrouble) {
    match refusal {
        Refusal::Denied => (StatusCode::UNAUTHORIZED, ProviderTrouble::Denied),
        Refusal::Unreachable => (StatusCode::BAD_GATEWAY, ProviderTrouble::Unreachable),
        Refusal::Acr => (StatusCode::UNAUTHORIZED, ProviderTrouble::Weak),
        Refusal::Refused => (StatusCode::UNAUTHORIZED, ProviderTrouble::Refused),
    }
}

/// Answers those who are signed in, at a lab that has a provider or had one.
async fn with_holder(
    app: &App,
    request: &HttpRequest,
    work: impl AsyncFnOnce(&mut Context<'_>, &Session) -> Result<HttpResponse, Failure>,
) -> HttpResponse {
    with_portal(app, request, async |context| {
        context.shown_at(LIST);
        match signed_in::current(context).await? {
            Some(session) => work(context, &session).await,
            None => signed_in::sign_in_first(context).await,
        }
    })
    .await
}
