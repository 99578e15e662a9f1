//! `/upstream/callback`: where providers send browsers back to. What comes is taken only from the browser that was
//! sent, and only once.

use actix_web::http::StatusCode;
use actix_web::web::{Data, Query};
use actix_web::{HttpRequest, HttpResponse};
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;

use super::{enrol, links, name_of, trouble};
use crate::entrance::login::{self, Destination, Typed};
use crate::kit::context::with_portal;
use crate::kit::settlement::{Settlement, settle};
use crate::kit::{App, Context, Failure};
use crate::pages::provider::CODE;
use crate::pages::{LoginError, ProviderTrouble};
use auth::provider::sign_in::{Return, Shows, sign_in};
use auth::provider::{Refusal, redeem, take};
use domain::provider::Errand;
use kernel::clock::Stopwatch;
use kernel::ids::ProviderId;
use service::provider::{CallbackParams, ShownIdentity};

pub const PATH: &str = service::provider::CALLBACK;

#[derive(Debug, Deserialize)]
pub struct Answer {
    state: Option<SecretString>,
    code: Option<SecretString>,
    iss: Option<String>,
    error: Option<String>,
}

pub async fn get(app: Data<App>, request: HttpRequest, answer: Query<Answer>) -> HttpResponse {
    with_portal(&app, &request, async |context| {
        context.shown_at(context.door.login);
        context.admit()?;
        let (core, realm, actor) = (&app.core, context.realm(), context.actor());
        let browser = context.browser().hashed();
        let Some(departure) = take(
            core,
            realm,
            answer.state.as_ref().map(SecretString::expose_secret),
            &browser,
            &actor,
        )
        .await?
        else {
            let (destination, error) = (Destination::default(), Some(LoginError::ProviderExpired));
            return login::form(context, StatusCode::FORBIDDEN, &Typed::default(), &destination, error);
        };
        let brought = CallbackParams {
            code: answer.code.as_ref(),
            iss: answer.iss.as_deref(),
            error: answer.error.as_deref(),
        };
        let shown = redeem(core, realm, &departure, brought, &actor).await?;
        // The time that the provider took says nothing about our own work.
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
    shown: Result<ShownIdentity, Refusal>,
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
    let back = Return {
        provider: id,
        shown,
        browser: context.visitor(),
        return_to: destination.check(context),
    };
    let ended = sign_in(context.act(&context.actor()), &back).await?;
    context.step_aside();
    match settle(context, ended).await {
        Settlement::Passed(Shows::TwoFactors(arrival)) => login::arrive(context, arrival, &destination).await,
        Settlement::Passed(Shows::OneFactor(token)) => Ok(context.go_on_with(&token, CODE)),
        // One moment for those who have no account and those who have one that cannot be used.
        Settlement::Over | Settlement::Rebuffed(_) => {
            let (status, trouble) = (StatusCode::UNAUTHORIZED, ProviderTrouble::NotLinked);
            refuse(context, id, &destination, status, trouble)
        }
    }
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
    login::form(context, status, &Typed::about(name), destination, error)
}
