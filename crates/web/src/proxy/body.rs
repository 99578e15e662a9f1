//! Bodies on their way: piece by piece, with a limit on silence and none on length.

use std::cell::Cell;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use actix_web::body::{BodySize, MessageBody};
use actix_web::web;
use bytes::Bytes;
use futures_util::Stream;
use hyper::body::{Body, Frame, Incoming, SizeHint};
use tokio::time::Sleep;

use crate::proxy::BodyLength;
use crate::proxy::upstream::Lease;
use kernel::clock::Stopwatch;

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BodyFault {
    #[error("nothing came for longer than allowed")]
    Silent,
    #[error("it broke off")]
    BrokenOff,
}

/// A request's body on its way to the LIS.
pub struct RequestBody {
    payload: Option<web::Payload>,
    length: Option<u64>,
    silence: Silence,
    progress: Rc<Progress>,
}

/// Watched while waiting for the answer: an upload that moves is not a slow LIS.
#[derive(Debug)]
pub struct Progress {
    last: Cell<Stopwatch>,
    failed: Cell<bool>,
}

impl Progress {
    pub fn silent_for(&self) -> Duration {
        self.last.get().elapsed()
    }

    /// Whether the browser's side of the body failed.
    pub const fn failed(&self) -> bool {
        self.failed.get()
    }

    pub fn restart(&self) {
        self.last.set(Stopwatch::start());
    }
}

impl RequestBody {
    pub(super) fn new(payload: web::Payload, length: BodyLength, limit: Duration) -> Self {
        let (payload, length) = match length {
            BodyLength::Known(0) => (None, Some(0)),
            BodyLength::Known(length) => (Some(payload), Some(length)),
            BodyLength::Chunked => (Some(payload), None),
        };
        Self {
            length,
            ..Self::with(payload, limit)
        }
    }

    pub(super) fn empty(limit: Duration) -> Self {
        Self::with(None, limit)
    }

    fn with(payload: Option<web::Payload>, limit: Duration) -> Self {
        let progress = Progress {
            last: Cell::new(Stopwatch::start()),
            failed: Cell::new(false),
        };
        Self {
            payload,
            length: Some(0),
            silence: Silence::new(limit),
            progress: Rc::new(progress),
        }
    }

    pub(super) fn progress(&self) -> Rc<Progress> {
        Rc::clone(&self.progress)
    }

    pub(super) const fn is_empty(&self) -> bool {
        self.payload.is_none()
    }

    fn fail(&mut self, fault: BodyFault) -> Poll<Option<Result<Frame<Bytes>, BodyFault>>> {
        self.progress.failed.set(true);
        self.payload = None;
        Poll::Ready(Some(Err(fault)))
    }
}

impl Body for RequestBody {
    type Data = Bytes;
    type Error = BodyFault;

    fn poll_frame(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, BodyFault>>> {
        let this = self.get_mut();
        let Some(payload) = &mut this.payload else {
            return Poll::Ready(None);
        };
        let next = match Pin::new(payload).poll_next(cx) {
            Poll::Ready(next) => next,
            Poll::Pending => {
                ready!(this.silence.poll_over(cx));
                return this.fail(BodyFault::Silent);
            }
        };
        this.silence.end();
        this.progress.restart();
        match next {
            Some(Ok(bytes)) => Poll::Ready(Some(Ok(Frame::data(bytes)))),
            Some(Err(_)) => this.fail(BodyFault::BrokenOff),
            None => {
                this.payload = None;
                Poll::Ready(None)
            }
        }
    }

    fn is_end_stream(&self) -> bool {
        self.payload.is_none()
    }

    fn size_hint(&self) -> SizeHint {
        self.length.map_or_else(SizeHint::default, SizeHint::with_exact)
    }
}

/// The LIS's body on its way to the browser. Its connection is used again once the body has ended, and only then.
pub struct ResponseBody {
    incoming: Incoming,
    size: BodySize,
    silence: Silence,
    lease: Option<Lease>,
}

impl ResponseBody {
    pub(super) fn new(incoming: Incoming, lease: Lease, limit: Duration) -> Self {
        let size = incoming.size_hint().exact().map_or(BodySize::Stream, BodySize::Sized);
        Self {
            incoming,
            size,
            silence: Silence::new(limit),
            lease: Some(lease),
        }
    }

    /// Frees the connection for the next request.
    pub(super) fn end(&mut self) {
        if let Some(lease) = self.lease.take() {
            lease.give_back();
        }
    }
}

impl MessageBody for ResponseBody {
    type Error = Box<dyn std::error::Error>;

    fn size(&self) -> BodySize {
        self.size
    }

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Bytes, Self::Error>>> {
        let this = self.get_mut();
        loop {
            let Poll::Ready(next) = Pin::new(&mut this.incoming).poll_frame(cx) else {
                ready!(this.silence.poll_over(cx));
                return Poll::Ready(Some(Err(Box::new(BodyFault::Silent))));
            };
            this.silence.end();
            match next {
                Some(Ok(frame)) => {
                    if let Ok(bytes) = frame.into_data() {
                        return Poll::Ready(Some(Ok(bytes)));
                    }
                }
                Some(Err(fault)) => return Poll::Ready(Some(Err(Box::new(fault)))),
                None => {
                    this.end();
                    return Poll::Ready(None);
                }
            }
        }
    }
}

/// The announced length of a body that is not sent, as `HEAD` answers have it.
pub struct AnnouncedLength(pub u64);

impl MessageBody for AnnouncedLength {
    type Error = std::convert::Infallible;

    fn size(&self) -> BodySize {
        BodySize::Sized(self.0)
    }

    fn poll_next(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Result<Bytes, Self::Error>>> {
        Poll::Ready(None)
    }
}

/// Measures only while we wait for the other side: a browser that reads slowly does not make the LIS silent.
struct Silence {
    limit: Duration,
    timer: Option<Pin<Box<Sleep>>>,
}

impl Silence {
    const fn new(limit: Duration) -> Self {
        Self { limit, timer: None }
    }

    fn end(&mut self) {
        self.timer = None;
    }

    fn poll_over(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        let limit = self.limit;
        let timer = self.timer.get_or_insert_with(|| Box::pin(tokio::time::sleep(limit)));
        timer.as_mut().poll(cx)
    }
}
