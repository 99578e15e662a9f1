//! Whether a LIS is there, and whether there is a way to it that does not lead through the gate.

use std::net::SocketAddr;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpStream, lookup_host};
use tokio::time::timeout;
use url::Url;

use super::clock::References;
use super::network::is_private;
use super::{Check, Status};
use config::site::{GateMode, Requirement, SiteSection};
use kernel::clock::Timestamp;

const LONGEST_HEAD: u64 = 16 * 1024;

pub(super) async fn examine(site: &SiteSection, references: &mut References) -> Vec<Check> {
    let mut checks = gate(site);
    checks.extend(upstream(site, references).await);
    checks
}

fn gate(site: &SiteSection) -> Vec<Check> {
    let name = format!("gate of {}", site.id);
    let open: Vec<String> = site
        .rules
        .iter()
        .filter(|rule| rule.requires == Requirement::Public && matches!(rule.url.as_str(), "/**" | "/{record}/**"))
        .map(|rule| rule.url.clone())
        .collect();
    let mut checks = Vec::new();
    if site.mode == GateMode::Learn {
        let what = "it is in learn mode: pages without a rule are shown to everyone who is signed in";
        checks.push(Check::warning(
            name.clone(),
            what,
            "finish the rules, then set mode = \"enforce\"",
        ));
    }
    if !open.is_empty() {
        let what = format!("the rule {} lets everyone read everything", open.join(", "));
        checks.push(Check::problem(name.clone(), what, "make it require session or record"));
    }
    for (rule, reason) in site.unchecked_bodies() {
        let what = format!("bodies sent to {} are not compared with its record: {reason}", rule.url);
        let remedy = "if the LIS can take a record from them, leave body = \"unchecked\" out";
        checks.push(Check::warning(name.clone(), what, remedy));
    }
    if !site.rules.iter().any(|rule| rule.requires == Requirement::Record) {
        let what = "no rule compares a record: anyone who is signed in can read whatever the rules let through";
        let remedy = "name the record in the patterns, as in /dossiers/{record}/**, and require record";
        checks.push(Check::warning(name.clone(), what, remedy));
    }
    if checks.iter().all(|check| check.status == Status::Ok) {
        checks.push(Check::ok(
            name,
            format!("{} rules; everything else is denied", site.rules.len()),
        ));
    }
    checks
}

async fn upstream(site: &SiteSection, references: &mut References) -> Vec<Check> {
    let name = format!("LIS of {}", site.id);
    let (Ok(url), patience) = (Url::parse(&site.upstream), site.connect_timeout()) else {
        return Vec::new();
    };
    let (Some(host), Some(port)) = (url.host_str(), url.port_or_known_default()) else {
        return Vec::new();
    };
    let bare = host.trim_start_matches('[').trim_end_matches(']').to_owned();
    let addresses: Vec<SocketAddr> = match timeout(patience, lookup_host((bare, port))).await {
        Ok(Ok(found)) => found.collect(),
        Ok(Err(error)) => {
            let what = format!("{}: the name is not found ({error})", site.upstream);
            return vec![Check::problem(name, what, "check the host name of upstream")];
        }
        Err(_) => {
            let what = format!("{}: the name server does not respond", site.upstream);
            return vec![Check::problem(name, what, "check this machine's name servers")];
        }
    };
    let mut checks = Vec::new();
    let public: Vec<String> = addresses
        .iter()
        .filter(|at| !is_private(at.ip()))
        .map(ToString::to_string)
        .collect();
    if !public.is_empty() {
        let what = format!("it listens on a public address ({}), past the gate", public.join(", "));
        let remedy = "let the LIS accept connections of this machine only: firewall, private address or network policy";
        checks.push(Check::warning(format!("gate bypass of {}", site.id), what, remedy));
    }
    checks.push(match answer(&url, &addresses, patience).await {
        Ok(date) => {
            if let Some(date) = date {
                references.now(format!("the LIS of {}", site.id), date);
            }
            Check::ok(name, format!("{} answers", site.upstream))
        }
        Err(what) => {
            let remedy = "start the LIS, or correct upstream; until then its pages are answered with 502 or 504";
            Check::problem(name, format!("{}: {what}", site.upstream), remedy)
        }
    });
    checks
}

/// The `Date` of its answer. Behind TLS only the connection is tried: the certificate is the gate's to judge.
async fn answer(url: &Url, addresses: &[SocketAddr], patience: Duration) -> Result<Option<Timestamp>, String> {
    let connected = timeout(patience, TcpStream::connect(addresses)).await;
    let mut stream = match connected {
        Ok(Ok(stream)) => stream,
        Ok(Err(error)) => return Err(format!("no connection ({error})")),
        Err(_) => return Err(format!("no connection within {} s", patience.as_secs())),
    };
    if url.scheme() != "http" {
        return Ok(None);
    }
    let host = url.host_str().unwrap_or_default();
    let request =
        format!("HEAD / HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\nUser-Agent: vestibule-doctor\r\n\r\n");
    let mut head = Vec::new();
    let exchange = async {
        stream.write_all(request.as_bytes()).await?;
        stream.take(LONGEST_HEAD).read_to_end(&mut head).await
    };
    match timeout(patience, exchange).await {
        Ok(Ok(_)) => {}
        Ok(Err(error)) => return Err(format!("the connection was cut ({error})")),
        Err(_) => {
            return Err(format!(
                "it accepts connections but does not respond within {} s",
                patience.as_secs()
            ));
        }
    }
    let head = String::from_utf8_lossy(&head);
    if !head.starts_with("HTTP/1.") {
        return Err("it does not speak HTTP".to_owned());
    }
    Ok(date(&head))
}

fn date(head: &str) -> Option<Timestamp> {
    let value = head.lines().take_while(|line| !line.is_empty()).find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("date").then(|| value.trim())
    })?;
    let at = jiff::fmt::rfc2822::parse(value).ok()?.timestamp();
    Some(Timestamp::from_micros(at.as_microsecond()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn site(text: &str) -> SiteSection {
        let fixed = "id = \"s\"\nlab = \"l\"\norigin = \"https://s.example\"\n";
        toml::from_str(&format!("{fixed}{text}")).unwrap()
    }

    #[test]
    fn ways_around_the_gate_are_named() {
        let whats = |text: &str| {
            gate(&site(text))
                .into_iter()
                .map(|check| check.what)
                .collect::<Vec<_>>()
                .join("; ")
        };
        let upstream = "upstream = \"http://127.0.0.1:1\"\n";
        let learning = whats(&format!("{upstream}mode = \"learn\""));
        assert!(learning.contains("learn mode"), "{learning}");
        let rule = |url: &str, requires: &str| {
            whats(&format!(
                "{upstream}[[rule]]\nurl = \"{url}\"\nrequires = \"{requires}\""
            ))
        };
        assert!(rule("/**", "public").contains("everyone read everything"));
        assert!(rule("/a", "session").contains("no rule compares a record"));
        assert_eq!(rule("/d/{record}/**", "record"), "1 rules; everything else is denied");
    }

    #[test]
    fn the_date_of_an_answer_is_read() {
        let head = "HTTP/1.1 200 OK\r\ndate: Sun, 06 Nov 1994 08:49:37 GMT\r\n\r\nDate: never";
        assert_eq!(date(head).unwrap().to_string(), "1994-11-06T08:49:37Z");
        assert_eq!(date("HTTP/1.1 200 OK\r\n\r\n"), None);
    }

    #[tokio::test]
    async fn a_dead_lis_is_named_and_a_living_one_tells_its_time() {
        let closed = std::net::TcpListener::bind("127.0.0.1:0")
            .unwrap()
            .local_addr()
            .unwrap();
        let dead = site(&format!("upstream = \"http://{closed}\""));
        let checks = upstream(&dead, &mut References::default()).await;
        assert!(
            checks[0].status == Status::Problem && checks[0].what.contains("no connection"),
            "{checks:?}"
        );

        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let living = site(&format!("upstream = \"http://{}\"", listener.local_addr().unwrap()));
        let serve = async {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut request = [0; 1024];
            let read = stream.read(&mut request).await.unwrap();
            assert!(request[..read].starts_with(b"HEAD / HTTP"));
            stream
                .write_all(b"HTTP/1.1 404 Not Found\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\n\r\n")
                .await
                .unwrap();
        };
        let mut references = References::default();
        let (checks, ()) = tokio::join!(upstream(&living, &mut references), serve);
        assert_eq!(checks[0].status, Status::Ok, "{checks:?}");
        let clock = references.judge(Timestamp::from_seconds(1_790_000_000));
        assert!(clock.what.contains("ahead of that of the LIS"), "{clock:?}");
    }
}
