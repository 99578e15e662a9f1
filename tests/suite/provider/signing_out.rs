//! A person who came through a provider is shown where to sign out there too.

use super::signed_in;
use super::stand::{STRONG, Stand, with_a_provider};

with_a_provider![whoever_came_by_a_provider_may_sign_out_there_too];

async fn whoever_came_by_a_provider_may_sign_out_there_too(mut stand: Stand) {
    let (_, mut usual) = stand.linked("70114201", "12", STRONG).await;
    let mut browser = stand.app.browser();
    stand.sign_in(&mut browser, STRONG).await;
    let logout = format!("{}/logout", stand.app.portal);
    let csrf = browser
        .get(&format!("{}/account", stand.app.portal))
        .await
        .field("csrf");
    let page = browser.post(&logout, &[("csrf", &csrf.unwrap())]).await;
    assert_eq!(page.status, 200, "{page:?}");
    assert!(!signed_in(&mut browser, &stand.app).await);
    let text = page.text();
    let link = text.split_once("id=\"elsewhere\" href=\"").unwrap().1;
    let link = link.split_once('"').unwrap().0.replace("&#38;", "&");
    assert!(link.starts_with(&format!("https://localhost:{}/session/end?id_token_hint=", stand.port)));

    // The provider takes it: it knows whose session is meant, and asks.
    let page = browser.get(&link).await;
    assert_eq!(page.status, 200, "{page:?}");
    assert!(page.text().contains("sign-out"), "{page:?}");

    // A person who came as usual leaves as usual.
    let csrf = usual.get(&format!("{}/account", stand.app.portal)).await.field("csrf");
    let page = usual.post(&logout, &[("csrf", &csrf.unwrap())]).await;
    assert_eq!((page.status.as_u16(), page.location()), (303, "/logout"), "{page:?}");
    // And a provider that does not answer keeps no one here.
    let mut browser = stand.app.browser();
    stand.sign_in(&mut browser, STRONG).await;
    stand.stop();
    stand.app.restart().await;
    let csrf = browser
        .get(&format!("{}/account", stand.app.portal))
        .await
        .field("csrf");
    let page = browser.post(&logout, &[("csrf", &csrf.unwrap())]).await;
    assert_eq!((page.status.as_u16(), page.location()), (303, "/logout"), "{page:?}");
    assert!(!signed_in(&mut browser, &stand.app).await);
    stand.app.stop().await;
}
