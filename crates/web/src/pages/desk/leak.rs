//! `/desk/leaks/{id}`: what would happen, what has happened, and what can be done about it.

use std::borrow::Cow;

use askama::Template;

use super::state;
use crate::pages::{Alert, Chrome, Stay};
use domain::leak::Leak;
use domain::leak::{LeakState, Move};
use leak::campaign::{Overview, Shape, Unmatched, Warning};

/// What this server does with the list at the moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Work {
    Loading { percent: u64 },
    Matching { percent: u64 },
}

/// Why something was not done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LeakAlert {
    WrongCode,
    Wait {
        seconds: u64,
    },
    /// The person who asked for it cannot approve it.
    SamePerson,
    /// It is no longer in the state in which this can be done.
    NotNow,
    /// Its accounts are still being recorded.
    NotSettled,
    /// Nobody said that those who were not found are nobody here.
    Unmatched,
    Expired,
}

#[derive(Clone, Debug, Template)]
#[template(path = "desk_leak.html")]
pub struct LeakPage<'a> {
    pub chrome: Chrome<'a>,
    pub stay: Stay,
    pub leak: &'a Leak,
    pub overview: &'a Overview,
    pub work: Option<Work>,
    /// Hours within which a listed password must be changed.
    pub rotation_hours: u64,
    pub two_person: bool,
    /// The role allows to act.
    pub may_act: bool,
    /// The person looking at it asked for it.
    pub asked_by_me: bool,
    /// The page comes again by itself.
    pub live: bool,
    pub alert: Option<LeakAlert>,
}

impl LeakPage<'_> {
    fn heading(&self) -> String {
        self.chrome.t1("leak-title", "number", &self.overview.leak.to_string())
    }

    fn title(&self) -> String {
        self.chrome.title(&self.heading(), self.alert.is_some())
    }

    fn alert(&self) -> Option<Alert> {
        let chrome = &self.chrome;
        let refused = |text| Alert::of(chrome, "leak-refused-title", &[text]);
        self.alert.map(|alert| match alert {
            LeakAlert::WrongCode => Alert::of(chrome, "enrol-wrong-title", &["login-refused-code", "leak-code-again"]),
            LeakAlert::Wait { seconds } => Alert::pause(chrome, seconds),
            LeakAlert::SamePerson => refused("leak-same-person"),
            LeakAlert::NotNow => refused("leak-not-now"),
            LeakAlert::NotSettled => refused("leak-not-settled"),
            LeakAlert::Unmatched => refused("leak-unmatched-unaccepted"),
            LeakAlert::Expired => Alert::expired(chrome),
        })
    }

    fn state(&self) -> Cow<'_, str> {
        state(&self.chrome, self.leak.state)
    }

    fn has_report(&self) -> bool {
        self.leak.state != LeakState::Reading
    }

    fn found(&self) -> String {
        let accounts = &self.overview.accounts;
        self.chrome.t2(
            "leak-found-of",
            ("found", figure(accounts.found).into()),
            ("of", figure(accounts.of_lab).into()),
        )
    }

    /// What the state means, in a sentence.
    fn meaning(&self) -> Cow<'_, str> {
        self.chrome.t(match self.leak.state {
            LeakState::Reading if self.work.is_none() => "leak-reading-stopped",
            LeakState::Reading => "leak-reading-text",
            LeakState::Drafted => "leak-drafted-text",
            LeakState::Awaiting if self.asked_by_me => "leak-awaiting-mine",
            LeakState::Awaiting => "leak-awaiting-text",
            LeakState::Applied if self.leak.settled_at.is_none() => "leak-settling-text",
            LeakState::Applied => "leak-applied-text",
            LeakState::Closed => "leak-closed-text",
            LeakState::Undone => "leak-undone-text",
            LeakState::Suspected => "leak-suspected-text",
        })
    }

    /// How far a list under way is, in words and in hundredths.
    fn progress(&self) -> Option<(Cow<'_, str>, u64)> {
        Some(match self.work? {
            Work::Loading { percent } => (self.chrome.t("leak-work-loading"), percent),
            Work::Matching { percent } => (self.chrome.t("leak-work-matching"), percent),
        })
    }

    /// A sentence for each thing that would happen, or that happened.
    fn effects(&self) -> Vec<String> {
        let (chrome, accounts) = (&self.chrome, &self.overview.accounts);
        let sentence = |key, count: i64| (count > 0).then(|| chrome.t1(key, "count", figure(count)));
        let rotate = (accounts.to_rotate > 0).then(|| {
            chrome.t2(
                "leak-effect-rotate",
                ("count", figure(accounts.to_rotate).into()),
                ("hours", self.rotation_hours.into()),
            )
        });
        let all = [
            rotate,
            sentence("leak-effect-disable", accounts.to_disable),
            sentence("leak-effect-tell", accounts.to_tell),
            sentence("leak-effect-sessions", self.overview.sessions),
        ];
        all.into_iter().flatten().collect()
    }

    /// Of those who have something to change, how many have: in words and in hundredths.
    fn settled(&self) -> Option<(String, u64)> {
        let accounts = &self.overview.accounts;
        let (of, done) = (
            figure(accounts.to_rotate + accounts.to_disable),
            figure(accounts.rotated + accounts.re_enrolled),
        );
        if of == 0 || !self.leak.state.is_in_effect() {
            return None;
        }
        let said = self
            .chrome
            .t2("leak-settled", ("done", done.into()), ("count", of.into()));
        Some((said, done * 100 / of))
    }

    fn warnings(&self) -> Vec<Cow<'_, str>> {
        let text = |warning: &Warning| {
            self.chrome.t(match warning {
                Warning::NothingFound => "leak-warning-nothing",
                Warning::FewFound => "leak-warning-few",
                Warning::PartNotFound => "leak-warning-part",
                Warning::NearlyEverybody => "leak-warning-everybody",
                Warning::ManyBadRows => "leak-warning-bad-rows",
                Warning::NoPasswords => "leak-warning-no-passwords",
                Warning::DamagedFile => "leak-warning-damaged",
                Warning::Seeds => "leak-warning-seeds",
                Warning::Canaries => "leak-warning-canaries",
            })
        };
        let said = self.overview.warnings.iter().map(text);
        said.chain(self.unmatched().into_iter().map(Cow::Owned)).collect()
    }

    fn unmatched(&self) -> Vec<String> {
        let identifiers = self.overview.identifiers.as_ref();
        let many = identifiers.filter(|identifiers| identifiers.are_many_unmatched());
        let unmatched = many.map_or(&[][..], |identifiers| &identifiers.unmatched);
        let text = |unmatched: &Unmatched| {
            let what = match unmatched.shape {
                Shape::Email => "leak-unmatched-email",
                Shape::Number => "leak-unmatched-number",
                Shape::Code => "leak-unmatched-code",
                Shape::Other => "leak-unmatched-other",
            };
            let lines = self.chrome.t2(
                "leak-unmatched-lines",
                ("first", unmatched.first_line.into()),
                ("last", unmatched.last_line.into()),
            );
            format!("{} {lines}", self.chrome.t1(what, "count", unmatched.count))
        };
        unmatched.iter().map(text).collect()
    }

    /// What has to be accepted before it is applied: this many identifiers are nobody's here.
    fn to_accept(&self) -> Option<u64> {
        let identifiers = self.overview.identifiers.as_ref()?;
        identifiers.are_many_unmatched().then_some(identifiers.not_found)
    }

    fn accept_text(&self, count: &u64) -> String {
        self.chrome.t1("leak-accept-unmatched", "count", *count)
    }

    fn can(&self, wanted: Move) -> bool {
        self.may_act && self.leak.state.after(wanted).is_some()
    }

    fn can_apply(&self) -> bool {
        self.leak.state == LeakState::Drafted && self.can(Move::Apply)
    }

    fn can_approve(&self) -> bool {
        self.leak.state == LeakState::Awaiting && self.can(Move::Apply) && !self.asked_by_me
    }

    fn can_undo(&self) -> bool {
        self.can(Move::Undo)
    }

    fn can_close(&self) -> bool {
        self.can(Move::Close)
    }
}

fn figure(count: i64) -> u64 {
    u64::try_from(count).unwrap_or(0)
}
