//! A body on its way to the LIS: piece by piece, with a limit on silence and none on length.

use std::cell::Cell;
use std::future::poll_fn;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use actix_web::web;
use bytes::{Bytes, BytesMut};
use futures_util::Stream;
use hyper::body::{Body, Frame, SizeHint};

use crate::proxy::body_length::BodyLength;
use crate::proxy::silence::{BodyFault, Silence};
use kernel::clock::Stopwatch;

/// A request's body on its way to the LIS.
pub struct RequestBody {
    source: Option<Source>,
    length: Option<u64>,
    silence: Silence,
    progress: Rc<Progress>,
}

enum Source {
    Browser(web::Payload),
    /// Read before, to be compared.
    Whole(Bytes),
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
        let (source, length) = match length {
            BodyLength::Known(0) => (None, Some(0)),
            BodyLength::Known(length) => (Some(Source::Browser(payload)), Some(length)),
            BodyLength::Chunked => (Some(Source::Browser(payload)), None),
        };
        Self {
            length,
            ..Self::with(source, limit)
        }
    }

    /// The whole body, if it is no longer than `most` bytes: read to its end, but for what would make it longer.
    pub(super) async fn collect(mut self, most: usize) -> Result<Option<Bytes>, BodyFault> {
        if self.length.is_some_and(|length| length > most as u64) {
            return Ok(None);
        }
        let mut whole = BytesMut::new();
        while let Some(frame) = poll_fn(|cx| Pin::new(&mut self).poll_frame(cx)).await {
            let piece = frame?.into_data().unwrap_or_default();
            if whole.len() + piece.len() > most {
                return Ok(None);
            }
            whole.extend_from_slice(&piece);
        }
        Ok(Some(whole.freeze()))
    }

    pub(super) fn whole(bytes: Bytes, limit: Duration) -> Self {
        Self {
            length: Some(bytes.len() as u64),
            ..Self::with((!bytes.is_empty()).then_some(Source::Whole(bytes)), limit)
        }
    }

    pub(super) fn empty(limit: Duration) -> Self {
        Self::with(None, limit)
    }

    fn with(source: Option<Source>, limit: Duration) -> Self {
        let progress = Progress {
            last: Cell::new(Stopwatch::start()),
            failed: Cell::new(false),
        };
        Self {
            source,
            length: Some(0),
            silence: Silence::new(limit),
            progress: Rc::new(progress),
        }
    }

    pub(super) fn progress(&self) -> Rc<Progress> {
        Rc::clone(&self.progress)
    }

    pub(super) const fn is_empty(&self) -> bool {
        self.source.is_none()
    }

    fn fail(&mut self, fault: BodyFault) -> Poll<Option<Result<Frame<Bytes>, BodyFault>>> {
        self.progress.failed.set(true);
        self.source = None;
        Poll::Ready(Some(Err(fault)))
    }
}

impl Body for RequestBody {
    type Data = Bytes;
    type Error = BodyFault;

    fn poll_frame(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, BodyFault>>> {
        let this = self.get_mut();
        let payload = match &mut this.source {
            None => return Poll::Ready(None),
            Some(Source::Browser(payload)) => payload,
            Some(Source::Whole(bytes)) => {
                let bytes = std::mem::take(bytes);
                this.source = None;
                return Poll::Ready(Some(Ok(Frame::data(bytes))));
            }
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
                this.source = None;
                Poll::Ready(None)
            }
        }
    }

    fn is_end_stream(&self) -> bool {
        self.source.is_none()
    }

    fn size_hint(&self) -> SizeHint {
        self.length.map_or_else(SizeHint::default, SizeHint::with_exact)
    }
}
