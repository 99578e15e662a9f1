//! Enrolment: from the lab code on paper to the first sign-in, a page a step.

use actix_web::http::StatusCode;
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;

use crate::entrance::under_way::{self, Begun};
use crate::entrance::{login, rotate, signed_in};
use crate::kit::context::with_portal;
use crate::kit::posted::shows_nothing_again;
use crate::kit::rebuff::Rebuff;
use crate::kit::settlement::{Settlement, settle};
use crate::kit::{App, Context, Failure, Fields, Once, Opened, Posted, once, see_other};
use crate::pages::{
    ActivateError, ActivateStart, ChoosePassword, EnrolError, EnrolTotp, PasswordError, ProviderButton, ProvidersError,
    Qr, Step,
};
use auth::enrolment::{self, Enrolling, Stage};
use auth::recovery;
use auth::session::OpenedSession;
use crypto::token::TokenKind;
use domain::birth_date::BirthDate;
use domain::pending::BindingAuthenticator;
use kernel::ids::ProviderId;
use service::Fault;

const STEPS: u8 = 4;

#[derive(Debug, Deserialize)]
pub struct StartForm {
    #[serde(default)]
    lab_code: SecretString,
    #[serde(default)]
    birth_date: String,
}

/// What was typed on the first page. Of the lab code the page shows what the person has on paper before them.
#[derive(Debug, Default)]
pub struct Typed {
    lab_code: SecretString,
    birth_date: String,
}

impl Fields for StartForm {
    type Again = Typed;

    fn again(&self) -> Typed {
        Typed {
            lab_code: self.lab_code.clone(),
            birth_date: self.birth_date.clone(),
        }
    }
}

#[derive(Debug, Deserialize)]
pub struct CodeForm {
    #[serde(default)]
    code: SecretString,
}

shows_nothing_again!(CodeForm);

pub const fn step(number: u8) -> Option<Step> {
    Some(Step { number, total: STEPS })
}

/// Every address of an enrolment answers with the page of its current step.
pub async fn get(app: Data<App>, request: HttpRequest) -> HttpResponse {
    with_portal(&app, &request, async |context| {
        context.shown_at(context.door.activate);
        match enrolling(context).await? {
            Some(enrolling) => stage_page(context, StatusCode::OK, &enrolling, None, None),
            None if has_codes_to_keep(context).await? => Ok(see_other(context.door.recovery_codes)),
            None if under_way::lookup(context).await? == Begun::Over => {
                let mut response = start_page(context, StatusCode::OK, &Typed::default(), Some(ActivateError::Over))?;
                under_way::forget(context, &mut response);
                Ok(response)
            }
            None => start_page(context, StatusCode::OK, &Typed::default(), None),
        }
    })
    .await
}

/// Of the enrolment that was finished here.
async fn has_codes_to_keep(context: &mut Context<'_>) -> Result<bool, Failure> {
    let Some(session) = signed_in::current(context).await? else {
        return Ok(false);
    };
    let shown = recovery::lookup_shown(&context.app.core, context.realm(), session.id).await?;
    Ok(shown.is_some())
}

pub async fn post(app: Data<App>, request: HttpRequest, posted: Posted<StartForm>) -> HttpResponse {
    with_portal(&app, &request, async |context| {
        context.shown_at(context.door.activate);
        begin(context, posted).await
    })
    .await
}

async fn begin(context: &Context<'_>, posted: Posted<StartForm>) -> Result<HttpResponse, Failure> {
    let admitted = context.admit()?;
    let typed = posted.again();
    let again = |status, error| start_page(context, status, &typed, Some(error));
    let Ok(fields) = posted.open(context, admitted) else {
        return again(StatusCode::FORBIDDEN, ActivateError::Expired);
    };
    let birth_date = BirthDate::parse(&fields.birth_date);
    if birth_date.is_none() && !context.door.is_desk {
        return again(StatusCode::UNPROCESSABLE_ENTITY, ActivateError::BirthDateUnread);
    }
    let actor = context.actor();
    let ended = enrolment::lab_code::begin(context.act(&actor), &fields.lab_code, birth_date).await?;
    match settle(context, ended).await {
        Settlement::Passed(token) => Ok(context.go_on_with(&token, context.door.activate)),
        Settlement::Over => Ok(see_other(context.door.activate)),
        Settlement::Rebuffed(rebuff) => rebuff.answer(again),
    }
}

pub async fn post_password(app: Data<App>, request: HttpRequest, posted: Posted<rotate::Form>) -> HttpResponse {
    with_portal(&app, &request, async |context| {
        context.shown_at(context.door.activate);
        choose_password(context, posted).await
    })
    .await
}

async fn choose_password(context: &Context<'_>, posted: Posted<rotate::Form>) -> Result<HttpResponse, Failure> {
    let admitted = context.admit()?;
    let Some(under_way) = enrolling(context).await? else {
        return Ok(see_other(context.door.activate));
    };
    let shown = EnrolmentView::of(context, &under_way);
    let again = |status, error| password_page(context, status, &shown, Some(error), None);
    let Ok(fields) = posted.open(context, admitted) else {
        return again(StatusCode::FORBIDDEN, PasswordError::Expired);
    };
    let (core, realm) = (&context.app.core, context.realm());
    match enrolment::choose_password(core, realm, under_way, &fields.new_password).await? {
        enrolment::Step::Done(()) | enrolment::Step::Over | enrolment::Step::WrongCode => {
            Ok(see_other(context.door.activate))
        }
        enrolment::Step::Unsuitable(reason) => again(StatusCode::UNPROCESSABLE_ENTITY, rotate::why(reason)),
        enrolment::Step::Busy(wait) => Rebuff::busy(wait).answer(again),
    }
}

pub async fn post_code(app: Data<App>, request: HttpRequest, posted: Posted<CodeForm>) -> HttpResponse {
    once(app, request, posted, async |context, posted| {
        context.shown_at(context.door.activate);
        confirm(context, posted).await
    })
    .await
}

async fn confirm(context: &mut Context<'_>, posted: Once<CodeForm>) -> Result<HttpResponse, Failure> {
    let admitted = context.admit()?;
    let fields = match posted.open(context, admitted).await? {
        Opened::Fields(fields) => Some(fields),
        Opened::Stale(()) => None,
        Opened::Answered(answer) => return Ok(answer),
    };
    let Some(under_way) = enrolling(context).await? else {
        return Ok(see_other(context.door.activate));
    };
    let Some(fields) = fields else {
        let error = Some(EnrolError::Expired);
        return stage_page(context, StatusCode::FORBIDDEN, &under_way, None, error);
    };
    let (actor, browser) = (context.actor(), context.visitor());
    match enrolment::confirm(context.act(&actor), under_way, &fields.code, &browser).await? {
        enrolment::Step::Done(opened) => welcome(context, &opened).await,
        enrolment::Step::WrongCode => {
            let Some(under_way) = enrolling(context).await? else {
                return Ok(see_other(context.door.activate));
            };
            let status = StatusCode::UNPROCESSABLE_ENTITY;
            stage_page(context, status, &under_way, None, Some(EnrolError::WrongCode))
        }
        enrolment::Step::Over | enrolment::Step::Unsuitable(_) | enrolment::Step::Busy(_) => {
            Ok(see_other(context.door.activate))
        }
    }
}

/// To the recovery codes, in the new session.
async fn welcome(context: &mut Context<'_>, opened: &OpenedSession) -> Result<HttpResponse, Failure> {
    login::end_earlier(context).await?;
    let mut response = see_other(context.door.recovery_codes);
    context.let_in(&mut response, opened);
    Ok(response)
}

pub(super) async fn enrolling(context: &Context<'_>) -> Result<Option<Enrolling>, Failure> {
    let Some(token) = context.begun(TokenKind::Pending) else {
        return Ok(None);
    };
    Ok(enrolment::lookup(&context.app.core, context.realm(), &token).await?)
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
        Stage::ChoosingPassword(_) => password_page(
            context,
            status,
            &EnrolmentView::of(context, enrolling),
            password_error,
            None,
        ),
        Stage::BindingAuthenticator(stage) => binding_page(context, status, identifier, stage, code_error),
    }
}

fn start_page(
    context: &Context<'_>,
    status: StatusCode,
    typed: &Typed,
    error: Option<ActivateError>,
) -> Result<HttpResponse, Failure> {
    context.page(
        status,
        &ActivateStart {
            chrome: context.chrome(),
            step: step(1),
            lab_code: typed.lab_code.expose_secret(),
            birth_date: &typed.birth_date,
            error,
        },
    )
}

/// What the page for the password shows of the enrolment.
struct EnrolmentView<'a> {
    identifier: String,
    providers: Vec<ProviderButton<'a>>,
    /// The provider of the identity that is linked at the end.
    noted: Option<String>,
}

impl<'a> EnrolmentView<'a> {
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
        Stage::ChoosingPassword(_) => password_page(
            context,
            status,
            &EnrolmentView::of(context, enrolling),
            None,
            Some(error),
        ),
        Stage::BindingAuthenticator(_) => Ok(see_other(context.door.activate)),
    }
}

fn password_page(
    context: &Context<'_>,
    status: StatusCode,
    shown: &EnrolmentView<'_>,
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
