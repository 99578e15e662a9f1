//! Stacks of a worker are wiped soon after a form, once for all forms of that moment: half a megabyte for each would be a
//! third of what it costs to turn a flood away.

use std::cell::Cell;
use std::time::Duration;

use kernel::stack;

const SOON: Duration = Duration::from_millis(100);

thread_local! {
    static ORDERED: Cell<bool> = const { Cell::new(false) };
}

/// By a task of its own, which begins where those of the connections did.
pub fn soon() {
    if ORDERED.replace(true) {
        return;
    }
    actix_web::rt::spawn(async {
        tokio::time::sleep(SOON).await;
        ORDERED.set(false);
        stack::wipe();
    });
}
