//! The pages of upstream providers: signing in with an identity of theirs, linking it, signing out there.

use super::*;

pub(super) fn all(pages: &mut Pages, outside: Chrome<'_>, words: Words<'_>) {
    let buttons = [UpstreamButton {
        handle: words.typed,
        name: provider(words),
    }];
    logins(pages, outside, words, &buttons);
    let go = UpstreamGo {
        chrome: outside,
        provider: provider(words),
        to: words.typed,
        back: "/login",
    };
    put(pages, "upstream-go", &go);
    for (name, error) in [
        ("upstream-code", None),
        ("upstream-code-refused", Some(UpstreamCodeError::Refused)),
        ("upstream-code-wait", Some(UpstreamCodeError::Wait { seconds: 95 })),
        ("upstream-code-expired", Some(UpstreamCodeError::Expired)),
    ] {
        let page = UpstreamCode {
            chrome: outside,
            provider: provider(words),
            error,
        };
        put(pages, name, &page);
    }
    enrolments(pages, outside, words, &buttons);
    let elsewhere = Some((provider(words), words.typed));
    let signed_out = SignedOut {
        chrome: outside,
        elsewhere,
    };
    put(pages, "signed-out-elsewhere", &signed_out);
    let chrome = Chrome {
        signed_in: true,
        ..outside
    };
    lists(pages, chrome, words, &buttons);
    let (handle, provider) = (words.typed, provider(words));
    for (name, purpose) in [
        ("again-link", Purpose::Link { handle, provider }),
        ("again-unlink", Purpose::Unlink { handle, provider }),
    ] {
        let error = None;
        put(pages, name, &Again { chrome, purpose, error });
    }
}

/// Plausible, unless hostile values are wanted.
fn provider(words: Words<'_>) -> &str {
    match words.lab == PLAUSIBLE.lab {
        true => "FranceConnect",
        false => words.lab,
    }
}

fn logins(pages: &mut Pages, chrome: Chrome<'_>, words: Words<'_>, buttons: &[UpstreamButton<'_>]) {
    let fresh = Login {
        chrome,
        identifier: "",
        site: Some(words.typed),
        to: Some(words.typed),
        via: Some(words.typed),
        request: None,
        asks_two: false,
        upstreams: buttons,
        provider: provider(words),
        error: None,
    };
    put(pages, "login-upstream", &fresh);
    for (name, trouble) in [
        ("not-linked", UpstreamTrouble::NotLinked),
        ("denied", UpstreamTrouble::Denied),
        ("unreachable", UpstreamTrouble::Unreachable),
        ("weak", UpstreamTrouble::Weak),
        ("refused", UpstreamTrouble::Refused),
    ] {
        let error = Some(LoginError::Upstream(trouble));
        put(
            pages,
            &format!("login-upstream-{name}"),
            &Login { error, ..fresh.clone() },
        );
    }
    let error = Some(LoginError::UpstreamExpired);
    put(pages, "login-upstream-expired", &Login { error, ..fresh });
}

fn enrolments(pages: &mut Pages, chrome: Chrome<'_>, words: Words<'_>, buttons: &[UpstreamButton<'_>]) {
    let choose = ChoosePassword {
        chrome,
        step: STEP,
        action: "/activate/password",
        identifier: words.typed,
        upstreams: buttons,
        noted: None,
        not_noted: None,
        error: None,
    };
    put(pages, "password-upstream", &choose);
    let noted = Some(provider(words));
    put(
        pages,
        "password-upstream-noted",
        &ChoosePassword {
            noted,
            ..choose.clone()
        },
    );
    for (name, error) in [
        ("password-upstream-elsewhere", UpstreamsError::Elsewhere),
        (
            "password-upstream-refused",
            UpstreamsError::Trouble(UpstreamTrouble::Refused, provider(words)),
        ),
    ] {
        let not_noted = Some(error);
        put(
            pages,
            name,
            &ChoosePassword {
                not_noted,
                ..choose.clone()
            },
        );
    }
}

fn lists(pages: &mut Pages, chrome: Chrome<'_>, words: Words<'_>, buttons: &[UpstreamButton<'_>]) {
    let line = |name, last_used_at| LinkLine {
        handle: words.typed,
        provider: provider(words),
        name,
        linked_at: SIGNED_IN,
        last_used_at,
    };
    let lines = [line(words.name, Some(later(9))), line("", None)];
    let list = Upstreams {
        chrome,
        lines: &lines,
        upstreams: buttons,
        done: None,
        error: None,
    };
    put(pages, "upstreams", &list);
    let (many, done) = ([line("", None); 10], Some(UpstreamsDone::Linked));
    let full = Upstreams {
        lines: &many,
        done,
        ..list.clone()
    };
    put(pages, "upstreams-linked-full", &full);
    let none = Upstreams {
        lines: &[],
        done: Some(UpstreamsDone::Unlinked),
        ..list.clone()
    };
    put(pages, "upstreams-unlinked-last", &none);
    for (name, error) in [
        ("upstreams-elsewhere", UpstreamsError::Elsewhere),
        ("upstreams-full", UpstreamsError::Full),
        (
            "upstreams-weak",
            UpstreamsError::Trouble(UpstreamTrouble::Weak, provider(words)),
        ),
        ("upstreams-expired", UpstreamsError::Expired),
    ] {
        let error = Some(error);
        put(pages, name, &Upstreams { error, ..list.clone() });
    }
}
