//! The same attack on every server: first a few connections that wait for each answer, for the cost of one refusal;
//! then a flood that waits for nothing.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::rc::Rc;
use std::time::Duration;

use futures_util::future::join_all;
use tokio::task::{JoinSet, LocalSet};
use vestibule::kernel::clock::Stopwatch;

use super::peer::{Link, Peer, Verdict};

/// Refusals for the cost of one, of each sort, over so many connections.
pub const COUNTED: usize = 400;
const COUNTING_CONNECTIONS: usize = 16;
const COUNTING_LASTS: Duration = Duration::from_secs(120);

/// The flood: so many at once, every so often.
const TOGETHER: usize = 5;
const EVERY: Duration = Duration::from_millis(10);
const FLOOD_LASTS: Duration = Duration::from_secs(30);
/// Wrong sign-ins of a flood.
pub const FLOOD: usize = 15_000;
/// A flood that is not answered stays within the files that a process may open.
const MOST_OPEN: usize = 900;
/// Servers close connections that are idle for longer.
const KEPT: Duration = Duration::from_secs(3);

/// A person comes so often, alone and in the flood.
const PERSON_EVERY: Duration = Duration::from_millis(750);
pub const PERSONS_ALONE: usize = 12;
pub const PERSONS_IN_FLOOD: usize = 40;
/// Then a person gives up.
pub const PATIENCE: Duration = Duration::from_secs(60);

pub struct Crowd {
    /// Of those who were signed in.
    pub times: Vec<Duration>,
    pub begun: usize,
}

pub struct Figures {
    pub name: String,
    /// Seconds each.
    pub known_cpu: f64,
    pub unknown_cpu: f64,
    pub alone: Crowd,
    pub in_flood: Crowd,
}

pub async fn measure<P: Peer + 'static>(peer: P) -> Figures {
    let peer = &Rc::new(peer);
    let known_cpu = cost(&**peer, true).await;
    let unknown_cpu = cost(&**peer, false).await;
    let alone = persons(&**peer, 0, PERSONS_ALONE, &Cell::new(false)).await;
    println!("a person alone: {} of {} signed in", alone.times.len(), alone.begun);
    let in_flood = LocalSet::new().run_until(flood(peer)).await;
    Figures {
        name: peer.name(),
        known_cpu,
        unknown_cpu,
        alone,
        in_flood,
    }
}

/// Processor seconds of one refusal.
async fn cost(peer: &impl Peer, known: bool) -> f64 {
    let links = (0..COUNTING_CONNECTIONS).map(async |number| {
        let mut link = peer.connect().await.unwrap();
        // What is loaded at the first use is no part of it.
        peer.wrong(&mut link, FLOOD + number, false).await.unwrap();
        link
    });
    let links = join_all(links).await;
    let (next, answers) = (Cell::new(0), RefCell::new(BTreeMap::new()));
    let (watch, before) = (Stopwatch::start(), peer.cpu());
    let connections = links.into_iter().map(async |mut link| {
        while next.get() < COUNTED && watch.elapsed() < COUNTING_LASTS {
            let number = next.replace(next.get() + 1);
            let verdict = peer.wrong(&mut link, FLOOD + 4 * number, known).await.unwrap();
            *answers.borrow_mut().entry(verdict).or_insert(0) += 1;
        }
    });
    join_all(connections).await;
    let (cpu, answers) = ((peer.cpu() - before).as_secs_f64(), answers.into_inner());
    let count: usize = answers.values().sum();
    println!(
        "{count} wrong sign-ins, {}: {:.2} ms CPU each; {answers:?} in {:.1} s",
        if known { "accounts known" } else { "nobody's" },
        cpu / count as f64 * 1e3,
        watch.elapsed().as_secs_f64()
    );
    cpu / count as f64
}

/// They come whether the ones before were answered or not.
async fn persons(peer: &impl Peer, from: usize, count: usize, over: &Cell<bool>) -> Crowd {
    let (begun, times) = (Cell::new(0), RefCell::new(Vec::new()));
    let each = (0..count).map(async |number| {
        tokio::time::sleep(PERSON_EVERY * u32::try_from(number).unwrap()).await;
        if over.get() {
            return;
        }
        begun.set(begun.get() + 1);
        let watch = Stopwatch::start();
        let sign_in = async {
            let mut link = peer.connect().await?;
            peer.right(&mut link, from + number).await
        };
        match tokio::time::timeout(PATIENCE, sign_in).await {
            Ok(Ok(Verdict::SignedIn)) => times.borrow_mut().push(watch.elapsed()),
            Ok(other) => println!("a person was not let in: {other:?} after {:.1?}", watch.elapsed()),
            Err(_) => println!("a person gave up"),
        }
    });
    join_all(each).await;
    Crowd {
        begun: begun.get(),
        times: times.into_inner(),
    }
}

struct Flood<P> {
    peer: Rc<P>,
    /// Answered, and free for the next; since when.
    idle: RefCell<Vec<(Link, Stopwatch)>>,
    open: Cell<usize>,
    answers: RefCell<BTreeMap<Verdict, usize>>,
    broken: Cell<usize>,
    /// All connections were still waiting for an answer.
    held_back: Cell<usize>,
}

async fn flood<P: Peer + 'static>(peer: &Rc<P>) -> Crowd {
    let flood = Rc::new(Flood {
        peer: Rc::clone(peer),
        idle: RefCell::default(),
        open: Cell::new(0),
        answers: RefCell::default(),
        broken: Cell::new(0),
        held_back: Cell::new(0),
    });
    let (before, watch, over) = (peer.cpu(), Stopwatch::start(), Cell::new(false));
    let strangers = async {
        pour(&flood, &watch).await;
        over.set(true);
        (watch.elapsed(), peer.cpu() - before)
    };
    let persons = persons(&**peer, PERSONS_ALONE, PERSONS_IN_FLOOD, &over);
    let ((lasted, cpu), crowd) = futures_util::join!(strangers, persons);
    println!(
        "flood of {:.0} s: answers {:?}, broken off {}, held back because {MOST_OPEN} connections waited {}; the server \
         used {:.0} % of a core; {} of {} persons were signed in",
        lasted.as_secs_f64(),
        flood.answers.borrow(),
        flood.broken.get(),
        flood.held_back.get(),
        cpu.as_secs_f64() / lasted.as_secs_f64() * 100.0,
        crowd.times.len(),
        crowd.begun
    );
    crowd
}

/// What is not answered in the end is left.
async fn pour<P: Peer + 'static>(flood: &Rc<Flood<P>>, watch: &Stopwatch) {
    let (mut under_way, mut sent) = (JoinSet::new(), 0);
    while watch.elapsed() < FLOOD_LASTS {
        let due = (watch.elapsed().as_millis() / EVERY.as_millis() + 1) as usize * TOGETHER;
        for number in sent..due.min(FLOOD) {
            let flood = Rc::clone(flood);
            under_way.spawn_local(async move { flood.one(number).await });
        }
        sent = sent.max(due.min(FLOOD));
        while under_way.try_join_next().is_some() {}
        tokio::time::sleep(EVERY / 2).await;
    }
}

impl<P: Peer> Flood<P> {
    async fn one(&self, number: usize) {
        let free = self.idle.borrow_mut().pop();
        let link = match free {
            Some((link, since)) if since.elapsed() < KEPT => Ok(link),
            Some(_) => self.peer.connect().await,
            None if self.open.get() == MOST_OPEN => {
                self.held_back.set(self.held_back.get() + 1);
                return;
            }
            None => {
                self.open.set(self.open.get() + 1);
                self.peer.connect().await
            }
        };
        let answered = async {
            let mut link = link?;
            let verdict = self.peer.wrong(&mut link, number, number.is_multiple_of(2)).await?;
            std::io::Result::Ok((link, verdict))
        };
        match answered.await {
            Ok((link, verdict)) => {
                *self.answers.borrow_mut().entry(verdict).or_insert(0) += 1;
                self.idle.borrow_mut().push((link, Stopwatch::start()));
            }
            Err(_) => {
                self.open.set(self.open.get() - 1);
                self.broken.set(self.broken.get() + 1);
            }
        }
    }
}
