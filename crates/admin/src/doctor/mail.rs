//! Can people be told by mail?

use super::Check;
use config::Config;
use service::outbox::Connection;

const NAME: &str = "mail";

pub(super) async fn examine(config: &Config) -> Vec<Check> {
    let mail = &config.mail;
    let Some(host) = &mail.host else {
        return vec![Check::warning(
            NAME,
            "no mail server is configured: people on a leaked list are told by letter only",
            "set [mail] host",
        )];
    };
    let server = format!("{host}:{}", mail.port());
    let mut checks = vec![match Connection::open(host, mail).await {
        Ok(connection) => {
            connection.close().await;
            Check::ok(
                NAME,
                format!("{server} accepts our mail; at most {} mails an hour", mail.per_hour),
            )
        }
        Err(unavailable) => Check::problem(
            NAME,
            format!("{server}: {unavailable}"),
            "check [mail] host, port, tls, ca_file, username and password_file",
        ),
    }];
    match &mail.bounces {
        Some(folder) if !folder.join("new").is_dir() => checks.push(Check::problem(
            "bounced mails",
            format!("{} is not a Maildir that vestibule can read", folder.display()),
            "check [mail] bounces: a folder with cur, new and tmp in it, which vestibule may write to",
        )),
        Some(_) => {}
        None => checks.push(Check::warning(
            "bounced mails",
            "they are not read: an undelivered mail is noticed only if the server refuses it at once",
            "set [mail] bounces to a Maildir",
        )),
    }
    checks
}
