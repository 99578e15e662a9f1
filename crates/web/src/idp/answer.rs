//! The answer to a client travels through the browser: in the query of its address, or in a form.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use url::Url;

use crate::kit::{Context, Failure, see_other};
use crate::pages::FormPost;
use domain::authorization::ResponseMode;
use oidc::authorize::Response;

/// # Errors
/// The page cannot be written.
pub fn send(context: &mut Context<'_>, response: &Response) -> Result<HttpResponse, Failure> {
    if response.mode == ResponseMode::Query {
        return Ok(see_other(&response.location()));
    }
    // If requested again, the request would be over.
    context.shown_at("");
    if let Ok(url) = Url::parse(&response.redirect_uri) {
        context.leads_to(&url.origin().ascii_serialization());
    }
    let page = FormPost {
        chrome: context.chrome(),
        action: &response.redirect_uri,
        fields: &response.fields,
    };
    context.page(StatusCode::OK, &page)
}
