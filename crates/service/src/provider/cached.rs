//! What a provider publishes, kept for a while; old, where nothing newer can be had.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Mutex;

use kernel::clock::Timestamp;

/// Requests right after a failure get that failure at once.
const REST: Duration = Duration::from_secs(5);

#[derive(Debug)]
pub(super) struct Cached<T>(Mutex<Slot<T>>);

#[derive(Debug)]
struct Slot<T> {
    value: Option<(Arc<T>, Timestamp)>,
    failed: Option<(String, Timestamp)>,
}

/// How old it may be, and when that is checked.
#[derive(Clone, Copy, Debug)]
pub(super) struct Freshness {
    pub at_most: Duration,
    pub now: Timestamp,
}

impl<T> Default for Cached<T> {
    fn default() -> Self {
        Self(Mutex::new(Slot {
            value: None,
            failed: None,
        }))
    }
}

impl<T> Cached<T> {
    /// One request fetches at a time; the others wait for its result.
    ///
    /// # Errors
    /// In words: nothing was ever fetched, and nothing can be.
    pub async fn get<F>(&self, kept: Freshness, fetch: impl FnOnce() -> F) -> Result<Arc<T>, String>
    where
        F: Future<Output = Result<T, String>>,
    {
        let mut slot = self.0.lock().await;
        if let Some((value, since)) = &slot.value
            && kept.now.since(*since) < kept.at_most
        {
            return Ok(Arc::clone(value));
        }
        let resting = slot.failed.as_ref().filter(|(_, at)| kept.now.since(*at) < REST);
        let why = match resting {
            Some((why, _)) => why.clone(),
            None => match fetch().await {
                Ok(value) => {
                    let value = Arc::new(value);
                    slot.value = Some((Arc::clone(&value), kept.now));
                    slot.failed = None;
                    return Ok(value);
                }
                Err(why) => {
                    slot.failed = Some((why.clone(), kept.now));
                    why
                }
            },
        };
        match &slot.value {
            Some((value, _)) => {
                tracing::warn!(
                    why,
                    "what a provider publishes could not be had anew; what is known of it goes on"
                );
                Ok(Arc::clone(value))
            }
            None => Err(why),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn what_is_young_is_kept_and_what_is_old_outlives_a_failure() {
        let cached = Cached::default();
        let at = |seconds| Freshness {
            at_most: Duration::from_secs(60),
            now: Timestamp::from_seconds(seconds),
        };
        let get = async |seconds, found: Result<i32, &str>| {
            let fetch = || std::future::ready(found.map_err(str::to_owned));
            cached.get(at(seconds), fetch).await.map(|value| *value)
        };
        assert_eq!(get(0, Err("down")).await, Err("down".to_owned()));
        assert_eq!(
            get(4, Ok(1)).await,
            Err("down".to_owned()),
            "it is left alone for a moment"
        );
        assert_eq!(get(5, Ok(1)).await, Ok(1));
        assert_eq!(get(64, Ok(2)).await, Ok(1));
        assert_eq!(get(65, Err("down")).await, Ok(1));
        assert_eq!(get(69, Ok(2)).await, Ok(1));
        assert_eq!(get(70, Ok(2)).await, Ok(2));
    }
}
