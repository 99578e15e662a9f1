//! Together with a lab code: an identity is shown in the middle of an enrolment, and linked at its end.

use super::stand::{STRONG, Stand, with_a_provider};
use super::{causes, lines, signed_in};
use crate::support::browser::{Browser, Page};

with_a_provider![
    r33_an_identity_is_linked_together_with_a_lab_code,
    a_new_enrolment_ends_every_link,
    an_identity_of_another_account_is_not_taken,
];

impl Stand {
    /// As far as the page that asks for a password.
    async fn begin_enrolment(&self, browser: &mut Browser, birth_date: &str, lab_code: &str) -> Page {
        let address = format!("{}/activate", self.app.portal);
        let csrf = browser.get(&address).await.field("csrf").unwrap();
        let fields = [("lab_code", lab_code), ("birth_date", birth_date), ("csrf", &csrf)];
        let page = browser.post(&address, &fields).await;
        browser.follow(page).await
    }

    async fn leave_enrolment(&self, browser: &mut Browser, page: &Page) -> Page {
        let csrf = page.field("csrf").unwrap();
        let fields = [("csrf", csrf.as_str()), ("provider", "compte")];
        browser
            .post(&format!("{}/activate/provider", self.app.portal), &fields)
            .await
    }
}

async fn r33_an_identity_is_linked_together_with_a_lab_code(stand: Stand) {
    let (mut patient, code) = stand.app.imported("70114201", "12").await;
    let mut browser = stand.app.browser();
    let page = stand.begin_enrolment(&mut browser, &patient.birth_date, &code).await;
    assert!(page.text().contains("Rattacher Compte+"), "{page:?}");
    let leaving = stand.leave_enrolment(&mut browser, &page).await;
    let back = stand.show(&mut browser, &leaving, STRONG).await;
    let page = browser.get(&back).await;
    assert_eq!((page.status.as_u16(), page.location()), (303, "/activate"), "{page:?}");
    let page = browser.follow(page).await;
    assert!(page.text().contains("sera rattaché"), "{page:?}");
    assert!(lines(&stand.app, &patient).await.is_empty(), "nothing before the end");
    stand.app.finish_enrolment(&mut browser, &mut patient).await;
    assert_eq!(lines(&stand.app, &patient).await.len(), 1);
    let mut other = stand.app.browser();
    let page = stand.sign_in(&mut other, STRONG).await;
    assert_eq!((page.status.as_u16(), page.location()), (303, "/account"), "{page:?}");

    // Without an enrolment, none can be started this way.
    let mut stranger = stand.app.browser();
    let page = stranger.get(&format!("{}/activate", stand.app.portal)).await;
    let page = stand.leave_enrolment(&mut stranger, &page).await;
    assert_eq!((page.status.as_u16(), page.location()), (303, "/activate"));
    stand.app.stop().await;
}

async fn a_new_enrolment_ends_every_link(stand: Stand) {
    let (mut patient, _) = stand.linked("70114201", "12", STRONG).await;
    let code = stand.app.new_lab_code(&patient).await;
    let mut browser = stand.app.browser();
    stand.app.enrol(&mut browser, &mut patient, &code).await;
    assert!(lines(&stand.app, &patient).await.is_empty());
    let mut other = stand.app.browser();
    assert_eq!(stand.sign_in(&mut other, STRONG).await.status, 401);
    assert!(!signed_in(&mut other, &stand.app).await);
    stand.app.stop().await;
}

async fn an_identity_of_another_account_is_not_taken(stand: Stand) {
    let (first, _) = stand.linked("70114201", "12", STRONG).await;
    let (mut patient, code) = stand.app.imported("70114202", "13").await;
    let mut browser = stand.app.browser();
    let page = stand.begin_enrolment(&mut browser, &patient.birth_date, &code).await;
    let leaving = stand.leave_enrolment(&mut browser, &page).await;
    let back = stand.show(&mut browser, &leaving, STRONG).await;
    let page = browser.get(&back).await;
    assert_eq!(page.status, 409, "{page:?}");
    assert!(
        page.element("provider-error").unwrap().contains("autre compte"),
        "{page:?}"
    );
    stand.app.finish_enrolment(&mut browser, &mut patient).await;
    assert!(lines(&stand.app, &patient).await.is_empty());
    assert_eq!(lines(&stand.app, &first).await.len(), 1);
    assert!(causes(&stand.app).await.is_empty());
    stand.app.stop().await;
}
