//! Connections to the LIS: HTTP/1.1, kept open and used again, never shared by two requests at a time.
//!
//! No redirect is followed and nothing is decompressed: both are the browser's business.

use std::fmt;
use std::pin::pin;
use std::rc::Rc;

use actix_web::HttpResponse;
use actix_web::body::{BoxBody, MessageBody, None as NoBody};
use actix_web::http::header::{CONTENT_LENGTH, HeaderMap, HeaderName, HeaderValue};
use actix_web::http::{Method, StatusCode};
use hyper::body::{Body as _, Incoming};
use hyper::client::conn::http1::SendRequest;
use hyper::{Request, Response};
use tokio::time::timeout;

use crate::proxy::endpoint::{Endpoint, Link};
use crate::proxy::pool::{Lease, Pool};
use crate::proxy::request_body::{Progress, RequestBody};
use crate::proxy::response_body::{AnnouncedLength, ResponseBody};
use crate::proxy::upstream_fault::UpstreamFault;

/// A worker's connections to one LIS.
pub struct Upstream {
    endpoint: Endpoint,
    pool: Rc<Pool>,
}

/// The LIS's answer: its head as received, its body still to come.
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    body: ResponseBody,
    ended: bool,
}

/// A request but for its body.
#[derive(Clone, Copy)]
pub struct RequestHead<'a> {
    pub method: &'a Method,
    pub target: &'a str,
    pub headers: &'a HeaderMap,
}

impl RequestHead<'_> {
    /// Puts a request together; fails only for a method or target that HTTP cannot carry.
    fn with(self, body: RequestBody) -> Result<Request<RequestBody>, UpstreamFault> {
        let mut builder = Request::builder().method(self.method.as_str()).uri(self.target);
        for (name, value) in self.headers {
            builder = builder.header(name.as_str(), value.as_bytes());
        }
        if body.is_empty() && [Method::POST, Method::PUT, Method::PATCH].contains(self.method) {
            // Some servers answer 411 to such a method without a length.
            builder = builder.header("content-length", "0");
        }
        builder.body(body).map_err(|fault| UpstreamFault::unreachable(&fault))
    }
}

impl Upstream {
    pub fn new(endpoint: Endpoint) -> Self {
        Self {
            endpoint,
            pool: Rc::default(),
        }
    }

    /// Sends over a kept connection, or a new one. A kept connection may turn out to be closed: then a request that was
    /// not sent yet, or one that may be repeated (`GET` and `HEAD`) and was answered with nothing at all, goes out once
    /// more, over a new one.
    pub async fn send(&self, head: RequestHead<'_>, body: RequestBody) -> Result<Answer, UpstreamFault> {
        let progress = body.progress();
        let repeatable = body.is_empty() && [Method::GET, Method::HEAD].contains(head.method);
        let mut request = head.with(body)?;
        progress.restart();
        if let Some(mut link) = self.pool.take() {
            link.heard.set(false);
            let sent = self.exchange(&mut link.sender, request, &progress).await?;
            let mut failed = match sent {
                Ok(response) => return self.answer(response, link),
                Err(failed) => failed,
            };
            request = match failed.take_message() {
                _ if progress.failed() => return Err(failure(&progress, failed.error())),
                Some(unsent) => unsent,
                None if repeatable && !link.heard.get() => {
                    head.with(RequestBody::empty(self.endpoint.response_timeout()))?
                }
                None => return Err(failure(&progress, failed.error())),
            };
        }
        let mut link = self.endpoint.connect().await?;
        progress.restart();
        let sent = self.exchange(&mut link.sender, request, &progress).await?;
        let response = sent.map_err(|failed| failure(&progress, failed.error()))?;
        self.answer(response, link)
    }

    async fn exchange(
        &self,
        sender: &mut SendRequest<RequestBody>,
        request: Request<RequestBody>,
        progress: &Progress,
    ) -> Result<Result<Response<Incoming>, Failed>, UpstreamFault> {
        let mut answer = pin!(sender.try_send_request(request));
        loop {
            let rest = self.endpoint.response_timeout().saturating_sub(progress.silent_for());
            match timeout(rest, &mut answer).await {
                Ok(answer) => return Ok(answer),
                Err(_) if progress.silent_for() >= self.endpoint.response_timeout() => return Err(UpstreamFault::Slow),
                Err(_) => {}
            }
        }
    }

    fn answer(&self, response: Response<Incoming>, link: Link) -> Result<Answer, UpstreamFault> {
        let (head, incoming) = response.into_parts();
        let status = StatusCode::from_u16(head.status.as_u16()).map_err(|fault| UpstreamFault::unreachable(&fault))?;
        if status.is_informational() {
            return Err(UpstreamFault::Unreachable(format!("an unasked-for {status}")));
        }
        let mut headers = HeaderMap::with_capacity(head.headers.len());
        for (name, value) in &head.headers {
            let name = HeaderName::from_bytes(name.as_str().as_bytes());
            if let (Ok(name), Ok(value)) = (name, HeaderValue::from_bytes(value.as_bytes())) {
                headers.append(name, value);
            }
        }
        let ended = incoming.is_end_stream();
        let lease = Lease::new(link, &self.pool);
        let mut body = ResponseBody::new(incoming, lease, self.endpoint.response_timeout());
        if ended {
            body.end();
        }
        Ok(Answer {
            status,
            headers,
            body,
            ended,
        })
    }
}

type Failed = hyper::client::conn::TrySendError<Request<RequestBody>>;

fn failure(progress: &Progress, fault: &hyper::Error) -> UpstreamFault {
    if progress.failed() {
        UpstreamFault::BodyIncomplete
    } else {
        UpstreamFault::unreachable(fault)
    }
}

impl Answer {
    /// Adds the body to a head, with the length that the LIS announced if there is nothing to count.
    pub fn finish(self, to_head: bool) -> HttpResponse {
        let mut response = HttpResponse::build(self.status);
        let announced = self.headers.get(CONTENT_LENGTH);
        let body = if self.status == StatusCode::NOT_MODIFIED {
            if let Some(length) = announced {
                response.insert_header((CONTENT_LENGTH, length.clone()));
            }
            BoxBody::new(NoBody::new())
        } else if to_head {
            let length = announced.and_then(|value| value.to_str().ok()?.parse().ok());
            length.map_or_else(
                || BoxBody::new(NoBody::new()),
                |length| BoxBody::new(AnnouncedLength(length)),
            )
        } else if self.ended {
            BoxBody::new(())
        } else {
            self.body.boxed()
        };
        response.body(body)
    }
}

impl fmt::Debug for Upstream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Upstream({})", self.endpoint)
    }
}
