//! Links are made and removed by the holder of an account, after they were asked again.

use std::time::Duration;

use super::stand::{Identity, OTHER, STRONG, Stand, Twist, with_a_provider};
use super::{ask_again, causes, kinds, lines, signed_in};
use crate::support::browser::{Browser, Page};
use crate::support::patient::Patient;

with_a_provider![
    r33_an_identity_is_linked_from_the_account_after_being_asked_again,
    r37_a_link_is_removed_and_opens_nothing_any_more,
    one_identity_opens_one_account,
    whoever_is_not_signed_in_any_more_links_nothing,
];

impl Stand {
    /// A patient with a linked identity, signed in.
    pub async fn linked(&self, identifier: &str, record: &str, identity: Identity) -> (Patient, Browser) {
        let patient = self.app.patient(identifier, record).await;
        let mut browser = self.app.browser();
        self.app.sign_in(&mut browser, &patient).await;
        self.app.advance(Duration::from_secs(30));
        let page = self.link(&mut browser, &patient, identity).await;
        assert_eq!(page.status, 303, "{page:?}");
        (patient, browser)
    }

    /// From the account page through the provider; what the callback answers.
    pub async fn link(&self, browser: &mut Browser, patient: &Patient, identity: Identity) -> Page {
        let leaving = ask_again(&self.app, browser, patient).await;
        assert_eq!(leaving.status, 200, "{leaving:?}");
        let back = self.show(browser, &leaving, identity).await;
        self.app.advance(Duration::from_secs(30));
        browser.get(&back).await
    }
}

async fn r33_an_identity_is_linked_from_the_account_after_being_asked_again(stand: Stand) {
    let patient = stand.app.patient("70114201", "12").await;
    let mut browser = stand.app.browser();
    stand.app.sign_in(&mut browser, &patient).await;
    stand.app.advance(Duration::from_secs(30));
    let account = browser.get(&format!("{}/account", stand.app.portal)).await;
    assert!(account.text().contains("href=\"/account/links\""), "{account:?}");

    // Without the password no one is sent anywhere.
    let address = format!("{}/account/links/add", stand.app.portal);
    let page = browser.get(&format!("{address}?provider=compte")).await;
    let (csrf, code) = (page.field("csrf").unwrap(), stand.app.code(&patient));
    let fields = [
        ("csrf", csrf.as_str()),
        ("provider", "compte"),
        ("password", "pas celui-ci du tout"),
        ("code", &code),
    ];
    let page = browser.post(&address, &fields).await;
    assert_eq!(page.status, 401);
    assert!(page.element("error").is_some() && !page.text().contains("refresh"));
    stand.app.advance(Duration::from_secs(30));

    let page = stand.link(&mut browser, &patient, STRONG).await;
    assert_eq!((page.status.as_u16(), page.location()), (303, "/account/links?linked"));
    let page = browser.follow(page).await;
    assert!(page.text().contains("Compte+ – Odette odette-1"), "{page:?}");
    let found = lines(&stand.app, &patient).await;
    assert_eq!(found.len(), 1);
    assert_eq!(
        (found[0].name.as_str(), found[0].last_used_at),
        ("Odette odette-1", None)
    );
    assert_eq!(kinds(&stand.app, "provider-linked").await, 1);

    // Again is nothing new.
    let page = stand.link(&mut browser, &patient, STRONG).await;
    assert_eq!(page.location(), "/account/links?linked");
    assert_eq!(lines(&stand.app, &patient).await.len(), 1);
    stand.app.stop().await;
}

async fn r37_a_link_is_removed_and_opens_nothing_any_more(stand: Stand) {
    let (patient, mut browser) = stand.linked("70114201", "12", STRONG).await;
    let handle = lines(&stand.app, &patient).await[0].id.to_string();
    let address = format!("{}/account/links/remove", stand.app.portal);
    let page = browser.get(&format!("{address}?link={handle}")).await;
    assert!(page.text().contains("Compte+"));
    let (csrf, code) = (page.field("csrf").unwrap(), stand.app.code(&patient));
    let with = |password| {
        [
            ("csrf", &*csrf),
            ("link", &*handle),
            ("password", password),
            ("code", &*code),
        ]
    };
    let page = browser.post(&address, &with("pas celui-ci du tout")).await;
    assert_eq!(page.status, 401, "{page:?}");
    assert_eq!(lines(&stand.app, &patient).await.len(), 1);
    let page = browser.post(&address, &with(&patient.password)).await;
    assert_eq!(
        (page.status.as_u16(), page.location()),
        (303, "/account/links?unlinked")
    );
    assert!(lines(&stand.app, &patient).await.is_empty());
    assert_eq!(kinds(&stand.app, "provider-unlinked").await, 1);

    let mut other = stand.app.browser();
    let page = stand.sign_in(&mut other, STRONG).await;
    assert_eq!(page.status, 401, "{page:?}");
    assert!(!signed_in(&mut other, &stand.app).await);
    stand.app.stop().await;
}

async fn one_identity_opens_one_account(stand: Stand) {
    let (_, _) = stand.linked("70114201", "12", STRONG).await;
    let patient = stand.app.patient("70114202", "13").await;
    let mut browser = stand.app.browser();
    stand.app.sign_in(&mut browser, &patient).await;
    stand.app.advance(Duration::from_secs(30));
    let page = stand.link(&mut browser, &patient, STRONG).await;
    assert_eq!(page.status, 409, "{page:?}");
    assert!(page.element("error").unwrap().contains("autre compte"), "{page:?}");
    assert!(lines(&stand.app, &patient).await.is_empty());
    assert_eq!(causes(&stand.app).await, ["not-linkable"]);
    stand.app.stop().await;
}

async fn whoever_is_not_signed_in_any_more_links_nothing(stand: Stand) {
    let patient = stand.app.patient("70114201", "12").await;
    let mut browser = stand.app.browser();
    stand.app.sign_in(&mut browser, &patient).await;
    stand.app.advance(Duration::from_secs(30));
    let leaving = ask_again(&stand.app, &mut browser, &patient).await;
    let back = stand.show(&mut browser, &leaving, STRONG).await;
    let csrf = leaving.field("csrf").unwrap();
    browser
        .post(&format!("{}/logout", stand.app.portal), &[("csrf", &csrf)])
        .await;
    let page = browser.get(&back).await;
    assert!(matches!(page.status.as_u16(), 303 | 401), "{page:?}");
    assert!(lines(&stand.app, &patient).await.is_empty());

    // Nor is it linked to the person who signed in in between.
    stand.app.advance(Duration::from_secs(30));
    let mut browser = stand.app.browser();
    stand.app.sign_in(&mut browser, &patient).await;
    stand.app.advance(Duration::from_secs(30));
    let leaving = ask_again(&stand.app, &mut browser, &patient).await;
    let back = stand.show(&mut browser, &leaving, STRONG).await;
    let second = stand.app.patient("70114202", "13").await;
    stand.app.sign_in(&mut browser, &second).await;
    browser.get(&back).await;
    assert!(lines(&stand.app, &patient).await.is_empty() && lines(&stand.app, &second).await.is_empty());
    stand.app.stop().await;
}

/// The provider says the very name that the lab has on file, and whatever else it likes.
#[actix_web::test]
async fn names_and_addresses_link_nothing() {
    let twist = Twist {
        keys: "acr_values = []\n".to_owned(),
        ..Twist::default()
    };
    let Some(stand) = Stand::twisted("sqlite:vestibule.db", twist).await else {
        return;
    };
    let patient = stand.app.patient("lemaitre", "12").await;
    let mut browser = stand.app.browser();
    let same_name = Identity {
        who: "Lemaître",
        ..OTHER
    };
    let page = stand.sign_in(&mut browser, same_name).await;
    assert_eq!(page.status, 401);
    assert!(lines(&stand.app, &patient).await.is_empty() && !signed_in(&mut browser, &stand.app).await);
    stand.app.stop().await;
}
