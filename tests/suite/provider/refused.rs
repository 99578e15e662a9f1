//! What is refused, and how that is said: calmly, without a word on whose accounts there are.

use super::stand::{Identity, OTHER, STRONG, Stand, Twist, with_a_provider};
use super::{causes, signed_in};
use crate::support::browser::Page;
use vestibule::domain::account::AccountState;
use vestibule::store::account::locked;

with_a_provider![
    r33_a_level_that_is_not_accepted_is_refused,
    r21_an_identity_that_is_not_linked_is_told_so_and_learns_nothing,
    an_answer_serves_once_in_the_browser_that_was_sent,
    whoever_says_no_there_is_told_calmly,
    a_provider_that_does_not_answer_keeps_nobody_from_the_other_ways,
];

fn error(page: &Page) -> String {
    page.element("error").unwrap_or_else(|| panic!("{page:?}"))
}

async fn r33_a_level_that_is_not_accepted_is_refused(stand: Stand) {
    let (_, _) = stand.linked("70114201", "12", STRONG).await;
    for acr in ["eidas1", ""] {
        let weak = Identity { acr, ..STRONG };
        let mut browser = stand.app.browser();
        let page = stand.sign_in(&mut browser, weak).await;
        assert_eq!(page.status, 401, "{page:?}");
        assert!(error(&page).contains("ne suffit pas"), "{page:?}");
        assert!(!signed_in(&mut browser, &stand.app).await);
    }
    assert_eq!(causes(&stand.app).await, ["acr", "acr"]);
    stand.app.stop().await;
}

async fn r21_an_identity_that_is_not_linked_is_told_so_and_learns_nothing(stand: Stand) {
    let (patient, _) = stand.linked("70114201", "12", STRONG).await;
    let unknown = stand.sign_in(&mut stand.app.browser(), OTHER).await;
    assert!(error(&unknown).contains("rattacher"), "{unknown:?}");
    // Just as little is said about an account that cannot be used.
    let mut tx = stand.app.core.db.begin().await.unwrap();
    let (lab, now) = (stand.app.lab(), stand.app.now());
    let mut holder = locked::lock(&mut tx, &lab, patient.account).await.unwrap().unwrap();
    holder.set_state(AccountState::Disabled, now).await.unwrap();
    tx.commit().await.unwrap();
    let disabled = stand.sign_in(&mut stand.app.browser(), STRONG).await;
    let seen = |page: &Page| {
        (
            page.status.as_u16(),
            page.text().replace(&page.field("csrf").unwrap(), ""),
        )
    };
    assert_eq!(seen(&unknown), seen(&disabled));
    assert_eq!(unknown.status, 401);
    assert_eq!(causes(&stand.app).await, ["not-active", "not-linked"]);
    assert!(stand.app.metric("vestibule_sign_ins_total{result=\"refused\"}").await >= 2.0);
    stand.app.stop().await;
}

async fn an_answer_serves_once_in_the_browser_that_was_sent(stand: Stand) {
    let (_, _) = stand.linked("70114201", "12", STRONG).await;
    let mut browser = stand.app.browser();
    let leaving = stand.leave(&mut browser).await;
    let back = stand.show(&mut browser, &leaving, STRONG).await;
    // Another browser, even one that we know, gets nothing by it.
    let mut other = stand.app.browser();
    other.get(&format!("{}/login", stand.app.portal)).await;
    let page = other.get(&back).await;
    assert_eq!(page.status, 403, "{page:?}");
    assert!(!signed_in(&mut other, &stand.app).await);
    // Nor does a changed state, or none.
    let state = back
        .split("state=")
        .nth(1)
        .unwrap()
        .split('&')
        .next()
        .unwrap()
        .to_owned();
    let last = if state.ends_with('A') { "B" } else { "A" };
    let changed = format!("{}{last}", &state[..state.len() - 1]);
    for changed in [
        back.replace(&state, &changed),
        back.replace(&state, ""),
        back.replace("state=", "status="),
    ] {
        let page = browser.get(&changed).await;
        assert_eq!(page.status, 403, "{page:?}");
    }
    let page = browser.get(&back).await;
    assert_eq!((page.status.as_u16(), page.location()), (303, "/account"), "{page:?}");
    // And once is once.
    let mut again = stand.app.browser();
    again.jar.clone_from(&browser.jar);
    let page = again.get(&back).await;
    assert_eq!(page.status, 403);
    assert!(error(&page).contains("Recommencez"), "{page:?}");
    assert_eq!(causes(&stand.app).await, ["departure"; 5]);

    // An answer that names another provider was meant for that one (mix-up).
    for iss in ["https%3A%2F%2Fevil.example", ""] {
        let mut browser = stand.app.browser();
        let leaving = stand.leave(&mut browser).await;
        let back = stand.show(&mut browser, &leaving, STRONG).await;
        let (before, after) = back.split_once("iss=").unwrap();
        let after = after.split_once('&').map_or("", |(_, after)| after);
        let page = browser.get(&format!("{before}iss={iss}&{after}")).await;
        assert_eq!(page.status, 401, "{page:?}");
        assert!(!signed_in(&mut browser, &stand.app).await);
    }
    stand.app.stop().await;
}

async fn whoever_says_no_there_is_told_calmly(stand: Stand) {
    let mut browser = stand.app.browser();
    let leaving = stand.leave(&mut browser).await;
    let back = stand.cancel(&mut browser, &leaving).await;
    assert!(back.contains("error=access_denied"), "{back}");
    let page = browser.get(&back).await;
    assert_eq!(page.status, 401);
    assert!(error(&page).contains("Rien n’a changé"), "{page:?}");
    assert_eq!(causes(&stand.app).await, ["denied"]);
    stand.app.stop().await;
}

async fn a_provider_that_does_not_answer_keeps_nobody_from_the_other_ways(mut stand: Stand) {
    let (patient, _) = stand.linked("70114201", "12", STRONG).await;
    let mut browser = stand.app.browser();
    let leaving = stand.leave(&mut browser).await;
    let back = stand.show(&mut browser, &leaving, STRONG).await;
    stand.stop();
    let page = browser.get(&back).await;
    assert_eq!(page.status, 502, "{page:?}");
    assert!(error(&page).contains("ne répond pas"), "{page:?}");
    assert_eq!(causes(&stand.app).await, ["unreachable"]);
    stand.app.sign_in(&mut browser, &patient).await;
    assert!(signed_in(&mut browser, &stand.app).await);
    stand.app.stop().await;
}

#[actix_web::test]
async fn r30_a_provider_is_neither_offered_nor_accepted_after_its_last_day() {
    let twist = Twist {
        keys: "until = \"2020-12-31\"\n".to_owned(),
        ..Twist::default()
    };
    let Some(stand) = Stand::twisted("sqlite:vestibule.db", twist).await else {
        return;
    };
    let mut browser = stand.app.browser();
    let page = browser.get(&format!("{}/login", stand.app.portal)).await;
    assert!(!page.text().contains("Compte+"), "{page:?}");
    let csrf = page.field("csrf").unwrap();
    let fields = [("csrf", csrf.as_str()), ("provider", "compte")];
    let page = browser
        .post(&format!("{}/login/provider", stand.app.portal), &fields)
        .await;
    assert_eq!(page.status, 404, "{page:?}");
    stand.app.stop().await;
}
