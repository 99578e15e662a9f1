//! The gate in front of a real nginx that serves a tree with a PDF per record and knows nothing of sign-in.

use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command};
use std::time::Duration;

use super::http::ask;
use super::stand::{gate_with, listener};

const RULES: &str = r#"
[[rule]]
url = "/records/{record}/**"
requires = "record"
"#;

struct Nginx(Child);

impl Drop for Nginx {
    /// By its own pid, and with time to stop its workers.
    fn drop(&mut self) {
        let _ = Command::new("kill").args(["-QUIT", &self.0.id().to_string()]).status();
        let _ = self.0.wait();
    }
}

/// `None`, with the reason on the terminal, where nginx is not installed; never so in CI.
fn start(root: &Path, port: u16) -> Option<Nginx> {
    let program = ["/usr/sbin/nginx", "/usr/bin/nginx", "/usr/local/sbin/nginx"]
        .into_iter()
        .find(|path| Path::new(path).exists());
    let Some(program) = program else {
        let message = "nginx is not installed: apt-get install nginx-light";
        assert!(std::env::var_os("CI").is_none(), "{message}");
        println!("skipped: {message}");
        return None;
    };
    let dir = root.display();
    let temporary =
        ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map(|kind| format!("{kind}_temp_path {dir}/{kind};"));
    let config = format!(
        "daemon off; master_process off; pid {dir}/pid; error_log {dir}/error.log;\n\
         events {{ worker_connections 64; }}\n\
         http {{ access_log {dir}/access.log; {} types {{ application/pdf pdf; text/html html; }}\n\
         server {{ listen 127.0.0.1:{port}; root {dir}/tree; autoindex on; }} }}",
        temporary.join(" ")
    );
    std::fs::write(root.join("nginx.conf"), config).unwrap();
    let child = Command::new(program)
        .arg("-p")
        .arg(root)
        .arg("-e")
        .arg(root.join("error.log"))
        .arg("-c")
        .arg(root.join("nginx.conf"))
        .spawn();
    let nginx = Nginx(child.unwrap());
    for _ in 0..100 {
        if TcpStream::connect(("127.0.0.1", port)).is_ok() {
            return Some(nginx);
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    panic!(
        "nginx did not start: {}",
        std::fs::read_to_string(root.join("error.log")).unwrap_or_default()
    );
}

#[actix_web::test]
async fn in_front_of_nginx_everybody_reads_their_own_pdf() {
    let dir = tempfile::tempdir().unwrap();
    let pdf: Vec<u8> = b"%PDF-1.7\n"
        .iter()
        .copied()
        .chain((0..3_000_000_u32).map(|n| (n % 251) as u8))
        .collect();
    for record in ["42", "43"] {
        let folder = dir.path().join("tree/records").join(record);
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::write(folder.join("report.pdf"), &pdf).unwrap();
    }
    let (free, port) = listener();
    drop(free);
    let Some(_nginx) = start(dir.path(), port) else { return };
    let (gate, _) = gate_with(port, "enforce", RULES);
    let gate = gate.port;

    let whole = ask(gate, "GET", "/records/42/report.pdf", "").await;
    assert_eq!(
        (whole.status, whole.header("content-type")),
        (200, Some("application/pdf"))
    );
    assert!(whole.body == pdf, "{} of {} bytes", whole.body.len(), pdf.len());
    assert_eq!(whole.header("server"), None);
    assert_eq!(whole.header("cache-control"), Some("no-store"));

    let part = ask(
        gate,
        "GET",
        "/records/42/report.pdf",
        "Range: bytes=1000000-1000099\r\n",
    )
    .await;
    assert_eq!((part.status, part.body.as_slice()), (206, &pdf[1_000_000..1_000_100]));
    assert_eq!(
        part.header("content-range"),
        Some(format!("bytes 1000000-1000099/{}", pdf.len()).as_str())
    );

    let length = pdf.len().to_string();
    let head = ask(gate, "HEAD", "/records/42/report.pdf", "").await;
    assert_eq!(
        (head.status, head.header("content-length"), head.body.len()),
        (200, Some(length.as_str()), 0)
    );

    let tag = whole.header("etag").unwrap();
    let unchanged = ask(
        gate,
        "GET",
        "/records/42/report.pdf",
        &format!("If-None-Match: {tag}\r\n"),
    )
    .await;
    assert_eq!((unchanged.status, unchanged.body.len()), (304, 0));

    let folder = ask(gate, "GET", "/records/42", "").await;
    assert_eq!(
        (folder.status, folder.header("location")),
        (301, Some("https://results.lab.example/records/42/"))
    );

    for (target, status) in [
        ("/records/43/report.pdf", 403),
        ("/records/%34%33/report.pdf", 403),
        ("/records/", 403),
        ("/", 403),
        ("/records/42/../43/report.pdf", 400),
        ("/records/42/%2e%2e/43/report.pdf", 400),
        ("/records/42/..%2f43/report.pdf", 400),
        ("/records/42/..%5c43/report.pdf", 400),
        ("/records/42/%252e%252e/43/report.pdf", 400),
        ("/records/42//../43/report.pdf", 400),
        ("//records/43/report.pdf", 400),
        ("/records/42/missing.pdf", 404),
    ] {
        let answer = ask(gate, "GET", target, "").await;
        assert_eq!(answer.status, status, "{target}");
        assert!(!answer.body.starts_with(b"%PDF"), "{target}");
    }
    let log = std::fs::read_to_string(dir.path().join("access.log")).unwrap_or_default();
    assert!(
        log.contains("/records/42/report.pdf") && !log.contains("/records/43"),
        "nginx was asked for the other record: {log}"
    );
}
