//! The way into a site: `/.vestibule/login` leads to the portal, and with `/.vestibule/enter` its ticket becomes the
//! site's own session, in the browser that requested it.

use actix_web::web::{Data, Query};
use actix_web::{HttpRequest, HttpResponse};
use secrecy::{ExposeSecret as _, SecretString};
use serde::Deserialize;

use super::host::{context, site, to_portal};
use crate::kit::context::add_cookie;
use crate::kit::{App, Failure, cookies, see_other};
use auth::hand_over;
use crypto::token::{PlainToken, TokenKind};
use domain::return_to::SitePath;

#[derive(Debug, Deserialize)]
pub struct Arrival {
    #[serde(default)]
    ticket: SecretString,
    /// It may name a record.
    #[serde(default)]
    to: SecretString,
}

pub async fn get(app: Data<App>, request: HttpRequest, query: Query<Arrival>) -> HttpResponse {
    let found = site(&app, &request).and_then(|site| Some((site, context(&app, &request, site)?)));
    let Some((site, context)) = found else {
        return HttpResponse::MisdirectedRequest().finish();
    };
    context
        .run(async |context| {
            let ticket = PlainToken::parse(TokenKind::Ticket, query.ticket.expose_secret());
            let browser = cookies::token(context.request, cookies::BROWSER, TokenKind::Browser);
            let (Some(ticket), Some(browser)) = (ticket, browser) else {
                return Err(Failure::BadRequest);
            };
            context.admit_begun()?;
            let (core, lab, actor) = (&context.app.core, context.lab(), context.actor());
            let entered = hand_over::enter(core, lab, &site.id, &ticket, &browser, &actor).await?;
            let Some(token) = entered else {
                return Err(Failure::BadRequest);
            };
            let path = SitePath::parse(query.to.expose_secret()).unwrap_or_else(SitePath::root);
            let mut response = see_other(path.as_str());
            add_cookie(&mut response, cookies::set(cookies::SITE, token.expose()));
            context.bind_browser(&mut response);
            Ok(response)
        })
        .await
}

#[derive(Debug, Deserialize)]
pub struct Destination {
    /// It may name a record.
    #[serde(default)]
    to: SecretString,
}

/// Where another proxy sends whoever has to sign in.
pub async fn login(app: Data<App>, request: HttpRequest, query: Query<Destination>) -> HttpResponse {
    let found = site(&app, &request).and_then(|site| Some((site, context(&app, &request, site)?)));
    let Some((site, context)) = found else {
        return HttpResponse::MisdirectedRequest().finish();
    };
    let to = SitePath::parse(query.to.expose_secret()).unwrap_or_else(SitePath::root);
    to_portal(&context, site, to.as_str())
}
