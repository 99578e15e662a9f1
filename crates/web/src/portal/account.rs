//! `/account`: what the person signed in has, and may end.

use actix_web::http::StatusCode;
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use serde::Deserialize;

use crate::entrance::signed_in::{self, with_form};
use crate::entrance::stay;
use crate::kit::context::{add_cookie, with_portal};
use crate::kit::posted::shows_nothing_again;
use crate::kit::{App, Button, Context, Failure, Posted, cookies, see_other};
use crate::pages::{Account, DeviceLine, ServiceLine, SessionLine, SiteLink, Stay};
use auth::consents::ConsentLine;
use auth::provider::links;
use auth::{consents, device, passkeys, profile, recovery, session};
use domain::session::Session;
use kernel::ids::{ClientId, DeviceId, SessionId};

pub const END_ONE: &str = "/account/sessions/end";
pub const FORGET_DEVICE: &str = "/account/devices/forget";
pub const END_SERVICE: &str = "/account/services/end";
pub const END_ALL: &str = "/account/sessions/end-all";

#[derive(Debug, Deserialize)]
pub struct SessionForm {
    /// Of the session to end.
    session: Option<String>,
}

shows_nothing_again!(SessionForm, DeviceForm, ServiceForm);

pub async fn get(app: Data<App>, request: HttpRequest) -> HttpResponse {
    with_portal(&app, &request, async |context| {
        context.shown_at(context.door.home);
        match signed_in::current(context).await? {
            Some(session) => {
                let stayed = context.request.query_string() == stay::STAYED;
                show(context, &session, stayed).await
            }
            None => signed_in::sign_in_first(context).await,
        }
    })
    .await
}

pub async fn post_end_one(app: Data<App>, request: HttpRequest, posted: Posted<SessionForm>) -> HttpResponse {
    with_form(&app, &request, posted, async |context, session, fields| {
        let ended: SessionId = fields
            .session
            .as_deref()
            .and_then(|id| id.parse().ok())
            .ok_or(Failure::BadRequest)?;
        let (core, lab) = (&context.app.core, context.lab());
        session::end(core, lab, session.account, ended, &context.actor()).await?;
        Ok(see_other(context.door.home))
    })
    .await
}

#[derive(Debug, Deserialize)]
pub struct DeviceForm {
    /// The device to forget.
    device: Option<String>,
}

pub async fn post_forget_device(app: Data<App>, request: HttpRequest, posted: Posted<DeviceForm>) -> HttpResponse {
    with_form(&app, &request, posted, async |context, session, fields| {
        let forgotten: DeviceId = fields
            .device
            .as_deref()
            .and_then(|id| id.parse().ok())
            .ok_or(Failure::BadRequest)?;
        let (core, lab) = (&context.app.core, context.lab());
        device::forget(core, lab, session.account, forgotten, &context.actor()).await?;
        Ok(see_other(context.door.home))
    })
    .await
}

#[derive(Debug, Deserialize)]
pub struct ServiceForm {
    /// The service that shall get nothing more.
    service: Option<String>,
}

pub async fn post_end_service(app: Data<App>, request: HttpRequest, posted: Posted<ServiceForm>) -> HttpResponse {
    with_form(&app, &request, posted, async |context, session, fields| {
        let service: ClientId = fields
            .service
            .as_deref()
            .and_then(|id| id.parse().ok())
            .ok_or(Failure::BadRequest)?;
        let (core, lab) = (&context.app.core, context.lab());
        consents::revoke(core, lab, session.account, &service, &context.actor()).await?;
        Ok(see_other(context.door.home))
    })
    .await
}

pub async fn post_end_all(app: Data<App>, request: HttpRequest, posted: Posted<Button>) -> HttpResponse {
    with_form(&app, &request, posted, async |context, session, _| {
        session::end_all(&context.app.core, context.lab(), session.account, &context.actor()).await?;
        let mut response = see_other(context.door.logout);
        add_cookie(&mut response, cookies::clear(cookies::session(context.door)));
        Ok(response)
    })
    .await
}

async fn show(context: &Context<'_>, current: &Session, stayed: bool) -> Result<HttpResponse, Failure> {
    let (core, lab) = (&context.app.core, context.lab());
    let person = profile::lookup(core, lab, current.account)
        .await?
        .ok_or(Failure::NotFound)?;
    let open = session::list(core, lab, current.account).await?;
    let left = recovery::count_left(core, lab, current.account).await?;
    let passkeys = passkeys::list(core, lab, current.account).await?.len();
    let linked = links::list(core, lab, current.account).await?.len();
    let has_links = linked > 0 || !context.providers().is_empty();
    let handles: Vec<String> = open.iter().map(|session| session.id.to_string()).collect();
    let sessions: Vec<SessionLine<'_>> = open
        .iter()
        .zip(&handles)
        .map(|(session, handle)| SessionLine {
            handle,
            device: named(&session.device),
            signed_in_at: session.authenticated_at,
            last_used_at: session.last_used_at,
            is_current: session.id == current.id,
        })
        .collect();
    let known = device::list(core, lab, current.account, &context.visitor()).await?;
    let device_handles: Vec<String> = known.iter().map(|listed| listed.device.id.to_string()).collect();
    let devices: Vec<DeviceLine<'_>> = known
        .iter()
        .zip(&device_handles)
        .map(|(listed, handle)| DeviceLine {
            handle,
            description: named(&listed.device.description),
            trusted_at: listed.device.trusted_at,
            last_used_at: listed.device.last_used_at,
            is_this: listed.is_this,
        })
        .collect();
    let consented = consents::list(core, lab, current.account).await?;
    let sites: Vec<SiteLink<'_>> = context
        .face
        .sites
        .iter()
        .map(|site| SiteLink {
            name: &context.face.lab.name,
            address: &site.origin,
        })
        .collect();
    let page = Account {
        chrome: context.chrome(),
        holder: &format!("{} {}", person.given_name, person.family_name),
        sites: &sites,
        sessions: &sessions,
        passkeys: passkeys as u64,
        links: has_links.then_some(linked as u64),
        devices: &devices,
        services: &service_lines(&consented),
        recovery_codes_left: u64::try_from(left).unwrap_or(0),
        stay: Stay::of(current, core.lifetime(lab), core.now()),
        stayed,
    };
    context.page(StatusCode::OK, &page)
}

fn service_lines(consented: &[ConsentLine]) -> Vec<ServiceLine<'_>> {
    let lines = consented.iter().map(|service| ServiceLine {
        handle: service.client.as_str(),
        name: &service.name,
        claims: &service.claims,
        since: service.since,
    });
    lines.collect()
}

fn named(description: &str) -> Option<&str> {
    Some(description).filter(|description| *description != "?")
}
