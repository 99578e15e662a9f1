//! Which site a request is for, and the way from there to its portal.

use actix_web::{HttpRequest, HttpResponse};
use url::form_urlencoded::byte_serialize;

use crate::kit::faces::Face;
use crate::kit::{App, Context, see_other};
use auth::hand_over;
use config::SiteSection;

/// The site this request is for, by its host.
pub(super) fn site<'a>(app: &'a App, request: &HttpRequest) -> Option<&'a SiteSection> {
    match app.faces.of_request(request.head()) {
        Some(Face::Site(id)) => app.faces.site(id),
        _ => None,
    }
}

pub(super) fn context<'a>(app: &'a App, request: &'a HttpRequest, site: &SiteSection) -> Option<Context<'a>> {
    app.faces
        .lab(&site.lab)
        .map(|face| Context::on_site(app, request, face))
}

/// `path`: where on the site they were going.
pub(super) fn to_portal(context: &Context<'_>, site: &SiteSection, path: &str) -> HttpResponse {
    let to: String = byte_serialize(path.as_bytes()).collect();
    let via = hand_over::browser_mark(context.browser());
    let portal = context.face.lab.portal_origin();
    let mut response = see_other(&format!("{portal}/login?site={}&to={to}&via={via}", site.id));
    context.bind_browser(&mut response);
    response
}
