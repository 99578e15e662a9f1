//! The discovery document and the keys, against nginx that serves the same bytes as files.

use std::path::Path;

use super::UNTHROTTLED;
use super::support::client::{Client, get};
use super::support::process::{Server, program};
use super::support::wrk::{Contest, Side, compare};
use super::support::{Installation, WORKERS, free_port, nginx};

const DOCUMENTS: [&str; 2] = ["/.well-known/openid-configuration", "/oauth2/jwks"];
const CONNECTIONS: u32 = 16;
const SECONDS: u32 = 3;
const GOAL: f64 = 2.0;

pub async fn measure(rounds: usize) {
    println!("\n== documents, {CONNECTIONS} kept TLS connections, {WORKERS} workers each, {rounds} rounds");
    let nginx = program(&["/usr/sbin/nginx", "/usr/bin/nginx"]);
    let wrk = program(&["/usr/bin/wrk", "/usr/local/bin/wrk"]);
    let (Some(nginx), Some(wrk)) = (nginx, wrk) else {
        println!("skipped: apt-get install nginx-light wrk");
        return;
    };
    let installation = Installation::prepare(UNTHROTTLED, 9);
    let server = Server::vestibule(&installation);
    let client = Client::new(&installation.ca_file(), installation.port);
    let mut connection = client.connect().await.unwrap();
    let folder = installation.folder().join("nginx");
    for path in DOCUMENTS {
        let document = connection
            .exchange(&get(&installation.portal_host(), path, ""))
            .await
            .unwrap();
        assert_eq!(document.status, 200, "{path}: {}", document.head);
        println!("{path}: {} bytes", document.body.len());
        let file = folder.join("tree").join(path.trim_start_matches('/'));
        std::fs::create_dir_all(file.parent().unwrap()).unwrap();
        std::fs::write(file, document.body).unwrap();
    }
    let port = free_port();
    let files = start_nginx(nginx, &installation, &folder, port);
    let contest = Contest {
        wrk,
        connections: CONNECTIONS,
        rounds,
        seconds: SECONDS,
    };
    let host = format!("Host: {}", installation.portal_host());
    for path in DOCUMENTS {
        println!("\n{path}");
        let side = |name, server, port| Side::get(name, server, port, path, &[&host]);
        let costs = contest.run(&[
            side("vestibule", &server, installation.port),
            side("nginx", &files, port),
        ]);
        compare(&costs[0], &costs[1], GOAL);
    }
}

fn start_nginx(program: &str, installation: &Installation, folder: &Path, port: u16) -> Server {
    let files = installation.folder().display();
    let http = format!(
        "keepalive_requests 1000000000; default_type application/json;\n\
         server {{ listen 127.0.0.1:{port} ssl; root {}/tree;\n\
         ssl_certificate {files}/certificate.pem; ssl_certificate_key {files}/key.pem;\n\
         ssl_protocols TLSv1.3; ssl_conf_command Ciphersuites TLS_AES_256_GCM_SHA384; }}",
        folder.display()
    );
    nginx::start(program, folder, port, WORKERS, &http)
}
