//! Around every request: refused where too many are under way or its header is too large, and seen until its answer is
//! gone.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use actix_web::body::{BodySize, BoxBody, EitherBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::{StatusCode, Version, header};
use actix_web::middleware::Next;
use actix_web::{Error, HttpResponse};
use bytes::Bytes;
use tokio::time::Sleep;

use super::connection::{Connection, Flow};

/// Bytes of names and values, and of the address. HTTP/1.1 refuses what is beyond 128 KiB by itself, HTTP/2 reads more.
const LARGEST_HEAD: usize = 32 * 1024;

pub async fn tracked(
    request: ServiceRequest,
    next: Next<BoxBody>,
) -> Result<ServiceResponse<EitherBody<TrackedBody>>, Error> {
    let connection = request.request().conn_data::<Arc<Connection>>().cloned();
    let Some(connection) = connection else {
        return Ok(refuse(request, StatusCode::SERVICE_UNAVAILABLE));
    };
    if head_size(&request) > LARGEST_HEAD {
        return Ok(refuse(request, StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE));
    }
    let Some(flow) = connection.begin() else {
        return Ok(refuse(request, StatusCode::SERVICE_UNAVAILABLE));
    };
    let kept = request.version() <= Version::HTTP_11;
    let response = next.call(request).await?;
    let rest = if kept && is_asked_to_come_back(&response) {
        flow.rest()
    } else {
        None
    };
    Ok(response.map_body(|_, body| EitherBody::left(TrackedBody::new(body, flow, rest))))
}

fn is_asked_to_come_back(response: &ServiceResponse<BoxBody>) -> bool {
    let refused = [StatusCode::SERVICE_UNAVAILABLE, StatusCode::TOO_MANY_REQUESTS].contains(&response.status());
    refused && response.headers().contains_key(header::RETRY_AFTER)
}

fn head_size(request: &ServiceRequest) -> usize {
    let headers = request.headers().iter();
    let lines: usize = headers.map(|(name, value)| name.as_str().len() + value.len()).sum();
    let address = request
        .uri()
        .path_and_query()
        .map_or(0, |address| address.as_str().len());
    lines + address
}

/// In as few bytes and as little time as there can be.
fn refuse<B>(request: ServiceRequest, status: StatusCode) -> ServiceResponse<EitherBody<B>> {
    let mut response = HttpResponse::build(status);
    response.insert_header((header::CACHE_CONTROL, "no-store"));
    if status == StatusCode::SERVICE_UNAVAILABLE {
        response.insert_header((header::RETRY_AFTER, "5"));
    }
    request.into_response(response.finish()).map_into_right_body()
}

/// Waits from when a piece was handed over until the next is requested.
pub struct TrackedBody {
    body: BoxBody,
    flow: Flow,
    /// A client told to come back later has the answer at once, whole, and is not listened to for a while: a flood that
    /// does not care for `Retry-After` would else use the processor up with being refused. Over HTTP/1.1 only: over
    /// HTTP/2 an answer is whole when its stream ends.
    rest: Option<Duration>,
    /// Everything is handed over.
    resting: Option<Pin<Box<Sleep>>>,
}

impl TrackedBody {
    const fn new(body: BoxBody, flow: Flow, rest: Option<Duration>) -> Self {
        Self {
            body,
            flow,
            rest,
            resting: None,
        }
    }
}

impl MessageBody for TrackedBody {
    type Error = <BoxBody as MessageBody>::Error;

    fn size(&self) -> BodySize {
        self.body.size()
    }

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Bytes, Self::Error>>> {
        let this = self.get_mut();
        this.flow.moves();
        if let Some(resting) = &mut this.resting {
            return resting.as_mut().poll(cx).map(|()| None);
        }
        let next = ready!(Pin::new(&mut this.body).poll_next(cx));
        match (&next, this.rest) {
            (None, Some(rest)) => {
                let resting = this.resting.insert(Box::pin(tokio::time::sleep(rest)));
                resting.as_mut().poll(cx).map(|()| None)
            }
            _ => {
                this.flow.waits();
                Poll::Ready(next)
            }
        }
    }
}
