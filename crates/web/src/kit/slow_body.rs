//! How long a portal waits for what is posted to it: a form has a time in all, an upload of a list may take as long as it
//! moves. At a site the LIS's own patience counts (`web/proxy/body.rs`).

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use actix_web::body::BoxBody;
use actix_web::dev::{Payload, ServiceRequest, ServiceResponse};
use actix_web::error::PayloadError;
use actix_web::http::header;
use actix_web::middleware::Next;
use actix_web::web::Data;
use actix_web::{Error, HttpMessage as _};
use bytes::Bytes;
use futures_util::Stream;
use tokio::time::Sleep;

use crate::kit::App;

pub async fn in_time(mut request: ServiceRequest, next: Next<BoxBody>) -> Result<ServiceResponse<BoxBody>, Error> {
    let app = request.app_data::<Data<App>>().cloned();
    if let Some(app) = app.filter(|_| !request.method().is_safe()) {
        let server = &app.core.config.server;
        let (limit, begins_anew) = match is_upload(&request) {
            true => (server.stall(), true),
            false => (server.form(), false),
        };
        let timed = TimedPayload {
            payload: request.take_payload(),
            limit,
            begins_anew,
            timer: None,
        };
        request.set_payload(Payload::Stream {
            payload: Box::pin(timed),
        });
    }
    next.call(request).await
}

fn is_upload(request: &ServiceRequest) -> bool {
    let kind = request.headers().get(header::CONTENT_TYPE);
    kind.is_some_and(|kind| kind.as_bytes().starts_with(b"multipart/form-data"))
}

struct TimedPayload {
    payload: Payload,
    limit: Duration,
    /// With each piece.
    begins_anew: bool,
    timer: Option<Pin<Box<Sleep>>>,
}

impl Stream for TimedPayload {
    type Item = Result<Bytes, PayloadError>;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = self.get_mut();
        if let Poll::Ready(next) = Pin::new(&mut this.payload).poll_next(cx) {
            if this.begins_anew {
                this.timer = None;
            }
            return Poll::Ready(next);
        }
        let limit = this.limit;
        let timer = this.timer.get_or_insert_with(|| Box::pin(tokio::time::sleep(limit)));
        timer.as_mut().poll(cx).map(|()| {
            this.payload = Payload::None;
            Some(Err(PayloadError::Io(io::ErrorKind::TimedOut.into())))
        })
    }
}
