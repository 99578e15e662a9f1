//! JSON in, JSON out.

use actix_web::http::{StatusCode, header};
use actix_web::{HttpRequest, HttpResponse};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::problem::Problem;
use crate::kit::ForeignPost;

/// What arrived, or why it did not.
pub type ArrivedBody = Result<ForeignPost, actix_web::Error>;

/// # Errors
/// It is too long, no JSON, or not of this form.
pub fn read<T: DeserializeOwned>(request: &HttpRequest, arrived: ArrivedBody) -> Result<T, Problem> {
    let posted = whole(arrived)?;
    if !is_json(request) {
        let detail = "send application/json";
        return Err(Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "no_json", detail));
    }
    serde_json::from_slice(posted.body())
        .map_err(|error| Problem::new(StatusCode::BAD_REQUEST, "malformed", error.to_string()))
}

/// As [`read`]; nothing at all is the default.
///
/// # Errors
/// As for [`read`].
pub fn read_or_default<T: DeserializeOwned + Default>(
    request: &HttpRequest,
    arrived: ArrivedBody,
) -> Result<T, Problem> {
    match arrived {
        Ok(posted) if posted.body().is_empty() => Ok(T::default()),
        arrived => read(request, arrived),
    }
}

fn whole(arrived: ArrivedBody) -> Result<ForeignPost, Problem> {
    arrived.map_err(|error| match error.as_response_error().status_code() {
        StatusCode::PAYLOAD_TOO_LARGE => {
            let detail = format!("a body has {} bytes at most", super::LONGEST_BODY);
            Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "too_long", detail)
        }
        _ => Problem::new(
            StatusCode::BAD_REQUEST,
            "incomplete",
            "the body did not arrive whole, or in time",
        ),
    })
}

fn is_json(request: &HttpRequest) -> bool {
    let kind = request.headers().get(header::CONTENT_TYPE);
    let kind = kind.and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    let kind = kind.split(';').next().unwrap_or_default().trim();
    kind.eq_ignore_ascii_case("application/json")
}

pub fn json(status: StatusCode, body: &impl Serialize) -> HttpResponse {
    HttpResponse::build(status)
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .insert_header((header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .json(body)
}
