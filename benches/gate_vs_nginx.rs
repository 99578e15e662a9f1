//! What a request through the gate costs, against nginx as a plain TLS proxy: `cargo bench --bench gate_vs_nginx`.
//!
//! Both stand in front of the same nginx that serves one small page, with the same certificate, TLS version and cipher,
//! kept connections on both sides and the same number of workers. `wrk` loads them in turn; what is compared is the CPU
//! time of each server's processes per request. nginx only passes on; the gate recognises the session, decides about
//! the URL, filters headers both ways and adds the signed assertion.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    clippy::cast_precision_loss,
    reason = "a load program: it may stop at the first surprise, and its output is its purpose"
)]

mod support;

use std::process::Command;

use support::client::{Client, get, post};
use support::process::{Server, program};
use support::wrk::{Contest, Side, compare};
use support::{Installation, PASSWORD, Patient, RECORD, WORKERS, free_port, mib, nginx};

const ROUNDS: usize = 9;
const ROUND_SECONDS: u32 = 3;
const CONNECTIONS: u32 = 16;
const PAGE_BYTES: usize = 2_048;

/// What a browser sends beside host and cookies.
const BROWSER: [&str; 9] = [
    "User-Agent: Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
    "Accept: text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
    "Accept-Language: fr-FR,fr;q=0.8,en-US;q=0.5,en;q=0.3",
    "Accept-Encoding: gzip, deflate, br, zstd",
    "Upgrade-Insecure-Requests: 1",
    "Sec-Fetch-Dest: document",
    "Sec-Fetch-Mode: navigate",
    "Sec-Fetch-Site: same-origin",
    "Priority: u=0, i",
];

fn main() {
    let nginx = program(&["/usr/sbin/nginx", "/usr/bin/nginx", "/usr/local/sbin/nginx"]);
    let wrk = program(&["/usr/bin/wrk", "/usr/local/bin/wrk"]);
    let (Some(nginx), Some(wrk)) = (nginx, wrk) else {
        println!("skipped: this needs nginx and wrk (apt-get install nginx-light wrk)");
        return;
    };
    let (upstream_port, front_port) = (free_port(), free_port());
    let installation = Installation::prepare("", upstream_port);
    let path = format!("/dossiers/{RECORD}/sommaire.html");
    let upstream = start_upstream(nginx, &installation, upstream_port, &path);
    let front = start_front(nginx, &installation, front_port, upstream_port);
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let patients = runtime.block_on(installation.seed(1));
    let gate = Server::vestibule(&installation);
    let cookies = runtime.block_on(sign_in(&installation, &patients[0], &path));
    println!("gate:  {}\nnginx: {}", cipher(installation.port), cipher(front_port));
    let host = format!("Host: {}", installation.site_host());
    let cookie = format!("Cookie: {cookies}");
    let plain = vec![host.as_str(), &cookie];
    let browser: Vec<&str> = plain.iter().copied().chain(BROWSER).collect();
    let contest = Contest {
        wrk,
        connections: CONNECTIONS,
        rounds: ROUNDS,
        seconds: ROUND_SECONDS,
    };
    for (title, headers) in [("a browser's headers", browser), ("host and cookies alone", plain)] {
        println!("\n== {PAGE_BYTES} bytes, {CONNECTIONS} kept connections, {WORKERS} workers each: {title}");
        let side = |name, server, port| Side::get(name, server, port, &path, &headers);
        let costs = contest.run(&[
            side("gate", &gate, installation.port),
            side("nginx", &front, front_port),
        ]);
        compare(&costs[0], &costs[1], 2.0);
    }
    for (name, server) in [("gate", &gate), ("nginx", &front), ("upstream", &upstream)] {
        let memory = server.memory();
        println!(
            "resident memory {name}: {:.1} MiB, peak {:.1}",
            mib(memory.now),
            mib(memory.peak)
        );
    }
}

/// Through the portal and back, as a browser goes; gives the cookies it then has for the site.
async fn sign_in(installation: &Installation, patient: &Patient, path: &str) -> String {
    let (portal, site) = (installation.portal_host(), installation.site_host());
    let client = Client::new(&installation.ca_file(), installation.port);
    let mut connection = client.connect().await.unwrap();
    let sent_away = connection.exchange(&get(&site, path, "")).await.unwrap();
    let here = sent_away.cookie("__Host-vst_browser").unwrap();
    let login = target(sent_away.header("location").unwrap());
    let form = connection.exchange(&get(&portal, &login, "")).await.unwrap();
    let browser = form.cookie("__Host-vst_browser").unwrap();
    let code = patient.code();
    let hidden = |name| (name, form.field(name).unwrap());
    let fields = [
        ("identifier", patient.identifier.as_str()),
        ("password", PASSWORD),
        ("code", &code),
        hidden("csrf"),
        hidden("site"),
        hidden("to"),
        hidden("via"),
    ];
    let request = post(&portal, "/login", browser, "203.0.113.7", &fields);
    let handed_over = connection.exchange(&request).await.unwrap();
    let enter = target(handed_over.header("location").unwrap());
    let entered = connection.exchange(&get(&site, &enter, here)).await.unwrap();
    let cookies = format!("{here}; {}", entered.cookie("__Host-vst_site").unwrap());
    let page = connection.exchange(&get(&site, path, &cookies)).await.unwrap();
    assert_eq!((page.status, page.body.len()), (200, PAGE_BYTES), "{}", page.head);
    cookies
}

/// Path and query of a URL.
fn target(url: &str) -> String {
    let url = url::Url::parse(url).unwrap();
    format!("{}?{}", url.path(), url.query().unwrap_or_default())
}

fn start_upstream(program: &str, installation: &Installation, port: u16, path: &str) -> Server {
    let folder = installation.folder().join("upstream");
    let page = folder.join("tree").join(path.trim_start_matches('/'));
    std::fs::create_dir_all(page.parent().unwrap()).unwrap();
    std::fs::write(&page, vec![b'x'; PAGE_BYTES]).unwrap();
    let http = format!(
        "types {{ text/html html; }} keepalive_requests 1000000000;\n\
         server {{ listen 127.0.0.1:{port}; root {}/tree; }}",
        folder.display()
    );
    nginx::start(program, &folder, port, 1, &http)
}

fn start_front(program: &str, installation: &Installation, port: u16, upstream: u16) -> Server {
    let folder = installation.folder().join("front");
    std::fs::create_dir_all(&folder).unwrap();
    let files = installation.folder().display();
    let http = format!(
        "keepalive_requests 1000000000;\n\
         upstream lis {{ server 127.0.0.1:{upstream}; keepalive 64; keepalive_requests 1000000000; }}\n\
         server {{ listen 127.0.0.1:{port} ssl;\n\
         ssl_certificate {files}/certificate.pem; ssl_certificate_key {files}/key.pem;\n\
         ssl_protocols TLSv1.3; ssl_conf_command Ciphersuites TLS_AES_256_GCM_SHA384;\n\
         location / {{ proxy_pass http://lis; proxy_http_version 1.1; proxy_set_header Connection \"\"; }} }}"
    );
    nginx::start(program, &folder, port, WORKERS, &http)
}

/// What OpenSSL's client, which `wrk` has too, agrees on with the server.
fn cipher(port: u16) -> String {
    let mut openssl = Command::new("openssl");
    openssl.args(["s_client", "-brief", "-connect", &format!("127.0.0.1:{port}")]);
    let Ok(output) = openssl.stdin(std::process::Stdio::null()).output() else {
        return "openssl is not installed: the cipher was not looked at".to_owned();
    };
    let text = String::from_utf8_lossy(&output.stderr).into_owned();
    let lines = text.lines().filter(|line| {
        ["Protocol version", "Ciphersuite", "Server Temp Key"]
            .iter()
            .any(|name| line.starts_with(name))
    });
    lines.collect::<Vec<_>>().join(", ")
}
