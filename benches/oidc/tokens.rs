//! A token that a client gets for itself: `client_credentials` with `client_secret_basic`.

use super::UNTHROTTLED;
use super::clients::{self, basic};
use super::glewlwyd;
use super::oidc_provider::{self, OidcProvider};
use super::support::process::{Server, program};
use super::support::wrk::{Contest, Side, compare};
use super::support::{Installation, mib};

const CONNECTIONS: u32 = 16;
const SECONDS: u32 = 3;
/// Of the best peer's cost with the same algorithm.
const GOAL: f64 = 0.5;

pub async fn measure(rounds: usize) {
    println!("\n== a token for the client itself, {CONNECTIONS} kept TLS connections, {rounds} rounds");
    let Some(wrk) = program(&["/usr/bin/wrk", "/usr/local/bin/wrk"]) else {
        println!("skipped: apt-get install wrk");
        return;
    };
    let installation = Installation::prepare(UNTHROTTLED, 9);
    let core = installation.open().await;
    let ours = [
        ("ES256", clients::for_itself(&core, "middleware-es256", "ES256").await),
        ("RS256", clients::for_itself(&core, "middleware-rs256", "RS256").await),
    ];
    core.db.close().await;
    let server = Server::vestibule(&installation);
    let theirs = OidcProvider::start(installation.folder()).inspect_err(|how| println!("no oidc-provider: {how}"));
    let glewlwyd = glewlwyd::start()
        .await
        .inspect_err(|how| println!("no Glewlwyd: {how}"));
    let contest = Contest {
        wrk,
        connections: CONNECTIONS,
        rounds,
        seconds: SECONDS,
    };
    for (algorithm, client) in &ours {
        println!("\n{algorithm}");
        let own = Request::new(client.id, &client.secret, clients::OWN_SCOPE);
        let mut sides = vec![own.to("vestibule", &server, installation.port, "/oauth2/token")];
        let (request, path);
        if let Ok(peer) = &theirs {
            request = Request::new(algorithm, oidc_provider::SECRET, clients::OWN_SCOPE);
            sides.push(request.to("oidc-provider", &peer.server, peer.port, "/token"));
        }
        let other;
        if let Ok(peer) = &glewlwyd {
            other = Request::new(glewlwyd::CLIENT, glewlwyd::SECRET, glewlwyd::SCOPE);
            path = format!("/api/{algorithm}/token");
            sides.push(other.to("glewlwyd", &peer.server, peer.port, &path));
        }
        let costs = contest.run(&sides);
        for (side, cost) in sides.iter().zip(&costs).skip(1) {
            print!("against {}: ", side.name);
            compare(&costs[0], cost, GOAL);
        }
    }
    let servers = [
        Some(("vestibule", &server)),
        theirs.as_ref().ok().map(|peer| ("oidc-provider", &peer.server)),
        glewlwyd.as_ref().ok().map(|peer| ("glewlwyd", &peer.server)),
    ];
    println!();
    for (name, server) in servers.into_iter().flatten() {
        let memory = server.memory();
        println!(
            "resident memory {name}: {:.1} MiB, peak {:.1}",
            mib(memory.now),
            mib(memory.peak)
        );
    }
}

struct Request {
    authorization: String,
    body: String,
}

impl Request {
    fn new(id: &str, secret: &str, scope: &str) -> Self {
        Self {
            authorization: format!("Authorization: {}", basic(id, secret)),
            body: format!("grant_type=client_credentials&scope={scope}"),
        }
    }

    fn to<'a>(&'a self, name: &'a str, server: &'a Server, port: u16, path: &str) -> Side<'a> {
        let host = format!("Host: localhost:{port}");
        let kind = "Content-Type: application/x-www-form-urlencoded";
        Side {
            body: Some(&self.body),
            ..Side::get(name, server, port, path, &[&host, kind, &self.authorization])
        }
    }
}
