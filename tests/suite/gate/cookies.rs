//! The LIS's own session lives and dies with ours.

use super::http::ask;
use super::stand::{gate, lis};

#[actix_web::test]
async fn a_cookie_of_the_lis_comes_back_sealed_and_no_other_arrives() {
    let (lis, _) = lis();
    let gate = gate(lis.port);
    let set = ask(gate.port, "GET", "/echo/cookie", "").await;
    let sealed = set.header("set-cookie").unwrap().split(';').next().unwrap().to_owned();
    let seen = ask(gate.port, "GET", "/echo/a", &format!("Cookie: {sealed}\r\n"))
        .await
        .text();
    assert!(seen.contains("cookie: lis=2\n"), "{seen}");
    let forged = [
        "lis=2",
        "lis.lis=2",
        "lis.lis=",
        &sealed.replace("lis.lis", "lis.admin"),
    ];
    for cookie in forged {
        let seen = ask(gate.port, "GET", "/echo/a", &format!("Cookie: {cookie}\r\n"))
            .await
            .text();
        assert!(!seen.contains("cookie:"), "{cookie}: {seen}");
    }
    // Nobody is signed in on this one: the session it was sealed for is another.
    let request = format!("GET /help/a HTTP/1.1\r\nHost: a\r\nConnection: close\r\nCookie: {sealed}\r\n\r\n");
    let answer = super::http::parse(&super::http::exchange(gate.port, request.as_bytes()).await, false);
    assert_eq!(answer.status, 200);
    assert!(!answer.text().contains("cookie:"), "{}", answer.text());
}
