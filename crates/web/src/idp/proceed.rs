//! `/oauth2/authorize/continue`: the browser of a kept request comes, as often as it takes.

use std::borrow::Cow;

use actix_web::http::StatusCode;
use actix_web::web::{Data, Query};
use actix_web::{HttpRequest, HttpResponse};
use serde::Deserialize;
use serde_json::Value;

use crate::entrance::login::CONTINUE;
use crate::entrance::signed_in;
use crate::idp::answer;
use crate::kit::context::with_portal;
use crate::kit::{App, Context, Failure, Fields, Posted, Stale, see_other};
use crate::pages::{ClaimLine, Consent, OauthErrorPage, claim_label};
use auth::rotate;
use auth::session::Trigger;
use crypto::token::{PlainToken, TokenKind};
use domain::authorization::Claim;
use oidc::authorize::proceed::{Answer, PageAnswer, Question, Step, Visitor, proceed};

#[derive(Debug, Deserialize)]
pub struct Handle {
    #[serde(default)]
    request: String,
}

#[derive(Debug, Deserialize)]
pub struct Decision {
    #[serde(default)]
    request: String,
    #[serde(default)]
    person: String,
    #[serde(default)]
    decision: String,
}

impl Fields for Decision {
    /// The handle of the request.
    type Again = String;

    fn again(&self) -> String {
        self.request.clone()
    }
}

pub async fn get(app: Data<App>, request: HttpRequest, handle: Query<Handle>) -> HttpResponse {
    with_portal(&app, &request, async |context| {
        go_on(context, &handle.request, None).await
    })
    .await
}

pub async fn post(app: Data<App>, request: HttpRequest, posted: Posted<Decision>) -> HttpResponse {
    with_portal(&app, &request, async |context| {
        let admitted = context.admit_session()?;
        let decision = match posted.open(context, admitted) {
            Ok(decision) => decision,
            Err(Stale(handle)) => return go_on(context, &handle, None).await,
        };
        let answer = match decision.decision.as_str() {
            "allow" => Some(Answer::Allow),
            "deny" => Some(Answer::Deny),
            _ => None,
        };
        let person = decision.person.as_str();
        let said = answer.map(|answer| PageAnswer { answer, person });
        go_on(context, &decision.request, said).await
    })
    .await
}

async fn go_on(context: &mut Context<'_>, handle: &str, said: Option<PageAnswer<'_>>) -> Result<HttpResponse, Failure> {
    context.shown_at(&format!("{CONTINUE}?request={handle}"));
    let Some(token) = PlainToken::parse(TokenKind::Authorization, handle) else {
        return gone(context);
    };
    // Clients come here by themselves as well, which keeps no session alive.
    let session = signed_in::current_asked(context, Trigger::Refresh).await?;
    if session.is_none() {
        context.admit()?;
    }
    let is_held = session.is_none() && is_held(context).await?;
    let visitor = Visitor {
        browser: &context.browser().hashed(),
        session: session.as_ref(),
        is_held,
        said,
        actor: &context.actor(),
    };
    let step = proceed(&context.app.core, context.lab(), &token.hashed(), &visitor).await?;
    let mut response = match step {
        Step::Gone => gone(context),
        Step::SignIn if is_held => Ok(see_other(context.door.password)),
        Step::SignIn => Ok(see_other(&format!("/login?request={handle}"))),
        Step::SignInAgain => Ok(see_other(&format!("/login?request={handle}&again=1"))),
        Step::Ask(question) => ask(context, handle, &question),
        Step::Answer(response) => answer::send(context, &response),
    }?;
    context.bind_browser(&mut response);
    Ok(response)
}

async fn is_held(context: &Context<'_>) -> Result<bool, Failure> {
    let Some(token) = context.begun(TokenKind::Pending) else {
        return Ok(false);
    };
    Ok(rotate::lookup(&context.app.core, context.lab(), &token)
        .await?
        .is_some())
}

fn ask(context: &mut Context<'_>, handle: &str, question: &Question) -> Result<HttpResponse, Failure> {
    context.leads_to(&question.target);
    context.prefer(question.ui_locales.as_deref().unwrap_or_default());
    let known = Claim::ALL.into_iter();
    let told = known.filter_map(|claim| Some((claim, question.claims.get(claim.as_str())?)));
    let told = told.map(|(claim, value)| ClaimLine {
        label: claim_label(claim),
        value: in_words(context, value),
    });
    let page = Consent {
        chrome: context.chrome(),
        client: &question.client,
        action: CONTINUE,
        request: handle,
        person: &question.person,
        is_public: question.is_public,
        told: told.collect(),
        offline_days: question.offline_days,
    };
    context.page(StatusCode::OK, &page)
}

/// As it goes out, except that a machine's words are a person's.
fn in_words<'a>(context: &'a Context<'_>, value: &'a Value) -> Cow<'a, str> {
    let text = |key| context.app.texts.get(context.language(), key);
    match value {
        Value::String(text) => Cow::Borrowed(text),
        Value::Bool(true) => text("claim-yes"),
        Value::Bool(false) => text("claim-no"),
        Value::Array(list) if list.is_empty() => text("claim-none"),
        Value::Array(list) => {
            let parts: Vec<&str> = list.iter().filter_map(Value::as_str).collect();
            Cow::Owned(parts.join(", "))
        }
        other => Cow::Owned(other.to_string()),
    }
}

fn gone(context: &Context<'_>) -> Result<HttpResponse, Failure> {
    let page = OauthErrorPage {
        chrome: context.chrome(),
        error: None,
    };
    context.page(StatusCode::BAD_REQUEST, &page)
}
