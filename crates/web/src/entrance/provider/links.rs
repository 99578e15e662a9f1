//! The list of the identities that open one's account; asks again before one is linked or removed.

use actix_web::http::StatusCode;
use actix_web::web::{Data, Query};
use actix_web::{HttpRequest, HttpResponse};

use super::{leave, name_of, trouble, with_holder};
use crate::entrance::again::{About, Form, ask_again, form};
use crate::entrance::signed_in;
use crate::kit::{App, Context, Failure, Posted, see_other};
use crate::pages::providers::{LINK, LIST, UNLINK};
use crate::pages::{LinkLine, ProviderButton, Providers, ProvidersDone, ProvidersError, Purpose};
use auth::provider::Refusal;
use auth::provider::links::{self, LinkOutcome};
use domain::evidence::{Elevated, LinkProvider, UnlinkProvider};
use domain::provider::LinkEntry;
use domain::provider::{Errand, Linking};
use domain::session::Session;
use kernel::ids::ProviderId;
use service::provider::ShownIdentity;

/// What the list finds in its query after something was done.
const LINKED: &str = "linked";
const UNLINKED: &str = "unlinked";

pub async fn get(app: Data<App>, request: HttpRequest) -> HttpResponse {
    with_holder(&app, &request, async |context, session| {
        let done = match request.query_string() {
            LINKED => Some(ProvidersDone::Linked),
            UNLINKED => Some(ProvidersDone::Unlinked),
            _ => None,
        };
        show(context, session, StatusCode::OK, done, None).await
    })
    .await
}

pub async fn get_link(app: Data<App>, request: HttpRequest, which: Query<About>) -> HttpResponse {
    with_holder(&app, &request, async |context, _| {
        let button = offered(context, which.provider.as_deref())?;
        context.shown_at(&format!("{LINK}?provider={}", button.handle));
        form(context, StatusCode::OK, linking(button), None)
    })
    .await
}

pub async fn post_link(app: Data<App>, request: HttpRequest, posted: Posted<Form>) -> HttpResponse {
    with_holder(&app, &request, async |context, session| {
        let button = offered(context, posted.again().provider.as_deref())?;
        context.shown_at(&format!("{LINK}?provider={}", button.handle));
        let go = async |context: &mut Context<'_>, elevated: Elevated<LinkProvider>| {
            let id = super::chosen(button.handle)?;
            context.shown_at(LIST);
            let errand = Errand::Link(Linking::begin(elevated));
            match leave(context, &id, errand, LIST).await? {
                Ok(response) => Ok(response),
                Err(trouble) => {
                    let error = ProvidersError::Trouble(trouble, button.name);
                    show(context, session, StatusCode::BAD_GATEWAY, None, Some(error)).await
                }
            }
        };
        ask_again(context, session, posted, linking(button), go).await
    })
    .await
}

pub async fn get_unlink(app: Data<App>, request: HttpRequest, which: Query<About>) -> HttpResponse {
    with_holder(&app, &request, async |context, session| {
        let line = named(context, session, which.link.as_deref()).await?;
        let (handle, provider) = (line.id.to_string(), name_of(context, &line.provider));
        context.shown_at(&format!("{UNLINK}?link={handle}"));
        form(context, StatusCode::OK, unlinking(&handle, &provider), None)
    })
    .await
}

pub async fn post_unlink(app: Data<App>, request: HttpRequest, posted: Posted<Form>) -> HttpResponse {
    with_holder(&app, &request, async |context, session| {
        let line = named(context, session, posted.again().link.as_deref()).await?;
        let (handle, provider) = (line.id.to_string(), name_of(context, &line.provider));
        context.shown_at(&format!("{UNLINK}?link={handle}"));
        let unlink = async |context: &mut Context<'_>, elevated: Elevated<UnlinkProvider>| {
            let (core, actor) = (&context.app.core, context.actor());
            links::unlink(core, context.realm(), elevated, &line, &actor).await?;
            Ok(see_other(&format!("{LIST}?{UNLINKED}")))
        };
        ask_again(context, session, posted, unlinking(&handle, &provider), unlink).await
    })
    .await
}

/// From the provider. The person who began it must still be signed in.
pub(super) async fn come_back(
    context: &mut Context<'_>,
    id: &ProviderId,
    linking: Linking,
    shown: Result<ShownIdentity, Refusal>,
) -> Result<HttpResponse, Failure> {
    context.shown_at(LIST);
    let session = signed_in::current(context).await?;
    let Some(session) = session.filter(|session| session.account == linking.account()) else {
        return signed_in::sign_in_first(context).await;
    };
    let name = name_of(context, id);
    let (status, error) = match shown {
        Ok(shown) => match links::link(context.act(&context.actor()), id, linking, &shown).await? {
            LinkOutcome::Done => return Ok(see_other(&format!("{LIST}?{LINKED}"))),
            LinkOutcome::Elsewhere => (StatusCode::CONFLICT, ProvidersError::Elsewhere),
            LinkOutcome::Over => return Ok(see_other(LIST)),
            LinkOutcome::Full => (StatusCode::CONFLICT, ProvidersError::Full),
        },
        Err(refusal) => {
            let (status, trouble) = trouble(refusal);
            (status, ProvidersError::Trouble(trouble, &name))
        }
    };
    show(context, &session, status, None, Some(error)).await
}

fn linking(button: ProviderButton<'_>) -> Purpose<'_> {
    Purpose::Link {
        handle: button.handle,
        provider: button.name,
    }
}

fn unlinking<'a>(handle: &'a str, provider: &'a str) -> Purpose<'a> {
    Purpose::Unlink { handle, provider }
}

fn offered<'a>(context: &Context<'a>, handle: Option<&str>) -> Result<ProviderButton<'a>, Failure> {
    let mut offered = context.providers().into_iter();
    offered
        .find(|button| Some(button.handle) == handle)
        .ok_or(Failure::NotFound)
}

async fn named(context: &Context<'_>, session: &Session, handle: Option<&str>) -> Result<LinkEntry, Failure> {
    let found = links::list(&context.app.core, context.realm(), session.account).await?;
    let line = found
        .into_iter()
        .find(|line| Some(line.id.to_string().as_str()) == handle);
    line.ok_or(Failure::NotFound)
}

async fn show(
    context: &Context<'_>,
    session: &Session,
    status: StatusCode,
    done: Option<ProvidersDone>,
    error: Option<ProvidersError<'_>>,
) -> Result<HttpResponse, Failure> {
    let found = links::list(&context.app.core, context.realm(), session.account).await?;
    let texts: Vec<(String, String)> = found
        .iter()
        .map(|line| (line.id.to_string(), name_of(context, &line.provider)))
        .collect();
    let lines: Vec<LinkLine<'_>> = found
        .iter()
        .zip(&texts)
        .map(|(line, (handle, provider))| LinkLine {
            handle,
            provider,
            name: &line.name,
            linked_at: line.linked_at,
            last_used_at: line.last_used_at,
        })
        .collect();
    let page = Providers {
        chrome: context.chrome(),
        lines: &lines,
        providers: &context.providers(),
        done,
        error,
    };
    context.page(status, &page)
}
