//! Connections to one LIS that wait for their next request.

use std::cell::RefCell;
use std::rc::Rc;
use std::time::Duration;

use hyper::client::conn::http1::SendRequest;

use crate::proxy::request_body::RequestBody;
use kernel::clock::Stopwatch;

const MOST_IDLE: usize = 64;
const LONGEST_IDLE: Duration = Duration::from_secs(55);

#[derive(Default)]
pub struct Pool(RefCell<Vec<Idle>>);

struct Idle {
    sender: SendRequest<RequestBody>,
    since: Stopwatch,
}

/// A connection in use. Dropped, it closes; given back, it waits for the next request.
pub struct Lease {
    sender: SendRequest<RequestBody>,
    pool: Rc<Pool>,
}

impl Pool {
    pub fn take(&self) -> Option<SendRequest<RequestBody>> {
        let mut idle = self.0.borrow_mut();
        idle.retain(|kept| !kept.sender.is_closed() && kept.since.elapsed() < LONGEST_IDLE);
        let position = idle.iter().rposition(|kept| kept.sender.is_ready())?;
        Some(idle.swap_remove(position).sender)
    }
}

impl Lease {
    pub fn new(sender: SendRequest<RequestBody>, pool: &Rc<Pool>) -> Self {
        Self {
            sender,
            pool: Rc::clone(pool),
        }
    }

    pub fn give_back(self) {
        let mut idle = self.pool.0.borrow_mut();
        if idle.len() < MOST_IDLE && !self.sender.is_closed() {
            idle.push(Idle {
                sender: self.sender,
                since: Stopwatch::start(),
            });
        }
    }
}
