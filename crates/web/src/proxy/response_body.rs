//! A body on its way to the browser: piece by piece, with a limit on silence and none on length.

use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use actix_web::body::{BodySize, MessageBody};
use bytes::Bytes;
use hyper::body::{Body, Incoming};

use crate::proxy::pool::Lease;
use crate::proxy::silence::{BodyFault, Silence};

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
