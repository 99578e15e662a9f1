//! How long a body may send nothing.

use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::time::Sleep;

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BodyFault {
    #[error("nothing came for longer than allowed")]
    Silent,
    #[error("it broke off")]
    BrokenOff,
}

/// Measures only while we wait for the other side: a browser that reads slowly does not make the LIS silent.
pub struct Silence {
    limit: Duration,
    timer: Option<Pin<Box<Sleep>>>,
}

impl Silence {
    pub const fn new(limit: Duration) -> Self {
        Self { limit, timer: None }
    }

    pub fn end(&mut self) {
        self.timer = None;
    }

    pub fn poll_over(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        let limit = self.limit;
        let timer = self.timer.get_or_insert_with(|| Box::pin(tokio::time::sleep(limit)));
        timer.as_mut().poll(cx)
    }
}
