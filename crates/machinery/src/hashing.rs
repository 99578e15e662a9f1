//! The bounded Argon2id pool: as many threads as cores, each with work memory of its own that it keeps, and wipes when
//! it has nothing more to do. A job that would wait too long is refused at the door; one that waited too long all the
//! same, or whose sender has gone, is never computed.

use std::num::NonZeroUsize;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Mutex, PoisonError, TryLockError};
use std::time::Duration;

use tokio::sync::oneshot;
use zeroize::Zeroizing;

use crate::metrics::Metrics;
use crypto::keyring::Keyring;
use crypto::password_hash::{self, Cost, HashFault, HashedPassword, PasswordMatched, WorkMemory};
use domain::password::Password;
use kernel::clock::Stopwatch;
use kernel::entropy::SharedEntropy;

/// Beyond this many waiting jobs the time estimate no longer matters.
const LONGEST_QUEUE: usize = 4_096;

#[derive(Debug)]
pub struct HashPool {
    queue: SyncSender<Job>,
    state: Arc<State>,
    threads: usize,
    longest_wait: Duration,
}

#[derive(Debug)]
struct State {
    waiting: AtomicUsize,
    /// Who waits for a verdict, in the queue or while it is computed.
    callers: AtomicUsize,
    /// Smoothed time of one hash.
    hash_micros: AtomicU64,
}

/// Counted for as long as it waits, also when it is given up.
struct Caller(Arc<State>);

impl Drop for Caller {
    fn drop(&mut self) {
        self.0.callers.fetch_sub(1, Ordering::Relaxed);
    }
}

#[derive(Debug)]
struct Job {
    work: Work,
    queued: Stopwatch,
}

/// What goes into a hash: a password, or what represents one.
pub struct Input(Zeroizing<Vec<u8>>);

impl From<Password> for Input {
    fn from(password: Password) -> Self {
        Self(Zeroizing::new(password.expose().as_bytes().to_vec()))
    }
}

impl From<Zeroizing<Vec<u8>>> for Input {
    fn from(bytes: Zeroizing<Vec<u8>>) -> Self {
        Self(bytes)
    }
}

kernel::opaque!(Input);

#[derive(Debug)]
enum Work {
    Verify {
        stored: HashedPassword,
        input: Input,
        reply: oneshot::Sender<Result<Option<PasswordMatched>, HashFault>>,
    },
    Make {
        input: Input,
        reply: oneshot::Sender<Result<HashedPassword, HashFault>>,
    },
}

/// Why there is no verdict.
#[derive(Debug)]
pub enum NoHash {
    /// Come back after this time.
    Busy {
        retry_after: Duration,
    },
    Fault(HashFault),
}

/// What the threads need to work.
#[derive(Clone, Debug)]
pub struct Tools {
    pub keyring: Arc<Keyring>,
    pub entropy: SharedEntropy,
    pub metrics: Arc<Metrics>,
    pub cost: Cost,
}

impl HashPool {
    /// Starts the threads and times one hash. `threads` of 0 means one per core.
    ///
    /// # Errors
    /// A thread cannot be started, or the work memory is not to be had.
    pub fn start(tools: Tools, threads: usize, longest_wait: Duration) -> std::io::Result<Self> {
        let threads = match NonZeroUsize::new(threads) {
            Some(threads) => threads,
            None => std::thread::available_parallelism()?,
        };
        let (queue, jobs) = sync_channel(LONGEST_QUEUE);
        let jobs = Arc::new(Mutex::new(jobs));
        let mut memories: Vec<_> = (0..threads.get()).map(|_| WorkMemory::new(tools.cost)).collect();
        let hash_micros = memories.first_mut().map(|memory| time_one_hash(&tools, memory));
        let state = Arc::new(State {
            waiting: AtomicUsize::new(0),
            callers: AtomicUsize::new(0),
            hash_micros: AtomicU64::new(hash_micros.transpose()?.unwrap_or_default()),
        });
        for (number, memory) in memories.into_iter().enumerate() {
            let (tools, jobs, state) = (tools.clone(), Arc::clone(&jobs), Arc::clone(&state));
            std::thread::Builder::new()
                .name(format!("argon2-{number}"))
                .spawn(move || work(&tools, &jobs, &state, memory, longest_wait))?;
        }
        Ok(Self {
            queue,
            state,
            threads: threads.get(),
            longest_wait,
        })
    }

    /// # Errors
    /// No room in time, or the stored hash cannot be checked.
    pub async fn verify(
        &self,
        stored: HashedPassword,
        input: impl Into<Input>,
    ) -> Result<Option<PasswordMatched>, NoHash> {
        let _caller = self.caller();
        let (reply, verdict) = oneshot::channel();
        let input = input.into();
        self.enqueue(Work::Verify { stored, input, reply })?;
        self.answer(verdict.await)
    }

    /// # Errors
    /// No room in time.
    pub async fn make(&self, input: impl Into<Input>) -> Result<HashedPassword, NoHash> {
        let _caller = self.caller();
        let (reply, made) = oneshot::channel();
        let input = input.into();
        self.enqueue(Work::Make { input, reply })?;
        self.answer(made.await)
    }

    /// How many wait for a verdict.
    pub fn callers(&self) -> usize {
        self.state.callers.load(Ordering::Relaxed)
    }

    fn caller(&self) -> Caller {
        self.state.callers.fetch_add(1, Ordering::Relaxed);
        Caller(Arc::clone(&self.state))
    }

    /// How many hashes are computed at once.
    pub fn threads(&self) -> usize {
        self.threads
    }

    /// How long this many hashes take when there is nothing else to do.
    pub fn expected_time(&self, hashes: u64) -> Duration {
        let micros = self.state.hash_micros.load(Ordering::Relaxed);
        Duration::from_micros(hashes.saturating_mul(micros) / self.threads.max(1) as u64)
    }

    /// How long to stay away, while a new job would wait too long.
    pub fn congestion(&self) -> Option<Duration> {
        Some(self.expected_wait()).filter(|wait| *wait > self.longest_wait)
    }

    fn enqueue(&self, work: Work) -> Result<(), NoHash> {
        if let Some(retry_after) = self.congestion() {
            return Err(NoHash::Busy { retry_after });
        }
        self.state.waiting.fetch_add(1, Ordering::Relaxed);
        let queued = Stopwatch::start();
        self.queue.try_send(Job { work, queued }).map_err(|_| {
            self.state.waiting.fetch_sub(1, Ordering::Relaxed);
            NoHash::Busy {
                retry_after: self.longest_wait,
            }
        })
    }

    fn answer<T>(&self, received: Result<Result<T, HashFault>, oneshot::error::RecvError>) -> Result<T, NoHash> {
        match received {
            Ok(verdict) => verdict.map_err(NoHash::Fault),
            Err(_) => Err(NoHash::Busy {
                retry_after: self.expected_wait(),
            }),
        }
    }

    fn expected_wait(&self) -> Duration {
        self.expected_time(self.state.waiting.load(Ordering::Relaxed) as u64)
    }
}

fn time_one_hash(tools: &Tools, memory: &mut WorkMemory) -> std::io::Result<u64> {
    let watch = Stopwatch::start();
    let password = b"only the time matters";
    password_hash::hash(&tools.keyring, &*tools.entropy, tools.cost, password, memory)
        .map_err(std::io::Error::other)?;
    Ok(micros(watch.elapsed()))
}

fn micros(span: Duration) -> u64 {
    u64::try_from(span.as_micros()).unwrap_or(u64::MAX)
}

fn work(tools: &Tools, jobs: &Mutex<Receiver<Job>>, state: &State, mut memory: WorkMemory, longest_wait: Duration) {
    loop {
        let next = waiting(jobs).or_else(|| {
            memory.wipe();
            jobs.lock().unwrap_or_else(PoisonError::into_inner).recv().ok()
        });
        let Some(Job { work, queued }) = next else { return };
        state.waiting.fetch_sub(1, Ordering::Relaxed);
        let waited = queued.elapsed();
        tools.metrics.hash_waited(waited);
        if work.is_abandoned() || waited > longest_wait {
            continue;
        }
        let watch = Stopwatch::start();
        tools.metrics.password_hashed();
        work.compute(tools, &mut memory);
        let smoothed = (state.hash_micros.load(Ordering::Relaxed) * 7 + micros(watch.elapsed())) / 8;
        state.hash_micros.store(smoothed, Ordering::Relaxed);
    }
}

/// A job that is there already. A queue at which another thread is waiting is empty.
fn waiting(jobs: &Mutex<Receiver<Job>>) -> Option<Job> {
    match jobs.try_lock() {
        Ok(jobs) => jobs.try_recv().ok(),
        Err(TryLockError::Poisoned(jobs)) => jobs.into_inner().try_recv().ok(),
        Err(TryLockError::WouldBlock) => None,
    }
}

impl Work {
    fn is_abandoned(&self) -> bool {
        match self {
            Self::Verify { reply, .. } => reply.is_closed(),
            Self::Make { reply, .. } => reply.is_closed(),
        }
    }

    /// A sender that went away meanwhile misses nothing.
    fn compute(self, tools: &Tools, memory: &mut WorkMemory) {
        match self {
            Self::Verify { stored, input, reply } => {
                let verdict = password_hash::verify(&tools.keyring, tools.cost, stored.as_str(), &input.0, memory);
                let _ = reply.send(verdict);
            }
            Self::Make { input, reply } => {
                let made = password_hash::hash(&tools.keyring, &*tools.entropy, tools.cost, &input.0, memory);
                let _ = reply.send(made);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use kernel::clock::Timestamp;
    use kernel::entropy::SystemEntropy;

    fn pool(longest_wait: Duration) -> (HashPool, Arc<Metrics>) {
        let metrics = Arc::new(Metrics::default());
        let tools = Tools {
            keyring: Arc::new(Keyring::generate(&SystemEntropy, Timestamp::from_seconds(0))),
            entropy: Arc::new(SystemEntropy),
            metrics: Arc::clone(&metrics),
            cost: Cost {
                memory_kib: 1024,
                iterations: 1,
                parallelism: 1,
            },
        };
        (HashPool::start(tools, 2, longest_wait).unwrap(), metrics)
    }

    fn typed(text: &str) -> Password {
        Password::typed(text).unwrap()
    }

    #[tokio::test]
    async fn the_pool_makes_and_verifies() {
        let (pool, metrics) = pool(Duration::from_secs(5));
        let stored = pool.make(typed("une longue phrase")).await.unwrap();
        assert!(
            pool.verify(stored.clone(), typed("une longue phrase"))
                .await
                .unwrap()
                .is_some()
        );
        assert!(pool.verify(stored, typed("une autre phrase")).await.unwrap().is_none());
        assert_eq!(metrics.password_hashes(), 3);
    }

    #[tokio::test]
    async fn a_queue_that_is_too_long_is_refused_at_the_door() {
        let (pool, metrics) = pool(Duration::from_micros(1));
        let jobs: Vec<_> = (0..200).map(|_| pool.make(typed("x"))).collect();
        let answers = futures_util::future::join_all(jobs).await;
        let busy = answers
            .iter()
            .filter(|answer| matches!(answer, Err(NoHash::Busy { .. })))
            .count() as u64;
        assert!(busy > 0);
        assert_eq!(metrics.password_hashes(), 200 - busy);
    }

    #[tokio::test]
    async fn a_job_that_waited_too_long_all_the_same_is_not_computed() {
        let (pool, metrics) = pool(Duration::ZERO);
        assert!(matches!(pool.make(typed("x")).await, Err(NoHash::Busy { .. })));
        assert_eq!(metrics.password_hashes(), 0);
    }

    #[tokio::test]
    async fn an_abandoned_job_is_never_computed() {
        let (pool, metrics) = pool(Duration::from_secs(60));
        let mut jobs: Vec<_> = (0..50).map(|_| Box::pin(pool.make(typed("x")))).collect();
        for job in &mut jobs {
            // Begun, and done already where this thread is a slow one.
            let _ = futures_util::poll!(job);
        }
        drop(jobs);
        pool.make(typed("y")).await.unwrap();
        assert!(metrics.password_hashes() < 20, "{}", metrics.password_hashes());
    }
}
