//! `/desk/leaks/new`: a list to be read.

use askama::Template;

use crate::pages::{Alert, Chrome, Stay};

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NewLeakError {
    /// Neither an upload nor a file of the server.
    NoList,
    NoSource,
    /// The value of the field is not a moment.
    TimeUnread,
    TimeInFuture,
    MappingUnread,
    /// The upload or the form was cut off or is malformed.
    Broken,
    /// What is wrong with the list and what to do about it, in the words of the command line.
    Unreadable {
        what: String,
        remedy: String,
    },
    Expired,
}

#[derive(Clone, Debug, Template)]
#[template(path = "desk_new_leak.html")]
pub struct NewLeakPage<'a> {
    pub chrome: Chrome<'a>,
    pub stay: Stay,
    /// What was typed before, kept in the fields.
    pub source: &'a str,
    pub aware_at: &'a str,
    pub mapping: &'a str,
    /// Names of the lists that were put on the server.
    pub files: &'a [String],
    pub error: Option<NewLeakError>,
}

impl NewLeakPage<'_> {
    fn title(&self) -> String {
        self.chrome
            .title(&self.chrome.t("leak-new-title"), self.error.is_some())
    }

    fn alert(&self) -> Option<Alert> {
        let chrome = &self.chrome;
        let text = match self.error.as_ref()? {
            NewLeakError::NoList => "leak-new-no-list",
            NewLeakError::NoSource => "leak-new-no-source",
            NewLeakError::TimeUnread => "leak-new-time-unread",
            NewLeakError::TimeInFuture => "leak-new-time-future",
            NewLeakError::MappingUnread => "leak-new-mapping-unread",
            NewLeakError::Broken => "leak-new-broken",
            NewLeakError::Unreadable { .. } => "leak-new-unreadable",
            NewLeakError::Expired => return Some(Alert::expired(chrome)),
        };
        Some(Alert::of(chrome, "leak-new-refused", &[text]))
    }

    fn wrong(&self, errors: &[NewLeakError]) -> bool {
        self.error.as_ref().is_some_and(|error| errors.contains(error))
    }

    fn is_source_wrong(&self) -> bool {
        self.wrong(&[NewLeakError::NoSource])
    }

    fn is_time_wrong(&self) -> bool {
        self.wrong(&[NewLeakError::TimeUnread, NewLeakError::TimeInFuture])
    }

    fn is_mapping_wrong(&self) -> bool {
        self.wrong(&[NewLeakError::MappingUnread])
    }

    fn is_list_wrong(&self) -> bool {
        self.wrong(&[NewLeakError::NoList, NewLeakError::Broken]) || self.detail().is_some()
    }

    fn detail(&self) -> Option<(&str, &str)> {
        match self.error.as_ref()? {
            NewLeakError::Unreadable { what, remedy } => Some((what, remedy)),
            _ => None,
        }
    }
}
