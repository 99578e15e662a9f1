//! A site's host: `/.vestibule/…` is ours, everything else goes to the gate.

use std::collections::HashMap;
use std::sync::Arc;

use actix_web::http::header::{HeaderMap, UPGRADE};
use actix_web::http::{Method, StatusCode};
use actix_web::web::{Data, Payload, ServiceConfig, get, head, resource, route, scope};
use actix_web::{HttpRequest, HttpResponse};

use super::host::{context, site, to_portal};
use super::{Asker, ProxyProblem, Site, SiteGate, enter, forward, keys};
use crate::kit::{App, Context, Failure, cookies, see_other};
use crate::pages::{self, ErrorKind};
use auth::session;
use config::SiteSection;
use crypto::token::TokenKind;
use domain::audit::{Event, GateCause};
use gate::decision::Refusal;
use gate::visitor::Visitor;
use kernel::ids::SiteId;
use machinery::metrics::GateResult;
use machinery::visits::Visit;
use service::audit;

/// A worker's own ways into the sites.
struct Gates(HashMap<SiteId, SiteGate>);

pub fn configure(service: &mut ServiceConfig, sites: &HashMap<SiteId, Arc<Site>>) {
    let gates = sites
        .iter()
        .map(|(id, site)| (id.clone(), SiteGate::new(Arc::clone(site))))
        .collect();
    service
        .app_data(Data::new(Gates(gates)))
        .service(scope("/.vestibule").configure(ours))
        .default_service(route().to(gate));
}

/// Under one prefix, so that the LIS's URLs are compared with that alone.
fn ours(service: &mut ServiceConfig) {
    service
        .service(resource("/enter").route(get().to(enter::get)))
        .service(resource("/login").route(get().to(enter::login)))
        .service(
            resource("/jwks.json")
                .route(get().to(keys::get))
                .route(head().to(keys::get)),
        )
        .service(
            resource("/static/{name}")
                .route(get().to(asset))
                .route(head().to(asset)),
        )
        .service(resource("/account").route(get().to(account)))
        .default_service(route().to(not_ours));
}

async fn gate(app: Data<App>, gates: Data<Gates>, request: HttpRequest, payload: Payload) -> HttpResponse {
    let found =
        site(&app, &request).and_then(|site| Some((site, gates.0.get(&site.id)?, context(&app, &request, site)?)));
    let Some((site, gate, mut context)) = found else {
        return HttpResponse::MisdirectedRequest().finish();
    };
    let visit = match visit(&context, site).await {
        Ok(visit) => visit,
        Err(failure) => return context.failed(failure),
    };
    context.signed_in = visit.is_some();
    let visitor = visit.as_deref().map(visitor);
    let asker = Asker {
        visitor: visitor.as_ref(),
        reading: visit.as_deref().map(|visit| &*visit.reading),
        client: context.client,
        now: app.core.now(),
    };
    match forward(gate, asker, &request, payload).await {
        Ok(response) => {
            app.core.metrics.gate_answered(GateResult::permitted);
            response
        }
        Err(refused) => {
            if let (Some(visit), Some(cause)) = (&visit, cause(&refused)) {
                write_down(&context, site, visit, cause).await;
            }
            refuse(&context, site, refused)
        }
    }
}

/// What a signed-in person was refused; strangers are asked to sign in and leave no trace.
pub(super) const fn cause(refused: &ProxyProblem) -> Option<GateCause> {
    match refused {
        ProxyProblem::Gate(Refusal::OtherRecord) => Some(GateCause::OtherRecord),
        ProxyProblem::Gate(Refusal::Unmapped) => Some(GateCause::Unmapped),
        ProxyProblem::Gate(Refusal::Ambiguous(_)) => Some(GateCause::Ambiguous),
        ProxyProblem::Gate(Refusal::MethodNotAllowed) => Some(GateCause::Method),
        _ => None,
    }
}

pub(super) async fn write_down(context: &Context<'_>, site: &SiteSection, visit: &Visit, cause: GateCause) {
    let event = Event::GateRefused {
        site: site.id.clone(),
        cause,
    };
    let (core, account) = (&context.app.core, visit.session.account);
    if cause == GateCause::OtherRecord {
        core.detector
            .other_record(context.lab(), account, &core.config.alerts, core.now());
    }
    let written = audit::record_alone(core, context.lab(), &context.actor(), Some(account), event).await;
    if let Err(fault) = written {
        tracing::error!(site = %site.id, %fault, "a refusal at the gate could not be written down");
    }
}

pub(super) async fn visit(context: &Context<'_>, site: &SiteSection) -> Result<Option<Arc<Visit>>, Failure> {
    let Some(token) = cookies::token(context.request, cookies::SITE, TokenKind::SiteSession) else {
        return Ok(None);
    };
    context.admit_session()?;
    let visit = session::recognise_at_site(&context.app.core, context.lab(), &site.id, &token).await;
    context.session_checked();
    Ok(visit?)
}

pub(super) fn visitor(visit: &Visit) -> Visitor {
    let session = &visit.session;
    Visitor {
        session: session.id,
        account: session.account,
        subject: Arc::clone(&visit.subject),
        records: Arc::clone(&visit.records),
        authenticated_at: session.authenticated_at,
        amr: session.means.amr().into(),
    }
}

fn refuse(context: &Context<'_>, site: &SiteSection, refused: ProxyProblem) -> HttpResponse {
    let metrics = &context.app.core.metrics;
    let kind = match refused {
        ProxyProblem::Gate(Refusal::SignInNeeded) => {
            metrics.gate_answered(GateResult::sign_in_needed);
            return ask_to_sign_in(context, site);
        }
        ProxyProblem::UpstreamUnreachable(reason) => {
            metrics.gate_answered(GateResult::upstream_failed);
            tracing::warn!(site = %site.id, %reason, "the LIS cannot be reached");
            return context.error(ErrorKind::Unreachable);
        }
        ProxyProblem::UpstreamSlow => {
            metrics.gate_answered(GateResult::upstream_failed);
            tracing::warn!(site = %site.id, "the LIS did not answer in time");
            return context.error(ErrorKind::Slow);
        }
        ProxyProblem::Fault(fault) => return context.failed(Failure::Fault(fault.into())),
        ProxyProblem::Gate(Refusal::Ambiguous(_)) | ProxyProblem::BodyIncomplete => ErrorKind::BadLink,
        ProxyProblem::Gate(Refusal::Unmapped) => ErrorKind::NotFound,
        ProxyProblem::Gate(Refusal::OtherRecord) => ErrorKind::NotYours,
        ProxyProblem::Gate(Refusal::MethodNotAllowed) => ErrorKind::MethodNotAllowed,
    };
    metrics.gate_answered(GateResult::refused);
    context.error(kind)
}

/// A person who opened a page is led to the portal and back; a script gets a plain 401.
fn ask_to_sign_in(context: &Context<'_>, site: &SiteSection) -> HttpResponse {
    let request = context.request;
    if !is_page(request.method(), request.headers()) {
        return HttpResponse::build(StatusCode::UNAUTHORIZED)
            .insert_header(("Cache-Control", "no-store"))
            .finish();
    }
    let path = request.uri().path_and_query().map_or("/", |path| path.as_str());
    to_portal(context, site, path)
}

/// Is it a person who opens a page, and no script, image or form?
pub(super) fn is_page(method: &Method, headers: &HeaderMap) -> bool {
    let says = |name: &str, word: &str| {
        headers
            .get(name)
            .and_then(|value| value.to_str().ok())
            .is_some_and(|value| value.contains(word))
    };
    let by_script = headers.contains_key("X-Requested-With") || headers.contains_key(UPGRADE) || says("Accept", "json");
    method.is_safe()
        && match headers.get("Sec-Fetch-Mode") {
            Some(mode) => mode == "navigate",
            None => !by_script,
        }
}

async fn asset(name: actix_web::web::Path<String>) -> HttpResponse {
    crate::kit::answer::asset(pages::asset(&name))
}

/// From a LIS page to the portal: the place to sign out.
async fn account(app: Data<App>, request: HttpRequest) -> HttpResponse {
    let context = site(&app, &request).and_then(|site| context(&app, &request, site));
    context.map_or_else(
        || HttpResponse::MisdirectedRequest().finish(),
        |context| see_other(&format!("{}/account", context.face.lab.portal_origin())),
    )
}

async fn not_ours(app: Data<App>, request: HttpRequest) -> HttpResponse {
    let context = site(&app, &request).and_then(|site| context(&app, &request, site));
    context.map_or_else(
        || HttpResponse::MisdirectedRequest().finish(),
        |context| context.error(ErrorKind::NotFound),
    )
}
