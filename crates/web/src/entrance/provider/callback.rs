//! `/upstream/callback`: where providers send browsers back to. What comes is taken only from the browser that was sent,
//! and only once.

use actix_web::http::StatusCode;
use actix_web::web::{Data, Query};
use actix_web::{HttpRequest, HttpResponse};
use serde::Deserialize;

use super::{enrol, links, name_of, pending, trouble};
use crate::entrance::login::{self, Destination, Typed};
use crate::kit::context::with_portal;
use crate::kit::{App, Context, Failure};
use crate::pages::provider::CODE;
use crate::pages::{LoginError, ProviderTrouble};
use auth::provider::sign_in::{Attempt, Outcome, sign_in};
use auth::provider::{Refusal, redeem, take};
use auth::sign_in::Outcome as Ended;
use domain::provider::Errand;
use kernel::clock::Stopwatch;
use kernel::ids::ProviderId;
use service::provider::{Brought, Shown};

pub const PATH: &str = service::provider::CALLBACK;

#[derive(Deserialize)]
pub struct Answer {
    state: Option<String>,
    code: Option<String>,
    iss: Option<String>,
    error: Option<String>,
}

impl std::fmt::Debug for Answer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Answer(..)")
    }
}

pub async fn get(app: Data<App>, request: HttpRequest, answer: Query<Answer>) -> HttpResponse {
    with_portal(&app, &request, async |context| {
        context.shown_at(context.door.login);
        context.admit()?;
        let (core, realm, actor) = (&app.core, context.realm(), context.actor());
        let browser = context.browser().hashed();
        let Some(departure) = take(core, realm, answer.state.as_deref(), &browser, &actor).await? else {
            let (destination, error) = (Destination::default(), Some(LoginError::ProviderExpired));
            return login::form(context, StatusCode::FORBIDDEN, Typed::default(), &destination, error);
        };
        let brought = Brought {
            code: answer.code.as_deref(),
            iss: answer.iss.as_deref(),
            error: answer.error.as_deref(),
        };
        let shown = redeem(core, realm, &departure, brought, &actor).await?;
        // The time that the provider took says nothing of what we do.
        context.arrived = Stopwatch::start();
        match departure.errand {
            Errand::SignIn(login) => come_in(context, &departure.provider, &login, shown).await,
            Errand::Link(linking) => links::come_back(context, &departure.provider, linking, shown).await,
            Errand::Enrol(errand) => enrol::come_back(context, &departure.provider, &errand, shown).await,
        }
    })
    .await
}

/// `login`: the sign-in page that they came from.
async fn come_in(
    context: &mut Context<'_>,
    id: &ProviderId,
    login: &str,
    shown: Result<Shown, Refusal>,
) -> Result<HttpResponse, Failure> {
    context.shown_at(login);
    let query = login.split_once('?').map_or("", |(_, query)| query);
    let destination = Query::<Destination>::from_query(query);
    let mut destination = destination.map(Query::into_inner).unwrap_or_default();
    destination.look_up(context).await?;
    let shown = match shown {
        Ok(shown) => shown,
        Err(refusal) => {
            let (status, trouble) = trouble(refusal);
            return refuse(context, id, &destination, status, trouble);
        }
    };
    let attempt = Attempt {
        lab: context.realm(),
        provider: id,
        shown,
        actor: context.actor(),
        browser: context.visitor(),
        return_to: destination.check(context),
    };
    let ended = match sign_in(&context.app.core, attempt).await? {
        Outcome::Held(token) => Ended::Held(token),
        Outcome::SignedIn(opened) => Ended::SignedIn(opened),
        Outcome::CodeNeeded(token) => return Ok(pending(context, &token, CODE)),
        Outcome::NotLinked => {
            // One moment for those who have no account and those who have one that cannot be used.
            context.step_aside();
            context.wait_for_floor().await;
            let (status, trouble) = (StatusCode::UNAUTHORIZED, ProviderTrouble::NotLinked);
            return refuse(context, id, &destination, status, trouble);
        }
    };
    login::answer(context, ended, Typed::default(), &destination).await
}

fn refuse(
    context: &Context<'_>,
    id: &ProviderId,
    destination: &Destination,
    status: StatusCode,
    trouble: ProviderTrouble,
) -> Result<HttpResponse, Failure> {
    let name = name_of(context, id);
    let error = Some(LoginError::Provider(trouble));
    login::form(context, status, Typed::about(&name), destination, error)
}
