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
            "no mail server is named: people on a leaked list are told by letter only",
            "name one as [mail] host",
        )];
    };
    let server = format!("{host}:{}", mail.port());
    let mut checks = vec![match Connection::open(host, mail).await {
        Ok(connection) => {
            connection.close().await;
            Check::ok(
                NAME,
                format!("{server} lets us in; {} mails an hour at most", mail.per_hour),
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
            "mails that came back",
            format!("{} is no Maildir that vestibule can read", folder.display()),
            "check [mail] bounces: a folder with cur, new and tmp in it, which vestibule may write to",
        )),
        Some(_) => {}
        None => checks.push(Check::warning(
            "mails that came back",
            "they are not read: whom a mail did not reach is known only where the server refuses it at once",
            "name a Maildir as [mail] bounces",
        )),
    }
    checks
}
