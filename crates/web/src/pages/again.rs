//! Asks for password and code again, before the means of signing in change.

use crate::kit::rebuff::Rebuff;
use askama::Template;

use super::passkeys::name;
use super::{Alert, Chrome, providers};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose<'a> {
    Add,
    /// `handle` comes back as the form's `passkey`.
    Remove {
        handle: &'a str,
        name: &'a str,
    },
    /// `handle` comes back as the form's `provider`.
    Link {
        handle: &'a str,
        provider: &'a str,
    },
    /// `handle` comes back as the form's `link`.
    Unlink {
        handle: &'a str,
        provider: &'a str,
    },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AgainError {
    /// Wrong password or code: one text for both.
    Refused,
    Wait {
        seconds: u64,
    },
    Busy {
        seconds: u64,
    },
    Expired,
}

#[derive(Clone, Debug, Template)]
#[template(path = "again.html")]
pub struct Again<'a> {
    pub chrome: Chrome<'a>,
    pub purpose: Purpose<'a>,
    pub error: Option<AgainError>,
}

impl Again<'_> {
    fn title(&self) -> String {
        let title = self.chrome.t(self.headline());
        self.chrome.title(&title, self.error.is_some())
    }

    fn headline(&self) -> &'static str {
        match self.purpose {
            Purpose::Add => "passkeys-add-title",
            Purpose::Remove { .. } => "passkeys-remove-title",
            Purpose::Link { .. } => "providers-link-title",
            Purpose::Unlink { .. } => "providers-unlink-title",
        }
    }

    fn intro(&self) -> String {
        match self.purpose {
            Purpose::Add => self.chrome.t("again-add-intro").into_owned(),
            Purpose::Remove { name: given, .. } => {
                let name = name(&self.chrome, given);
                self.chrome.t1("again-remove-intro", "name", &name)
            }
            Purpose::Link { provider, .. } => self.chrome.t1("again-link-intro", "provider", provider),
            Purpose::Unlink { provider, .. } => self.chrome.t1("again-unlink-intro", "provider", provider),
        }
    }

    fn action(&self) -> &'static str {
        match self.purpose {
            Purpose::Add => self.chrome.door.passkeys_add,
            Purpose::Remove { .. } => self.chrome.door.passkeys_remove,
            Purpose::Link { .. } => providers::LINK,
            Purpose::Unlink { .. } => providers::UNLINK,
        }
    }

    fn submit(&self) -> &'static str {
        match self.purpose {
            Purpose::Add | Purpose::Link { .. } => "again-add-submit",
            Purpose::Remove { .. } => "again-remove-submit",
            Purpose::Unlink { .. } => "again-unlink-submit",
        }
    }

    /// What the act is about, as a hidden field.
    fn about(&self) -> Option<(&'static str, &str)> {
        match self.purpose {
            Purpose::Add => None,
            Purpose::Remove { handle, .. } => Some(("passkey", handle)),
            Purpose::Link { handle, .. } => Some(("provider", handle)),
            Purpose::Unlink { handle, .. } => Some(("link", handle)),
        }
    }

    /// The list to which "cancel" leads.
    fn list(&self) -> &'static str {
        match self.purpose {
            Purpose::Add | Purpose::Remove { .. } => self.chrome.door.passkeys,
            Purpose::Link { .. } | Purpose::Unlink { .. } => providers::LIST,
        }
    }

    fn alert(&self) -> Option<Alert> {
        let chrome = &self.chrome;
        self.error.map(|error| match error {
            AgainError::Refused => Alert::of(
                chrome,
                "again-refused-title",
                &["again-refused-which", "login-refused-code"],
            ),
            AgainError::Wait { seconds } => Alert::pause(chrome, seconds),
            AgainError::Busy { seconds } => Alert::busy(chrome, seconds),
            AgainError::Expired => Alert::expired(chrome),
        })
    }

    fn is_refused(&self) -> bool {
        self.error == Some(AgainError::Refused)
    }
}

impl From<Rebuff> for AgainError {
    fn from(rebuff: Rebuff) -> Self {
        match rebuff {
            Rebuff::Refused | Rebuff::TwoCodes => Self::Refused,
            Rebuff::Wait { seconds } => Self::Wait { seconds },
            Rebuff::Busy { seconds } => Self::Busy { seconds },
        }
    }
}
