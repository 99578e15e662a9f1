//! `/forward-auth/NAME` on the internal listener: the gate's decision for another proxy, which then lets the request
//! through or not. The same rules as at our own gate; nothing of the request's body is seen.

use std::collections::HashMap;
use std::sync::Arc;

use actix_web::http::StatusCode;
use actix_web::http::header::{CACHE_CONTROL, HeaderValue, LOCATION};
use actix_web::web::{Data, Path, ServiceConfig, resource, route};
use actix_web::{HttpRequest, HttpResponse};
use url::form_urlencoded::byte_serialize;

use super::Site;
use super::service::{cause, is_page, visit, visitor, write_down};
use crate::kit::faces::Face;
use crate::kit::{App, Context};
use config::SiteSection;
use domain::record::RecordNumber;
use gate::decision::{Permit, Refusal, admit};
use gate::headers::ASSERTION;
use gate::question::{Carrier, Proxy, Question};
use gate::request::{Ambiguity, NormalizedRequest};
use gate::visitor::Visitor;
use kernel::ids::SiteId;
use machinery::metrics::GateResult;

type Sites = HashMap<SiteId, Arc<Site>>;

pub fn configure(service: &mut ServiceConfig, sites: &Arc<Sites>) {
    service
        .app_data(Data::from(Arc::clone(sites)))
        .service(resource("/forward-auth/{proxy}").route(route().to(asked)))
        // Envoy puts the browser's own path behind it.
        .service(resource("/forward-auth/envoy{target:/.*}").route(route().to(asked_by_envoy)));
}

async fn asked(app: Data<App>, sites: Data<Sites>, request: HttpRequest, name: Path<String>) -> HttpResponse {
    match Proxy::named(&name) {
        Some(proxy) => answer(proxy, &app, &sites, &request).await,
        None => HttpResponse::NotFound().finish(),
    }
}

async fn asked_by_envoy(app: Data<App>, sites: Data<Sites>, request: HttpRequest) -> HttpResponse {
    answer(Proxy::Envoy, &app, &sites, &request).await
}

/// Whether a request may pass, and what the proxy says to whoever sent it if not.
enum Verdict {
    /// With the assertion, which is empty where nobody is named to the LIS.
    Pass(Arc<str>),
    /// To this address, if a person opened a page.
    SignIn(Option<String>),
    Denied,
}

async fn answer(proxy: Proxy, app: &App, sites: &Sites, request: &HttpRequest) -> HttpResponse {
    let Some((question, site, section)) = question(proxy, app, sites, request) else {
        app.core.metrics.gate_answered(GateResult::refused);
        return respond(proxy, Verdict::Denied);
    };
    let Some(face) = app.faces.lab(&section.lab) else {
        return respond(proxy, Verdict::Denied);
    };
    let context = Context::on_site(app, request, face);
    let visit = match visit(&context, section).await {
        Ok(visit) => visit,
        Err(failure) => return context.failed(failure),
    };
    let visitor = visit.as_deref().map(visitor);
    let verdict = match decide(site, &question, visitor.as_ref()) {
        Ok(permit) => {
            if let Some(visit) = &visit {
                visit.reading.note(permit.record().map(RecordNumber::as_str));
            }
            match site.assertion(&permit, app.core.now()) {
                Ok(assertion) => Verdict::Pass(assertion.unwrap_or_else(|| Arc::from(""))),
                Err(fault) => {
                    tracing::error!(site = %section.id, %fault, "no assertion could be signed");
                    Verdict::Denied
                }
            }
        }
        Err(Refusal::SignInNeeded) => {
            let is_page = is_page(&question.method, request.headers());
            Verdict::SignIn(is_page.then(|| sign_in(section, &question)))
        }
        Err(refusal) => {
            if let (Some(visit), Some(cause)) = (&visit, cause(&refusal.into())) {
                write_down(&context, section, visit, cause).await;
            }
            Verdict::Denied
        }
    };
    app.core.metrics.gate_answered(match verdict {
        Verdict::Pass(_) => GateResult::permitted,
        Verdict::SignIn(_) => GateResult::sign_in_needed,
        Verdict::Denied => GateResult::refused,
    });
    respond(proxy, verdict)
}

/// What was asked, if it is clear, about a site of ours, and by a proxy that may ask about it.
fn question<'a>(
    proxy: Proxy,
    app: &'a App,
    sites: &'a Sites,
    request: &HttpRequest,
) -> Option<(Question, &'a Arc<Site>, &'a SiteSection)> {
    let target = request.uri().path_and_query().map_or("", |target| target.as_str());
    let carrier = Carrier {
        method: request.method(),
        target: target.strip_prefix("/forward-auth/envoy").unwrap_or_default(),
        headers: request.headers(),
    };
    let question = match Question::read(proxy, carrier) {
        Ok(question) => question,
        Err(unclear) => {
            log(app, &format!("{proxy:?} asked what cannot be answered: {unclear}"));
            return None;
        }
    };
    let Some(Face::Site(id)) = app.faces.of_authority(&question.authority) else {
        log(app, &format!("{proxy:?} asked about a host that is no site"));
        return None;
    };
    let (site, section) = (sites.get(id)?, app.faces.site(id)?);
    if !request.peer_addr().is_some_and(|peer| section.is_asked_from(peer.ip())) {
        log(
            app,
            &format!("site {id}: somebody asks whom forward_auth_from does not name"),
        );
        return None;
    }
    Some((question, site, section))
}

fn log(app: &App, what: &str) {
    if app.unanswered_questions.is_due(app.core.now()) {
        tracing::warn!(what, "forward-auth: a question was refused");
    }
}

fn decide(site: &Site, question: &Question, visitor: Option<&Visitor>) -> Result<Permit, Refusal> {
    let request = question.request()?;
    if request.segments().first().is_some_and(|first| first == ".vestibule") {
        return Err(Refusal::Unmapped);
    }
    let permitted = admit(site.rules(), request, visitor)?;
    if is_bound_by_its_body(permitted.request(), permitted.permit()) {
        return Err(Ambiguity::UnexpectedBody.into());
    }
    site.learn(&permitted);
    Ok(permitted.permit().clone())
}

/// A form could name another record than the URL does, and no proxy shows it to us.
fn is_bound_by_its_body(request: &NormalizedRequest, permit: &Permit) -> bool {
    permit.compared_record().is_some() && !request.method().is_safe()
}

/// On the site itself, where the proxy leads to us: so the browser gets its cookie from us and not through the proxy.
fn sign_in(section: &SiteSection, question: &Question) -> String {
    let to: String = byte_serialize(question.target().as_bytes()).collect();
    format!("{}/.vestibule/login?to={to}", section.origin)
}

/// nginx knows 2xx, 401 and 403 only; the others pass on what they are told.
fn respond(proxy: Proxy, verdict: Verdict) -> HttpResponse {
    let (status, assertion, location) = match verdict {
        Verdict::Pass(assertion) => (StatusCode::OK, assertion, None),
        Verdict::SignIn(Some(to)) if proxy != Proxy::Nginx => (StatusCode::SEE_OTHER, Arc::from(""), Some(to)),
        Verdict::SignIn(to) => (StatusCode::UNAUTHORIZED, Arc::from(""), to),
        Verdict::Denied => (StatusCode::FORBIDDEN, Arc::from(""), None),
    };
    let mut response = HttpResponse::build(status);
    response.insert_header((CACHE_CONTROL, HeaderValue::from_static("no-store")));
    // Set in every answer, so that a proxy which copies it overwrites what a browser sent under its name.
    response.insert_header((ASSERTION, &*assertion));
    if let Some(location) = location {
        response.insert_header((LOCATION, location));
    }
    response.finish()
}
