//! `/desk/alerts`: the lab's alerts, those that are open first; and `/desk/alerts/{id}`, one of them.

use std::borrow::Cow;

use askama::Template;

use crate::pages::{Alert, Chrome, Stay};
use domain::alert::MessageStatus;
use domain::alert::{Alert as Raised, Channel, Delivery};
use i18n::alert::keys;

#[derive(Clone, Debug, Template)]
#[template(path = "desk_alerts.html")]
pub struct AlertsPage<'a> {
    pub chrome: Chrome<'a>,
    pub stay: Stay,
    pub alerts: &'a [Raised],
    /// The role allows to look into one.
    pub may_act: bool,
}

impl AlertsPage<'_> {
    fn title(&self) -> String {
        self.chrome.title(&self.chrome.t("alerts-title"), false)
    }

    fn name(&self, alert: &Raised) -> Cow<'_, str> {
        self.chrome.t(keys(alert.kind.as_str()).0)
    }

    fn state(&self, alert: &Raised) -> Cow<'_, str> {
        self.chrome.t(state(alert))
    }
}

fn state(alert: &Raised) -> &'static str {
    match (&alert.owner, alert.closed_at) {
        (_, Some(_)) => "alert-state-closed",
        (Some(_), None) => "alert-state-owned",
        (None, None) => "alert-state-open",
    }
}

/// Why nothing was changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AlertError {
    NoNote,
    /// Another operator was faster.
    NotNow,
    Expired,
}

#[derive(Clone, Debug, Template)]
#[template(path = "desk_alert.html")]
pub struct AlertPage<'a> {
    pub chrome: Chrome<'a>,
    pub stay: Stay,
    pub alert: &'a Raised,
    pub told: &'a [MessageStatus],
    pub error: Option<AlertError>,
}

impl AlertPage<'_> {
    fn title(&self) -> String {
        self.chrome.title(&self.name(), self.error.is_some())
    }

    fn name(&self) -> Cow<'_, str> {
        self.chrome.t(keys(self.alert.kind.as_str()).0)
    }

    fn meaning(&self) -> Cow<'_, str> {
        self.chrome.t(keys(self.alert.kind.as_str()).1)
    }

    fn state(&self) -> Cow<'_, str> {
        self.chrome.t(state(self.alert))
    }

    fn alert(&self) -> Option<Alert> {
        let refused = |text| Alert::of(&self.chrome, "alert-refused-title", &[text]);
        Some(match self.error? {
            AlertError::NoNote => refused("alert-note-missing"),
            AlertError::NotNow => refused("alert-not-now"),
            AlertError::Expired => Alert::expired(&self.chrome),
        })
    }

    fn is_note_missing(&self) -> bool {
        self.error == Some(AlertError::NoNote)
    }

    fn times(&self) -> String {
        self.chrome.t1("alert-times-count", "times", self.alert.times)
    }

    fn can_take(&self) -> bool {
        self.alert.owner.is_none() && self.alert.closed_at.is_none()
    }

    fn channel(&self, standing: &MessageStatus) -> Cow<'_, str> {
        self.chrome.t(match standing.channel {
            Channel::Log => "alert-channel-log",
            Channel::Mail => "alert-channel-mail",
            Channel::Webhook => "alert-channel-webhook",
        })
    }

    fn delivery(&self, standing: &MessageStatus) -> Cow<'_, str> {
        self.chrome.t(match standing.state {
            Delivery::Due => "alert-delivery-due",
            Delivery::Sending => "alert-delivery-sending",
            Delivery::Sent => "alert-delivery-sent",
            Delivery::GivenUp => "alert-delivery-given-up",
        })
    }
}
