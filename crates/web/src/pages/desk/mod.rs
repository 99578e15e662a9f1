//! The pages of operators.

mod alerts;
mod home;
mod leak;
mod leaks;
mod new_leak;
mod report;

pub use alerts::{AlertError, AlertPage, AlertsPage};
pub use home::DeskHome;
pub use leak::{LeakAlert, LeakPage, Work};
pub use leaks::{LeakLine, LeaksPage};
pub use new_leak::{NewLeakError, NewLeakPage};
pub use report::ReportPage;

use std::borrow::Cow;

use super::Chrome;
use domain::leak::LeakState;

fn state<'a>(chrome: &Chrome<'a>, state: LeakState) -> Cow<'a, str> {
    chrome.t(match state {
        LeakState::Reading => "leak-state-reading",
        LeakState::Drafted => "leak-state-drafted",
        LeakState::Awaiting => "leak-state-awaiting",
        LeakState::Applied => "leak-state-applied",
        LeakState::Closed => "leak-state-closed",
        LeakState::Undone => "leak-state-undone",
        LeakState::Suspected => "leak-state-suspected",
    })
}
