//! Why a call did not succeed, as problem details (RFC 9457). `code` is for programs, `detail` for their authors.

use actix_web::HttpResponse;
use actix_web::http::{StatusCode, header};
use serde::Serialize;

use crate::kit::answer::retry_after;
use crate::kit::failure::whole_seconds;
use crate::kit::{Context, Failure};
use admin::clients::ClientError;
use domain::authorization::OauthError;
use domain::client::PolicyProblem;
use oidc::Refusal;
use oidc::refusal::ProtocolProblem;
use service::Fault;

#[derive(Clone, Debug)]
pub struct Problem {
    status: StatusCode,
    code: &'static str,
    detail: String,
    problems: Vec<Place>,
    challenge: Option<String>,
}

/// As it leaves.
#[derive(Serialize)]
struct Document<'a> {
    #[serde(rename = "type")]
    kind: &'static str,
    title: &'static str,
    status: u16,
    code: &'static str,
    detail: &'a str,
    /// Each place in the body that cannot stay as it is, with its remedy.
    #[serde(skip_serializing_if = "<[Place]>::is_empty")]
    problems: &'a [Place],
}

#[derive(Clone, Debug, Serialize)]
struct Place {
    place: String,
    remedy: String,
}

impl Problem {
    pub fn new(status: StatusCode, code: &'static str, detail: impl Into<String>) -> Self {
        Self {
            status,
            code,
            detail: detail.into(),
            problems: Vec::new(),
            challenge: None,
        }
    }

    /// With what a client needs to know to come in, for `WWW-Authenticate`.
    #[must_use]
    pub fn challenging(mut self, parameters: impl Into<String>) -> Self {
        self.challenge = Some(parameters.into());
        self
    }

    fn unfit(problems: &[PolicyProblem]) -> Self {
        let place = |PolicyProblem { field, remedy }: &PolicyProblem| Place {
            place: match *field {
                "secret_days" | "overlap_days" => (*field).to_owned(),
                field => format!("policy.{field}"),
            },
            remedy: remedy.clone(),
        };
        let detail = "the values in these places cannot work";
        Self {
            problems: problems.iter().map(place).collect(),
            ..Self::new(StatusCode::UNPROCESSABLE_ENTITY, "unfit", detail)
        }
    }

    fn answer(&self) -> HttpResponse {
        let document = Document {
            kind: "about:blank",
            title: self.status.canonical_reason().unwrap_or_default(),
            status: self.status.as_u16(),
            code: self.code,
            detail: &self.detail,
            problems: &self.problems,
        };
        let mut response = HttpResponse::build(self.status)
            .insert_header((header::CONTENT_TYPE, "application/problem+json"))
            .insert_header((header::CACHE_CONTROL, "no-store"))
            .insert_header((header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
            .body(serde_json::to_string(&document).unwrap_or_default());
        for scheme in ["Bearer", "DPoP"] {
            let told = self
                .challenge
                .as_ref()
                .map(|parameters| format!("{scheme} {parameters}"));
            if let Some(Ok(value)) = told.map(header::HeaderValue::try_from) {
                response.headers_mut().append(header::WWW_AUTHENTICATE, value);
            }
        }
        response
    }
}

/// Told to the caller, or ours to look into.
#[derive(Debug)]
pub enum Declined {
    Problem(Problem),
    Failure(Failure),
}

impl Declined {
    pub fn answer(self, context: &Context<'_>) -> HttpResponse {
        match self {
            Self::Problem(problem) if problem.status == StatusCode::UNAUTHORIZED => {
                // A client that tries tokens is slowed down like any stranger.
                match context.admit() {
                    Ok(_) => problem.answer(),
                    Err(failure) => failed(context, failure),
                }
            }
            Self::Problem(problem) => problem.answer(),
            Self::Failure(failure) => failed(context, failure),
        }
    }
}

fn failed(context: &Context<'_>, failure: Failure) -> HttpResponse {
    let (status, code, wait) = match &failure {
        Failure::TooFast(wait) => (StatusCode::TOO_MANY_REQUESTS, "too_fast", Some(*wait)),
        Failure::Busy(wait) => (StatusCode::SERVICE_UNAVAILABLE, "busy", Some(*wait)),
        _ => (StatusCode::INTERNAL_SERVER_ERROR, "fault", None),
    };
    let detail = match (&failure, wait) {
        (Failure::Fault(fault), _) => format!("our fault; the log has more under {}", context.report(fault)),
        (_, Some(_)) => "try again after the seconds in Retry-After".to_owned(),
        (_, None) => "our fault".to_owned(),
    };
    let mut response = Problem::new(status, code, detail).answer();
    if let Some(wait) = wait {
        retry_after(&mut response, whole_seconds(wait));
    }
    response
}

impl From<Problem> for Declined {
    fn from(problem: Problem) -> Self {
        Self::Problem(problem)
    }
}

impl From<Failure> for Declined {
    fn from(failure: Failure) -> Self {
        Self::Failure(failure)
    }
}

impl From<PolicyProblem> for Declined {
    fn from(problem: PolicyProblem) -> Self {
        Problem::unfit(&[problem]).into()
    }
}

impl From<ProtocolProblem> for Declined {
    fn from(denied: ProtocolProblem) -> Self {
        match denied {
            ProtocolProblem::Refused(refusal) => of_refusal(&refusal).into(),
            ProtocolProblem::Fault(fault) => Self::Failure(fault.into()),
        }
    }
}

fn of_refusal(refusal: &Refusal) -> Problem {
    let (code, description) = (refusal.error.as_str(), refusal.description);
    let problem = |status| Problem::new(status, code, description);
    match refusal.error {
        OauthError::InvalidRequest => problem(StatusCode::BAD_REQUEST),
        _ => problem(StatusCode::UNAUTHORIZED)
            .challenging(format!("error=\"{code}\", error_description=\"{description}\"")),
    }
}

impl From<ClientError> for Declined {
    fn from(error: ClientError) -> Self {
        let detail = error.to_string();
        let (status, code) = match error {
            ClientError::Unfit(problems) => return Problem::unfit(&problems).into(),
            ClientError::Store(fault) => return Self::Failure(fault.into()),
            ClientError::UnknownLab(_) => return Self::Failure(Fault::Broken("a portal without a lab").into()),
            ClientError::Unknown => (StatusCode::NOT_FOUND, "unknown_client"),
            ClientError::Taken => (StatusCode::CONFLICT, "client_taken"),
            ClientError::Disabled => (StatusCode::CONFLICT, "client_disabled"),
            ClientError::NoSecret => (StatusCode::CONFLICT, "no_secret"),
            ClientError::TooManySecrets => (StatusCode::CONFLICT, "too_many_secrets"),
            ClientError::Beyond(_) => (StatusCode::FORBIDDEN, "beyond_scopes"),
        };
        Problem::new(status, code, detail).into()
    }
}

pub fn not_found() -> HttpResponse {
    let detail = "/api/v1/openapi.json names every address";
    Problem::new(StatusCode::NOT_FOUND, "unknown_address", detail).answer()
}

pub fn method_not_allowed(methods: &'static str) -> HttpResponse {
    let detail = format!("this address takes {methods}");
    let mut response = Problem::new(StatusCode::METHOD_NOT_ALLOWED, "unknown_method", detail).answer();
    let allowed = header::HeaderValue::from_static(methods);
    response.headers_mut().insert(header::ALLOW, allowed);
    response
}
