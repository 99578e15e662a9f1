//! A session: opened by an authentication that it consumes, ended by idleness, by age or by a sign-out.

use std::time::Duration;

use crate::ending::KeyId;
use crate::evidence::{Authenticated, Means};
use kernel::clock::Timestamp;
use kernel::entropy::Entropy;
use kernel::ids::{AccountId, SessionId};

#[derive(Clone, Copy, Debug)]
pub struct Lifetime {
    pub idle: Duration,
    pub absolute: Duration,
}

impl Lifetime {
    /// Operators, who may act on every account of a lab, must sign in again sooner.
    pub const OF_OPERATORS: Self = Self {
        idle: Duration::from_secs(15 * 60),
        absolute: Duration::from_secs(4 * 3600),
    };
}

/// A session about to be stored; nothing but [`Session::open`] makes one.
#[derive(Debug)]
pub struct NewSession {
    session: Session,
    key: Option<KeyId>,
}

impl NewSession {
    pub fn session(&self) -> &Session {
        &self.session
    }

    /// It ends with this passkey or linked identity.
    pub fn key(&self) -> Option<KeyId> {
        self.key
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    pub id: SessionId,
    pub account: AccountId,
    pub means: Means,
    /// What the holder is told about the browser, in their list of sessions.
    pub device: String,
    pub authenticated_at: Timestamp,
    pub last_used_at: Timestamp,
    /// However busy, it ends then.
    pub expires_at: Timestamp,
    pub ended_at: Option<Timestamp>,
}

impl Session {
    pub fn open(who: Authenticated, lifetime: Lifetime, device: String, entropy: &dyn Entropy) -> NewSession {
        let session = Self {
            id: SessionId::generate(entropy),
            account: who.account(),
            means: who.means(),
            device,
            authenticated_at: who.at(),
            last_used_at: who.at(),
            expires_at: who.at().plus(lifetime.absolute),
            ended_at: None,
        };
        let key = who.key();
        NewSession { session, key }
    }

    pub fn is_alive(&self, lifetime: Lifetime, now: Timestamp) -> bool {
        self.ended_at.is_none() && now < self.expires_at && now < self.idle_out_at(lifetime)
    }

    pub fn idle_out_at(&self, lifetime: Lifetime) -> Timestamp {
        self.last_used_at.plus(lifetime.idle).min(self.expires_at)
    }
}

/// A browser in a few words: enough for its owner to know it, too little to be a fingerprint.
pub fn describe_device(user_agent: Option<&str>) -> String {
    let agent = user_agent.unwrap_or_default();
    let first = |pairs: &[(&str, &'static str)]| {
        pairs
            .iter()
            .find(|(mark, _)| agent.contains(mark))
            .map(|(_, name)| *name)
    };
    let browser = first(&[
        ("Edg/", "Edge"),
        ("Firefox/", "Firefox"),
        ("OPR/", "Opera"),
        ("Chrome/", "Chrome"),
        ("Safari/", "Safari"),
    ]);
    let system = first(&[
        ("iPhone", "iPhone"),
        ("iPad", "iPad"),
        ("Android", "Android"),
        ("Windows", "Windows"),
        ("Mac OS", "Mac"),
        ("Linux", "Linux"),
    ]);
    match (browser, system) {
        (Some(browser), Some(system)) => format!("{browser} · {system}"),
        (Some(one), None) | (None, Some(one)) => one.to_owned(),
        (None, None) => "?".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn r38_a_session_ends_by_idleness_by_age_and_by_word() {
        let start = Timestamp::from_seconds(1_790_000_000);
        let lifetime = Lifetime {
            idle: Duration::from_secs(1800),
            absolute: Duration::from_secs(43_200),
        };
        let session = Session {
            id: SessionId::from_bytes([1; 16]),
            account: AccountId::from_bytes([2; 16]),
            means: Means::PasswordAndCode,
            device: String::new(),
            authenticated_at: start,
            last_used_at: start,
            expires_at: start.plus(lifetime.absolute),
            ended_at: None,
        };
        let seconds = |n| start.plus(Duration::from_secs(n));
        assert!(session.is_alive(lifetime, seconds(1799)));
        assert!(!session.is_alive(lifetime, seconds(1800)));
        let busy = Session {
            last_used_at: seconds(43_199),
            ..session.clone()
        };
        assert!(!busy.is_alive(lifetime, seconds(43_200)));
        assert!(
            !Session {
                ended_at: Some(start),
                ..session
            }
            .is_alive(lifetime, start)
        );
    }

    #[test]
    fn a_device_is_named_by_browser_and_system_only() {
        let agent = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0 Safari/537.36";
        assert_eq!(describe_device(Some(agent)), "Chrome · Linux");
        assert_eq!(describe_device(None), "?");
    }

    #[test]
    fn r38_operators_are_signed_out_sooner() {
        let Lifetime { idle, absolute } = Lifetime::OF_OPERATORS;
        assert_eq!((idle.as_secs() / 60, absolute.as_secs() / 3600), (15, 4));
    }
}
