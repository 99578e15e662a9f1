//! Refusals and failures that have no form to go back to.

use askama::Template;

use super::{Alert, Chrome};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ErrorKind<'a> {
    /// 400: an ambiguous or broken address.
    BadLink,
    /// 403: a record the person does not hold.
    NotYours,
    /// 403: an operator whose role does not allow it.
    RoleNeeded,
    /// 404
    NotFound,
    /// 405
    MethodNotAllowed,
    /// 408: a form that did not arrive in full.
    Late,
    /// 413
    TooLarge,
    /// 421: a host name that is not served here.
    WrongHost,
    /// 429
    TooMany { seconds: u64 },
    /// 500, with the reference under which the log has the cause.
    Fault { reference: &'a str },
    /// 502: the LIS cannot be reached.
    Unreachable,
    /// 503
    Busy { seconds: u64 },
    /// 504: the LIS does not answer in time.
    Slow,
}

impl ErrorKind<'_> {
    pub const fn status(&self) -> u16 {
        match self {
            Self::BadLink => 400,
            Self::NotYours | Self::RoleNeeded => 403,
            Self::NotFound => 404,
            Self::MethodNotAllowed => 405,
            Self::Late => 408,
            Self::TooLarge => 413,
            Self::WrongHost => 421,
            Self::TooMany { .. } => 429,
            Self::Fault { .. } => 500,
            Self::Unreachable => 502,
            Self::Busy { .. } => 503,
            Self::Slow => 504,
        }
    }
}

#[derive(Clone, Debug, Template)]
#[template(path = "error_page.html")]
pub struct ErrorPage<'a> {
    pub chrome: Chrome<'a>,
    pub kind: ErrorKind<'a>,
    /// The site's first page, when there is one to go back to.
    pub results: Option<&'a str>,
}

impl ErrorPage<'_> {
    fn title(&self) -> String {
        self.chrome.title(&self.explanation().title, false)
    }

    fn first_page(&self) -> &'static str {
        match self.chrome.door.is_desk {
            true => self.chrome.door.home,
            false => "/",
        }
    }

    fn reference(&self) -> Option<&str> {
        match self.kind {
            ErrorKind::Fault { reference } => Some(reference),
            _ => None,
        }
    }

    fn explanation(&self) -> Alert {
        let chrome = &self.chrome;
        let plain = |title, lines| Alert::of(chrome, title, lines);
        let timed =
            |title, text, seconds| Alert::new(chrome.t(title), [chrome.t1(text, "wait", &chrome.wait(seconds))]);
        match self.kind {
            ErrorKind::BadLink => plain("error-link-title", &["error-link-text"]),
            ErrorKind::NotYours => plain(
                "error-not-yours-title",
                &["error-not-yours-text", "error-not-yours-mistake"],
            ),
            ErrorKind::RoleNeeded => plain("error-role-title", &["error-role-text"]),
            ErrorKind::NotFound => plain("error-not-found-title", &["error-not-found-text"]),
            ErrorKind::MethodNotAllowed => plain("error-method-title", &["error-method-text"]),
            ErrorKind::Late => plain("error-late-title", &["error-late-text"]),
            ErrorKind::TooLarge => plain("error-large-title", &["error-large-text"]),
            ErrorKind::WrongHost => plain("error-host-title", &["error-host-text"]),
            ErrorKind::TooMany { seconds } => timed("error-many-title", "error-many-text", seconds),
            ErrorKind::Fault { .. } => plain("error-fault-title", &["error-fault-text"]),
            ErrorKind::Unreachable => plain("error-away-title", &["error-away-text"]),
            ErrorKind::Busy { seconds } => timed("error-busy-title", "error-busy-text", seconds),
            ErrorKind::Slow => plain("error-slow-title", &["error-slow-text"]),
        }
    }
}
