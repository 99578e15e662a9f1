//! The pages of providers: signing in with an identity of theirs, linking it, signing out there.

use super::*;

pub(super) fn all(pages: &mut Pages, outside: Chrome<'_>, words: Words<'_>) {
    let buttons = [ProviderButton {
        handle: words.typed,
        name: provider(words),
    }];
    logins(pages, outside, words, &buttons);
    let go = ProviderGo {
        chrome: outside,
        provider: provider(words),
        to: words.typed,
        back: "/login",
    };
    put(pages, "provider-go", &go);
    for (name, error) in [
        ("provider-code", None),
        ("provider-code-refused", Some(ProviderCodeError::Refused)),
        ("provider-code-wait", Some(ProviderCodeError::Wait { seconds: 95 })),
        ("provider-code-expired", Some(ProviderCodeError::Expired)),
    ] {
        let page = ProviderCode {
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

fn logins(pages: &mut Pages, chrome: Chrome<'_>, words: Words<'_>, buttons: &[ProviderButton<'_>]) {
    let fresh = Login {
        chrome,
        identifier: "",
        site: Some(words.typed),
        to: Some(words.typed),
        via: Some(words.typed),
        request: None,
        asks_two: false,
        providers: buttons,
        provider: provider(words),
        error: None,
    };
    put(pages, "login-provider", &fresh);
    for (name, trouble) in [
        ("not-linked", ProviderTrouble::NotLinked),
        ("denied", ProviderTrouble::Denied),
        ("unreachable", ProviderTrouble::Unreachable),
        ("weak", ProviderTrouble::Weak),
        ("refused", ProviderTrouble::Refused),
    ] {
        let error = Some(LoginError::Provider(trouble));
        put(
            pages,
            &format!("login-provider-{name}"),
            &Login { error, ..fresh.clone() },
        );
    }
    let error = Some(LoginError::ProviderExpired);
    put(pages, "login-provider-expired", &Login { error, ..fresh });
}

fn enrolments(pages: &mut Pages, chrome: Chrome<'_>, words: Words<'_>, buttons: &[ProviderButton<'_>]) {
    let choose = ChoosePassword {
        chrome,
        step: STEP,
        action: "/activate/password",
        identifier: words.typed,
        providers: buttons,
        noted: None,
        not_noted: None,
        error: None,
    };
    put(pages, "password-provider", &choose);
    let noted = Some(provider(words));
    put(
        pages,
        "password-provider-noted",
        &ChoosePassword {
            noted,
            ..choose.clone()
        },
    );
    for (name, error) in [
        ("password-provider-elsewhere", ProvidersError::Elsewhere),
        (
            "password-provider-refused",
            ProvidersError::Trouble(ProviderTrouble::Refused, provider(words)),
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

fn lists(pages: &mut Pages, chrome: Chrome<'_>, words: Words<'_>, buttons: &[ProviderButton<'_>]) {
    let line = |name, last_used_at| LinkLine {
        handle: words.typed,
        provider: provider(words),
        name,
        linked_at: SIGNED_IN,
        last_used_at,
    };
    let lines = [line(words.name, Some(later(9))), line("", None)];
    let list = Providers {
        chrome,
        lines: &lines,
        providers: buttons,
        done: None,
        error: None,
    };
    put(pages, "providers", &list);
    let (many, done) = ([line("", None); 10], Some(ProvidersDone::Linked));
    let full = Providers {
        lines: &many,
        done,
        ..list.clone()
    };
    put(pages, "providers-linked-full", &full);
    let none = Providers {
        lines: &[],
        done: Some(ProvidersDone::Unlinked),
        ..list.clone()
    };
    put(pages, "providers-unlinked-last", &none);
    for (name, error) in [
        ("providers-elsewhere", ProvidersError::Elsewhere),
        ("providers-full", ProvidersError::Full),
        (
            "providers-weak",
            ProvidersError::Trouble(ProviderTrouble::Weak, provider(words)),
        ),
        ("providers-expired", ProvidersError::Expired),
    ] {
        let error = Some(error);
        put(pages, name, &Providers { error, ..list.clone() });
    }
}
