//! Around every request: refused where too many are under way or its header is too large, and seen until its answer is gone.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use actix_web::body::{BodySize, BoxBody, EitherBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::{StatusCode, header};
use actix_web::middleware::Next;
use actix_web::{Error, HttpResponse};
use bytes::Bytes;

use super::connection::{Connection, Flow};

/// Bytes of names and values, and of the address. HTTP/1.1 refuses what is beyond 128 KiB by itself, HTTP/2 reads more.
const LARGEST_HEAD: usize = 32 * 1024;

pub async fn watched(
    request: ServiceRequest,
    next: Next<BoxBody>,
) -> Result<ServiceResponse<EitherBody<WatchedBody>>, Error> {
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
    let response = next.call(request).await?;
    Ok(response.map_body(|_, body| EitherBody::left(WatchedBody { body, flow })))
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

/// Waits from the moment at which a piece was handed over to that at which the next is asked for.
pub struct WatchedBody {
    body: BoxBody,
    flow: Flow,
}

impl MessageBody for WatchedBody {
    type Error = <BoxBody as MessageBody>::Error;

    fn size(&self) -> BodySize {
        self.body.size()
    }

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Bytes, Self::Error>>> {
        let this = self.get_mut();
        this.flow.moves();
        let next = ready!(Pin::new(&mut this.body).poll_next(cx));
        this.flow.waits();
        Poll::Ready(next)
    }
}
