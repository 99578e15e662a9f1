//! The pages of passkeys: signing in with one, and keeping them.

use super::*;

const OPTIONS: &str = r#"{"challenge":"c2lnbiB0aGlz","rpId":"portail.example","userVerification":"required"}"#;

pub(super) fn all(pages: &mut Pages, outside: Chrome<'_>, words: Words<'_>) {
    let sign_in = PasskeySignIn {
        chrome: outside,
        options: OPTIONS,
        challenge: words.typed,
        login: "/login",
        site: Some(words.typed),
        to: Some(words.typed),
        via: None,
        request: None,
    };
    put(pages, "passkey-sign-in", &sign_in);
    let chrome = Chrome {
        signed_in: true,
        ..outside
    };
    lists(pages, chrome, words);
    asking(pages, chrome, words);
    let page = NewPasskey {
        chrome,
        options: OPTIONS,
    };
    put(pages, "passkey-new", &page);
}

fn lists(pages: &mut Pages, chrome: Chrome<'_>, words: Words<'_>) {
    let line = |name, last_used_at| PasskeyLine {
        handle: words.typed,
        name,
        added_at: SIGNED_IN,
        last_used_at,
    };
    let lines = [line(words.name, Some(later(9))), line("", None)];
    let list = Passkeys {
        chrome,
        lines: &lines,
        most: 20,
        done: None,
        error: None,
    };
    put(pages, "passkeys", &list);
    let done = Some(PasskeysDone::Added);
    put(
        pages,
        "passkeys-added-full",
        &Passkeys {
            most: 2,
            done,
            ..list.clone()
        },
    );
    let done = Some(PasskeysDone::Removed);
    put(
        pages,
        "passkeys-removed-last",
        &Passkeys {
            lines: &[],
            done,
            ..list.clone()
        },
    );
    for (name, error) in [
        ("passkeys-refused", PasskeysError::Refused),
        ("passkeys-expired", PasskeysError::Expired),
    ] {
        let error = Some(error);
        put(pages, name, &Passkeys { error, ..list.clone() });
    }
}

fn asking(pages: &mut Pages, chrome: Chrome<'_>, words: Words<'_>) {
    let (handle, name) = (words.typed, words.name);
    for (page, purpose, error) in [
        ("again-add", Purpose::Add, None),
        ("again-remove", Purpose::Remove { handle, name }, None),
        ("again-refused", Purpose::Add, Some(AgainError::Refused)),
        ("again-wait", Purpose::Add, Some(AgainError::Wait { seconds: 95 })),
        ("again-busy", Purpose::Add, Some(AgainError::Busy { seconds: 20 })),
        (
            "again-expired",
            Purpose::Remove { handle, name: "" },
            Some(AgainError::Expired),
        ),
    ] {
        put(pages, page, &Again { chrome, purpose, error });
    }
}
