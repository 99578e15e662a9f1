//! The certificate that visitors meet.

use std::os::unix::fs::MetadataExt;
use std::time::Duration;

use url::Url;

use super::Check;
use super::certificate::Certificate;
use config::Config;
use kernel::clock::Timestamp;

/// Renewal by ACME happens 30 days before; two weeks before the end something is wrong with it.
const SOON: Duration = Duration::from_secs(14 * 86_400);

pub(super) fn examine(config: &Config, now: Timestamp) -> Vec<Check> {
    const NAME: &str = "tls certificate";
    let mut checks = Vec::new();
    match Certificate::read(&config.tls.certificate_file, &config.tls.key_file) {
        Err((what, remedy)) => checks.push(Check::problem(NAME, what, remedy)),
        Ok(certificate) => {
            checks.push(dates(NAME, certificate.from, certificate.to, now));
            checks.push(hosts(&certificate, config));
        }
    }
    checks.extend(key_rights(config));
    checks
}

fn dates(name: &str, from: Timestamp, to: Timestamp, now: Timestamp) -> Check {
    let renew = "renew the certificate; a replaced file is picked up without a restart";
    if now < from {
        let what = format!("it is not valid before {from}");
        return Check::problem(name, what, "check this machine's clock, then the certificate");
    }
    if now >= to {
        return Check::problem(name, format!("it expired at {to}"), renew);
    }
    let what = format!("it expires at {to}, in {} days", to.since(now).as_secs() / 86_400);
    if to.since(now) < SOON {
        return Check::warning(name, what, renew);
    }
    Check::ok(name, what)
}

fn hosts(certificate: &Certificate, config: &Config) -> Check {
    let missing: Vec<String> = origins(config).filter(|host| !certificate.covers(host)).collect();
    if missing.is_empty() {
        return Check::ok("tls hosts", format!("{} host names covered", origins(config).count()));
    }
    let what = format!("the certificate does not cover {}", missing.join(", "));
    Check::problem(
        "tls hosts",
        what,
        "get a certificate with every portal and site among its names",
    )
}

fn origins(config: &Config) -> impl Iterator<Item = String> {
    let portals = config.labs.iter().map(|lab| lab.portal.clone());
    let sites = config.sites.iter().filter_map(|site| Url::parse(&site.origin).ok());
    portals.chain(sites).filter_map(|url| url.host_str().map(str::to_owned))
}

fn key_rights(config: &Config) -> Option<Check> {
    let file = &config.tls.key_file;
    let mode = std::fs::metadata(file).ok()?.mode() & 0o777;
    (mode & 0o007 != 0).then(|| {
        let what = format!(
            "{} is open to everyone on this machine (mode {mode:04o})",
            file.display()
        );
        Check::problem("tls key", what, format!("run: chmod o= {}", file.display()))
    })
}

#[cfg(test)]
mod tests {
    use super::super::Status;
    use super::*;

    #[test]
    fn dates_are_judged_from_now() {
        let at = |days: i64| Timestamp::from_seconds(1_790_000_000 + days * 86_400);
        for (now, expected) in [
            (-1, Status::Problem),
            (0, Status::Ok),
            (75, Status::Ok),
            (77, Status::Warning),
            (90, Status::Problem),
        ] {
            assert_eq!(dates("t", at(0), at(90), at(now)).status, expected, "{now}");
        }
    }
}
