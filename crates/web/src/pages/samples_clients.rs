//! What people see when a client asks for them.

use super::*;

pub(super) fn all(pages: &mut Pages, outside: Chrome<'_>, words: Words<'_>) {
    let chrome = Chrome {
        signed_in: true,
        ..outside
    };
    consents(pages, chrome, words);
    for (name, error) in [
        (
            "oauth-error",
            Some(("invalid_request", "redirect_uri is missing, or not the client's")),
        ),
        ("oauth-gone", None),
    ] {
        put(pages, name, &OauthErrorPage { chrome: outside, error });
    }
    let fields = [
        ("code", words.typed.to_owned()),
        ("state", words.name.to_owned()),
        ("iss", "https://portail.example".to_owned()),
    ];
    let form = FormPost {
        chrome: Chrome { path: "", ..chrome },
        action: "https://carnet.example/retour?a=b&c=d",
        fields: &fields,
    };
    put(pages, "form-post", &form);
    let page = AskSignOut {
        chrome,
        action: "/oauth2/logout/confirm",
        asked: words.typed,
    };
    put(pages, "ask-sign-out", &page);
}

fn consents(pages: &mut Pages, chrome: Chrome<'_>, words: Words<'_>) {
    let told = |claim, value: &str| ClaimLine {
        label: claim_label(claim),
        value: value.to_owned().into(),
    };
    let values = Claim::ALL.map(|claim| match claim {
        Claim::Birthdate => "1944-05-12",
        Claim::EmailVerified => "non",
        Claim::Records => "12, 118",
        _ => words.name,
    });
    let much = Consent {
        chrome,
        client: if words.name == HOSTILE {
            HOSTILE
        } else {
            "Carnet de santé"
        },
        action: "/oauth2/authorize/continue",
        request: words.typed,
        person: words.typed,
        is_public: false,
        told: Claim::ALL
            .into_iter()
            .zip(values)
            .map(|(claim, value)| told(claim, value))
            .collect(),
        offline_days: Some(30),
    };
    put(pages, "consent", &much);
    let day = Consent {
        offline_days: Some(1),
        is_public: true,
        ..much.clone()
    };
    put(pages, "consent-public-one-day", &day);
    let little = Consent {
        told: Vec::new(),
        offline_days: None,
        ..much
    };
    put(pages, "consent-little", &little);
}
