//! What a client's own server calls: it proves who it is, and the answer is JSON. There are no pages here.

use actix_web::http::{StatusCode, header};
use actix_web::{HttpRequest, HttpResponse};
use data_encoding::BASE64;
use secrecy::SecretString;
use serde::Serialize;
use serde_json::json;
use url::form_urlencoded;

use crate::kit::answer::retry_after;
use crate::kit::context::with_portal;
use crate::kit::failure::whole_seconds;
use crate::kit::{App, Context, Failure, ForeignPost, proof};
use domain::authorization::OauthError;
use domain::client::Client;
use oidc::client_authentication::{Credentials, authenticate};
use oidc::refusal::ProtocolProblem;
use oidc::{Params, Refusal};
use service::Fault;

/// A client that proved who it is, with what it asks.
#[derive(Debug)]
pub struct Call {
    pub client: Client,
    pub params: Params,
}

/// Answers a call of a client: who it is first, then `work`, then JSON of whatever came of it.
pub async fn with_client(
    app: &App,
    request: &HttpRequest,
    posted: &ForeignPost,
    work: impl AsyncFnOnce(&Context<'_>, &Call) -> Result<HttpResponse, ProtocolProblem>,
) -> HttpResponse {
    with_portal(app, request, async |context| {
        if let Err(failure) = context.admit_session() {
            return Ok(not_now(failure));
        }
        let answered = async {
            let call = call(context, posted).await?;
            work(context, &call).await
        };
        let mut response = match answered.await {
            Ok(response) => response,
            Err(ProtocolProblem::Refused(refusal)) => refused(context, &refusal),
            Err(ProtocolProblem::Fault(fault)) => broken(context, fault),
        };
        proof::tell_nonce(context, &mut response);
        Ok(response)
    })
    .await
}

async fn call(context: &Context<'_>, posted: &ForeignPost) -> Result<Call, ProtocolProblem> {
    let params = Params::of(form_urlencoded::parse(posted.body()).into_owned())?;
    let presented = Credentials {
        basic: basic(context.request)?,
        params: &params,
        endpoint: &proof::endpoint(context)?,
        certificate: proof::certificate(context),
    };
    let client = authenticate(&context.app.core, context.lab(), &presented).await?;
    Ok(Call { client, params })
}

/// RFC 6749 2.3.1: name and secret are form-encoded before they are joined.
fn basic(request: &HttpRequest) -> Result<Option<(String, SecretString)>, Refusal> {
    let Some(value) = request.headers().get(header::AUTHORIZATION) else {
        return Ok(None);
    };
    let unreadable = Refusal::invalid_client;
    let value = value.to_str().map_err(|_| unreadable())?;
    let (scheme, credentials) = value.split_once(' ').ok_or_else(unreadable)?;
    if !scheme.eq_ignore_ascii_case("basic") {
        return Err(unreadable());
    }
    let plain = BASE64.decode(credentials.trim().as_bytes()).map_err(|_| unreadable())?;
    let plain = String::from_utf8(plain).map_err(|_| unreadable())?;
    let (id, secret) = plain.split_once(':').ok_or_else(unreadable)?;
    Ok(Some((form_decoded(id), form_decoded(secret).into())))
}

fn form_decoded(text: &str) -> String {
    // As the value of a parameter without a name.
    let escaped = text.replace('&', "%26");
    let pair = format!("={escaped}");
    let mut pairs = form_urlencoded::parse(pair.as_bytes());
    pairs.next().map(|(_, value)| value.into_owned()).unwrap_or_default()
}

pub fn json(status: StatusCode, body: &impl Serialize) -> HttpResponse {
    HttpResponse::build(status)
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .insert_header((header::PRAGMA, "no-cache"))
        .insert_header((header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .json(body)
}

/// RFC 6749 5.2. A client that repeatedly fails to authenticate is slowed down like any stranger.
fn refused(context: &Context<'_>, refusal: &Refusal) -> HttpResponse {
    let body = json!({ "error": refusal.error.as_str(), "error_description": refusal.description });
    if refusal.error != OauthError::InvalidClient {
        return json(StatusCode::BAD_REQUEST, &body);
    }
    if let Err(failure) = context.admit() {
        return not_now(failure);
    }
    let mut response = json(StatusCode::UNAUTHORIZED, &body);
    let challenge = header::HeaderValue::from_static("Basic realm=\"client\"");
    response.headers_mut().insert(header::WWW_AUTHENTICATE, challenge);
    response
}

pub fn broken(context: &Context<'_>, fault: Fault) -> HttpResponse {
    let failure = Failure::from(fault);
    if let Failure::Fault(fault) = &failure {
        context.report(fault);
    }
    not_now(failure)
}

pub fn not_now(failure: Failure) -> HttpResponse {
    let (status, wait) = match failure {
        Failure::TooFast(wait) => (StatusCode::TOO_MANY_REQUESTS, Some(wait)),
        Failure::Busy(wait) => (StatusCode::SERVICE_UNAVAILABLE, Some(wait)),
        _ => (StatusCode::INTERNAL_SERVER_ERROR, None),
    };
    let error = match wait {
        Some(_) => "temporarily_unavailable",
        None => OauthError::ServerError.as_str(),
    };
    let mut response = json(status, &json!({ "error": error }));
    if let Some(wait) = wait {
        retry_after(&mut response, whole_seconds(wait));
    }
    response
}
