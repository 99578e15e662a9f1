//! What all servers of this program log, as the binary logs it. One for all: a subscriber of one test alone would miss
//! what another thread met first.

use std::io::Write;
use std::sync::{Mutex, Once};

static LOG: Mutex<Vec<u8>> = Mutex::new(Vec::new());

struct Log;

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        LOG.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// From now on it is kept.
pub fn keep() {
    static KEPT: Once = Once::new();
    KEPT.call_once(|| {
        let filter = tracing_subscriber::EnvFilter::new("info");
        let json = tracing_subscriber::fmt().json().with_env_filter(filter);
        json.with_writer(|| Log).init();
    });
}

/// The lines since then, other tests' as well.
pub fn lines() -> Vec<String> {
    let text = String::from_utf8(LOG.lock().unwrap().clone()).unwrap();
    text.lines().map(str::to_owned).collect()
}
