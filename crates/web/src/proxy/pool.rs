//! Connections to one LIS that wait for their next request.

use std::cell::RefCell;
use std::rc::Rc;
use std::time::Duration;

use crate::proxy::endpoint::Link;
use kernel::clock::Stopwatch;

const MOST_IDLE: usize = 64;
const LONGEST_IDLE: Duration = Duration::from_secs(55);

#[derive(Default)]
pub struct Pool(RefCell<Vec<Idle>>);

struct Idle {
    link: Link,
    since: Stopwatch,
}

/// A connection in use. Dropped, it closes; given back, it waits for the next request.
pub struct Lease {
    link: Link,
    pool: Rc<Pool>,
}

impl Pool {
    pub fn take(&self) -> Option<Link> {
        let mut idle = self.0.borrow_mut();
        idle.retain(|kept| !kept.link.sender.is_closed() && kept.since.elapsed() < LONGEST_IDLE);
        let position = idle.iter().rposition(|kept| kept.link.sender.is_ready())?;
        Some(idle.swap_remove(position).link)
    }
}

impl Lease {
    pub fn new(link: Link, pool: &Rc<Pool>) -> Self {
        Self {
            link,
            pool: Rc::clone(pool),
        }
    }

    pub fn give_back(self) {
        let mut idle = self.pool.0.borrow_mut();
        if idle.len() < MOST_IDLE && !self.link.sender.is_closed() {
            idle.push(Idle {
                link: self.link,
                since: Stopwatch::start(),
            });
        }
    }
}
