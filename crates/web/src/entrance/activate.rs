//! Enrolment: from the lab code on paper to the first sign-in, a page a step.

use actix_web::http::StatusCode;
use actix_web::web::{Data, Form};
use actix_web::{HttpRequest, HttpResponse};
use serde::Deserialize;

use crate::entrance::{login, rotate};
use crate::kit::context::{add_cookie, with_portal};
use crate::kit::failure::whole_seconds;
use crate::kit::{App, Context, Failure, cookies, see_other};
use crate::pages::{
    ActivateError, ActivateStart, ChoosePassword, EnrolError, EnrolTotp, PasswordError, ProviderButton, ProvidersError,
    Qr, RecoveryCodes, Step,
};
use auth::enrol::{self, Enrolled, Enrolling, Stage};
use crypto::token::TokenKind;
use domain::birth_date::BirthDate;
use domain::pending::BindingAuthenticator;
use kernel::ids::ProviderId;
use service::Fault;

const STEPS: u8 = 4;

#[derive(Deserialize)]
pub struct StartFields {
    #[serde(default)]
    lab_code: String,
    #[serde(default)]
    birth_date: String,
    #[serde(default)]
    csrf: String,
}

#[derive(Deserialize)]
pub struct CodeFields {
    #[serde(default)]
    code: String,
    #[serde(default)]
    csrf: String,
}

impl std::fmt::Debug for StartFields {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("StartFields(..)")
    }
}

impl std::fmt::Debug for CodeFields {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("CodeFields(..)")
    }
}

pub const fn step(number: u8) -> Option<Step> {
    Some(Step { number, total: STEPS })
}

/// Wherever the enrolment stands, its page is the answer to every address of it.
pub async fn get(app: Data<App>, request: HttpRequest) -> HttpResponse {
    with_portal(&app, &request, async |context| {
        context.shown_at(context.door.activate);
        match enrolling(context).await? {
            Some(enrolling) => stage_page(context, StatusCode::OK, &enrolling, None, None),
            None => start_page(context, StatusCode::OK, "", "", None),
        }
    })
    .await
}

pub async fn post(app: Data<App>, request: HttpRequest, fields: Form<StartFields>) -> HttpResponse {
    with_portal(&app, &request, async |context| {
        context.shown_at(context.door.activate);
        begin(context, &fields).await
    })
    .await
}

async fn begin(context: &Context<'_>, fields: &StartFields) -> Result<HttpResponse, Failure> {
    context.admit()?;
    let (code, typed) = (fields.lab_code.as_str(), fields.birth_date.as_str());
    if !context.made_form(&fields.csrf) {
        return start_page(
            context,
            StatusCode::FORBIDDEN,
            code,
            typed,
            Some(ActivateError::Expired),
        );
    }
    let birth_date = BirthDate::parse(typed);
    if birth_date.is_none() && !context.door.is_desk {
        let status = StatusCode::UNPROCESSABLE_ENTITY;
        return start_page(context, status, code, typed, Some(ActivateError::BirthDateUnread));
    }
    let core = &context.app.core;
    match enrol::begin(core, context.realm(), code, birth_date, &context.actor()).await? {
        Some(token) => {
            let mut response = see_other(context.door.activate);
            add_cookie(
                &mut response,
                cookies::set(cookies::pending(context.door), token.expose()),
            );
            Ok(response)
        }
        None => {
            context.wait_for_floor().await;
            start_page(
                context,
                StatusCode::UNAUTHORIZED,
                code,
                typed,
                Some(ActivateError::Refused),
            )
        }
    }
}

pub async fn post_password(app: Data<App>, request: HttpRequest, fields: Form<rotate::Fields>) -> HttpResponse {
    with_portal(&app, &request, async |context| {
        context.shown_at(context.door.activate);
        choose_password(context, &fields).await
    })
    .await
}

async fn choose_password(context: &Context<'_>, fields: &rotate::Fields) -> Result<HttpResponse, Failure> {
    context.admit()?;
    let Some(under_way) = enrolling(context).await? else {
        return Ok(see_other(context.door.activate));
    };
    let shown = Shown::of(context, &under_way);
    let again = |status, error| password_page(context, status, &shown, Some(error), None);
    if !context.made_form(&fields.csrf) {
        return again(StatusCode::FORBIDDEN, PasswordError::Expired);
    }
    match enrol::choose_password(&context.app.core, context.realm(), under_way, &fields.new_password).await? {
        enrol::Step::Done(()) | enrol::Step::Over | enrol::Step::WrongCode => Ok(see_other(context.door.activate)),
        enrol::Step::Unsuitable(reason) => again(StatusCode::UNPROCESSABLE_ENTITY, rotate::why(reason)),
        enrol::Step::Busy(wait) => {
            let error = PasswordError::Busy {
                seconds: whole_seconds(wait),
            };
            again(StatusCode::SERVICE_UNAVAILABLE, error)
        }
    }
}

pub async fn post_code(app: Data<App>, request: HttpRequest, fields: Form<CodeFields>) -> HttpResponse {
    with_portal(&app, &request, async |context| {
        context.shown_at(context.door.activate);
        confirm(context, &fields).await
    })
    .await
}

async fn confirm(context: &mut Context<'_>, fields: &CodeFields) -> Result<HttpResponse, Failure> {
    context.admit()?;
    let Some(under_way) = enrolling(context).await? else {
        return Ok(see_other(context.door.activate));
    };
    if !context.made_form(&fields.csrf) {
        let error = Some(EnrolError::Expired);
        return stage_page(context, StatusCode::FORBIDDEN, &under_way, None, error);
    }
    let (core, lab) = (&context.app.core, context.realm());
    let (actor, browser) = (context.actor(), context.visitor());
    match enrol::confirm(core, lab, under_way, &fields.code, &actor, &browser).await? {
        enrol::Step::Done(enrolled) => welcome(context, &enrolled).await,
        enrol::Step::WrongCode => {
            let Some(under_way) = enrolling(context).await? else {
                return Ok(see_other(context.door.activate));
            };
            let status = StatusCode::UNPROCESSABLE_ENTITY;
            stage_page(context, status, &under_way, None, Some(EnrolError::WrongCode))
        }
        enrol::Step::Over | enrol::Step::Unsuitable(_) | enrol::Step::Busy(_) => Ok(see_other(context.door.activate)),
    }
}

/// The recovery codes are in this answer and nowhere else, so nothing in its header leads away from them.
async fn welcome(context: &mut Context<'_>, enrolled: &Enrolled) -> Result<HttpResponse, Failure> {
    login::end_earlier(context).await?;
    context.signed_in = false;
    context.shown_at("");
    let codes: Vec<String> = enrolled.recovery_codes.iter().map(|code| code.to_string()).collect();
    let page = RecoveryCodes {
        chrome: context.chrome(),
        step: step(4),
        next: context.door.home,
        codes: &codes,
    };
    let mut response = context.page(StatusCode::OK, &page)?;
    context.let_in(&mut response, &enrolled.opened);
    Ok(response)
}

pub(super) async fn enrolling(context: &Context<'_>) -> Result<Option<Enrolling>, Failure> {
    let Some(token) = cookies::token(context.request, cookies::pending(context.door), TokenKind::Pending) else {
        return Ok(None);
    };
    Ok(enrol::find(&context.app.core, context.realm(), &token).await?)
}

fn stage_page(
    context: &Context<'_>,
    status: StatusCode,
    enrolling: &Enrolling,
    password_error: Option<PasswordError>,
    code_error: Option<EnrolError>,
) -> Result<HttpResponse, Failure> {
    let identifier = &enrolling.person.identifier;
    match &enrolling.stage {
        Stage::ChoosingPassword(_) => {
            password_page(context, status, &Shown::of(context, enrolling), password_error, None)
        }
        Stage::BindingAuthenticator(stage) => binding_page(context, status, identifier, stage, code_error),
    }
}

fn start_page(
    context: &Context<'_>,
    status: StatusCode,
    lab_code: &str,
    birth_date: &str,
    error: Option<ActivateError>,
) -> Result<HttpResponse, Failure> {
    context.page(
        status,
        &ActivateStart {
            chrome: context.chrome(),
            step: step(1),
            lab_code,
            birth_date,
            error,
        },
    )
}

/// What the page for the password shows of the enrolment.
struct Shown<'a> {
    identifier: String,
    providers: Vec<ProviderButton<'a>>,
    /// The provider of the identity that is linked at the end.
    noted: Option<String>,
}

impl<'a> Shown<'a> {
    fn of(context: &Context<'a>, enrolling: &Enrolling) -> Self {
        let name_of = |id: &ProviderId| {
            let provider = context.face.lab.provider(id);
            provider.map_or_else(|| id.to_string(), |provider| provider.name.clone())
        };
        Self {
            identifier: enrolling.person.identifier.clone(),
            providers: match enrolling.errand() {
                Some(_) => context.providers(),
                None => Vec::new(),
            },
            noted: enrolling.identity().map(|identity| name_of(identity.provider())),
        }
    }
}

/// The page of an enrolment whose holder comes back from a provider without an identity to link.
pub(super) fn not_noted(
    context: &Context<'_>,
    status: StatusCode,
    enrolling: &Enrolling,
    error: ProvidersError<'_>,
) -> Result<HttpResponse, Failure> {
    match enrolling.stage {
        Stage::ChoosingPassword(_) => password_page(context, status, &Shown::of(context, enrolling), None, Some(error)),
        Stage::BindingAuthenticator(_) => Ok(see_other(context.door.activate)),
    }
}

fn password_page(
    context: &Context<'_>,
    status: StatusCode,
    shown: &Shown<'_>,
    error: Option<PasswordError>,
    not_noted: Option<ProvidersError<'_>>,
) -> Result<HttpResponse, Failure> {
    let page = ChoosePassword {
        chrome: context.chrome(),
        step: step(2),
        action: context.door.activate_password,
        identifier: &shown.identifier,
        providers: &shown.providers,
        noted: shown.noted.as_deref(),
        not_noted,
        error,
    };
    context.page(status, &page)
}

fn binding_page(
    context: &Context<'_>,
    status: StatusCode,
    identifier: &str,
    stage: &BindingAuthenticator,
    error: Option<EnrolError>,
) -> Result<HttpResponse, Failure> {
    let damaged = || Failure::Fault(Fault::Broken("a pending authenticator is damaged"));
    let seed = stage.seed().ok_or_else(damaged)?;
    let otpauth_url = seed
        .otpauth(&context.face.lab.name, identifier)
        .map_err(|_| damaged())?;
    let page = EnrolTotp {
        chrome: context.chrome(),
        step: step(3),
        action: context.door.activate_code,
        otpauth_url: &otpauth_url,
        qr: Qr::of(&otpauth_url).ok(),
        secret: &seed.base32(),
        error,
    };
    context.page(status, &page)
}
