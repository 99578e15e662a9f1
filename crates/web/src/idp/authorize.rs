//! `/oauth2/authorize`: a client sends a browser to have its person signed in. The request is checked and kept; what
//! follows is decided at [`super::proceed`], where the browser's cookies come along however it was sent here.

use actix_web::http::StatusCode;
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use url::form_urlencoded;

use crate::entrance::login::CONTINUE;
use crate::idp::answer;
use crate::kit::context::with_portal;
use crate::kit::{App, Context, Failure, ForeignPost, see_other};
use crate::pages::OauthErrorPage;
use oidc::authorize::{AuthorizeProblem, Response, begin};
use oidc::issuer::lab_issuer;
use oidc::{Params, Refusal};

pub async fn get(app: Data<App>, request: HttpRequest) -> HttpResponse {
    asked(&app, &request, request.query_string().as_bytes()).await
}

pub async fn post(app: Data<App>, request: HttpRequest, posted: ForeignPost) -> HttpResponse {
    asked(&app, &request, posted.body()).await
}

async fn asked(app: &App, request: &HttpRequest, pairs: &[u8]) -> HttpResponse {
    with_portal(app, request, async |context| {
        context.shown_at("");
        context.admit()?;
        let params = match Params::of(form_urlencoded::parse(pairs).into_owned()) {
            Ok(params) => params,
            Err(refusal) => return on_page(context, &refusal),
        };
        match begin(&app.core, context.lab(), &params).await {
            Ok(handle) => Ok(see_other(&format!("{CONTINUE}?request={}", handle.expose()))),
            Err(AuthorizeProblem::OnPage(refusal)) => on_page(context, &refusal),
            Err(AuthorizeProblem::ToClient(back, refusal)) => {
                let issuer = lab_issuer(&app.core, context.lab())?;
                answer::send(context, &Response::refusal(&back, &issuer, &refusal))
            }
            Err(AuthorizeProblem::Fault(fault)) => Err(fault.into()),
        }
    })
    .await
}

pub fn on_page(context: &Context<'_>, refusal: &Refusal) -> Result<HttpResponse, Failure> {
    let page = OauthErrorPage {
        chrome: context.chrome(),
        error: Some((refusal.error.as_str(), refusal.description)),
    };
    context.page(StatusCode::BAD_REQUEST, &page)
}
