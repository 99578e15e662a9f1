use vestibule::domain::outbox::State;
use vestibule::service::outbox::bounces::read_bounces;

use super::incident::{Incident, listed};
use crate::admin::stand::events;

/// As Postfix writes it: a report in three parts, back to where the mail said it came from.
fn report(to: &str, action: &str, status: &str) -> String {
    format!(
        "Return-Path: <>\r\nDelivered-To: {to}\r\nFrom: MAILER-DAEMON@mx.example.org (Mail Delivery System)\r\n\
         To: {to}\r\nSubject: Undelivered Mail Returned to Sender\r\nAuto-Submitted: auto-replied\r\nMIME-Version: 1.0\r\n\
         Content-Type: multipart/report; report-type=delivery-status; boundary=\"9B095B5ADE.1\"\r\n\r\n\
         --9B095B5ADE.1\r\nContent-Description: Notification\r\nContent-Type: text/plain; charset=us-ascii\r\n\r\n\
         This is the mail system at host mx.example.org.\r\n\r\n--9B095B5ADE.1\r\n\
         Content-Description: Delivery report\r\nContent-Type: message/delivery-status\r\n\r\n\
         Reporting-MTA: dns; mx.example.org\r\nArrival-Date: Mon, 23 Nov 2026 20:15:00 +0100 (CET)\r\n\r\n\
         Final-Recipient: rfc822; odette@example.org\r\nOriginal-Recipient: rfc822;odette@example.org\r\n\
         Action: {action}\r\nStatus: {status}\r\nDiagnostic-Code: smtp; 550 5.1.1 no such user\r\n\r\n\
         --9B095B5ADE.1\r\nContent-Type: message/rfc822\r\n\r\nSubject: x\r\n\r\nx\r\n--9B095B5ADE.1--\r\n"
    )
}

#[tokio::test]
async fn a_mail_that_comes_back_hours_later_is_known_by_the_address_it_comes_back_to() {
    let mail = "bounces = \"Maildir\"\nbounce_address = \"retours@lab.example\"\n";
    let people = [listed("P-1", "odette@example.org"), listed("P-2", "jean@example.org")];
    let Some(all) = Incident::all(&people, "none", mail).await else {
        return;
    };
    for incident in all {
        for folder in ["Maildir/new", "Maildir/cur", "Maildir/tmp"] {
            std::fs::create_dir_all(incident.stand.path(folder)).unwrap();
        }
        assert_eq!(incident.send().await, 2);
        let from: Vec<_> = incident.server().mails().into_iter().map(|mail| mail.from).collect();
        assert!(
            from[0] != from[1]
                && from
                    .iter()
                    .all(|from| from.starts_with("retours+") && from.ends_with("@lab.example"))
        );

        let put = |name: &str, text: String| incident.stand.write(&format!("Maildir/new/{name}"), text);
        put("1", report(&from[0], "delayed", "4.4.1"));
        put(
            "2",
            report(
                "retours+00000000000000000000000000000000@lab.example",
                "failed",
                "5.1.1",
            ),
        );
        put("3", report("labo@lab.example", "failed", "5.1.1"));
        put(
            "4",
            format!("To: {}\r\nSubject: On holiday\r\n\r\nBack on Monday.\r\n", from[0]),
        );
        put("5", "\0\u{1}garbage".to_owned());
        assert_eq!(read_bounces(&incident.core).await.unwrap(), 0);
        assert_eq!(incident.count(State::Sent).await, 2);

        put("6", report(&from[0].to_uppercase(), "failed", "5.1.1"));
        put("7", report(&from[0], "failed", "5.1.1"));
        assert_eq!(
            read_bounces(&incident.core).await.unwrap(),
            1,
            "the second report tells nothing new"
        );
        assert_eq!(
            (incident.count(State::Sent).await, incident.count(State::Bounced).await),
            (1, 1)
        );
        assert!(events(&incident.core).await.contains(&"not-told".to_owned()));
        assert_eq!(
            std::fs::read_dir(incident.stand.path("Maildir/new")).unwrap().count(),
            0
        );
        assert!(incident.stand.path("Maildir/cur/6:2,S").exists());
    }
}

#[tokio::test]
async fn a_folder_that_is_not_there_stops_nothing() {
    let Some(all) = Incident::all(
        &[listed("P-1", "odette@example.org")],
        "none",
        "bounces = \"Nowhere\"\n",
    )
    .await
    else {
        return;
    };
    for incident in all {
        assert_eq!(read_bounces(&incident.core).await.unwrap(), 0);
        assert_eq!(incident.send().await, 1);
    }
}
