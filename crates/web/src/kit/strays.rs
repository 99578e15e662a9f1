//! Requests that meet no page: unknown addresses, wrong methods, forms that are not forms.

use std::io;

use actix_web::error::{InternalError, PayloadError, UrlencodedError};
use actix_web::http::StatusCode;
use actix_web::web::{Data, FormConfig, QueryConfig};
use actix_web::{HttpRequest, HttpResponse, ResponseError};

use crate::kit::context::with_portal;
use crate::kit::limits::LONGEST_FORM;
use crate::kit::misfit::misfit;
use crate::kit::{App, Failure};
use crate::pages::ErrorKind;

pub async fn not_found(app: Data<App>, request: HttpRequest) -> HttpResponse {
    with_portal(&app, &request, async |_| Err(Failure::NotFound)).await
}

pub async fn method_not_allowed(app: Data<App>, request: HttpRequest) -> HttpResponse {
    with_portal(&app, &request, async |_| Err(Failure::MethodNotAllowed)).await
}

pub fn forms() -> FormConfig {
    FormConfig::default()
        .limit(LONGEST_FORM)
        .error_handler(|error, request| {
            let kind = match (&error, error.status_code()) {
                (UrlencodedError::Payload(PayloadError::Io(fault)), _) if fault.kind() == io::ErrorKind::TimedOut => {
                    ErrorKind::Late
                }
                (_, StatusCode::PAYLOAD_TOO_LARGE) => ErrorKind::TooLarge,
                _ => ErrorKind::BadLink,
            };
            InternalError::from_response(error, misfit(request, kind)).into()
        })
}

pub fn queries() -> QueryConfig {
    QueryConfig::default()
        .error_handler(|error, request| InternalError::from_response(error, misfit(request, ErrorKind::BadLink)).into())
}
