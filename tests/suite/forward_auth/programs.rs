//! A real proxy in front of the sample LIS, with the configuration that we ship for it.

use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command};
use std::time::Duration;

use crate::support::app::{TestApp, Wish, free_port};
use crate::support::browser::Browser;
use crate::support::programs;

pub struct RealProxy {
    pub app: TestApp,
    pub port: u16,
    child: Child,
}

impl Drop for RealProxy {
    /// By its own pid, and with time to stop its workers.
    fn drop(&mut self) {
        let _ = Command::new("kill")
            .args(["-QUIT", &self.child.id().to_string()])
            .status();
        let _ = self.child.wait();
    }
}

impl RealProxy {
    /// `None` where the program is not installed. `arguments`: of the program, with the file to read, in a folder of its
    /// own.
    pub async fn start(
        program: &str,
        package: &str,
        shipped: &str,
        wrapped: impl Fn(&str, &Path) -> String,
        arguments: impl Fn(&Path) -> Vec<String>,
    ) -> Option<Self> {
        let Some(program) = programs::find(program, &["/usr/sbin".into(), "/usr/local/sbin".into()]) else {
            programs::missing(program, package);
            return None;
        };
        let mut app = TestApp::wishing(Wish {
            server_keys: "trusted_proxies = [\"127.0.0.1/32\"]".to_owned(),
            site_keys: "forward_auth_from = [\"127.0.0.1/32\"]".to_owned(),
            ..Wish::default()
        })
        .await;
        let port = free_port();
        app.site = format!("https://results.localhost:{port}");
        let origin = app.site.clone();
        app.restart_with(|config| {
            config.sites[0].origin = origin;
            let mut upload = config.sites[0].rules[1].clone();
            (upload.url, upload.methods) = ("/depot".to_owned(), vec!["POST".to_owned()]);
            config.sites[0].rules.push(upload);
        })
        .await;
        let folder = app.directory.path();
        let file = folder.join("proxy.conf");
        std::fs::write(&file, wrapped(&placed(shipped, &app, port), folder)).unwrap();
        let child = Command::new(program).args(arguments(&file)).spawn().unwrap();
        let proxy = Self { app, port, child };
        for _ in 0..250 {
            if TcpStream::connect(("127.0.0.1", port)).is_ok() {
                return Some(proxy);
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        panic!("the proxy did not start");
    }

    pub async fn signed_in(&self) -> Browser {
        let patient = self.app.patient("P-1", "1").await;
        let mut browser = self.app.browser();
        self.app.sign_in(&mut browser, &patient).await;
        let page = browser.visit(&format!("{}/dossiers/1/sommaire", self.app.site)).await;
        assert_eq!(page.status, 200, "{}", page.text());
        browser
    }
}

/// The shipped file says where each thing is by an example; here by where it really is.
fn placed(shipped: &str, app: &TestApp, port: u16) -> String {
    let tls = app.directory.path().display().to_string();
    let lis = app.core.config.sites[0]
        .upstream
        .trim_start_matches("http://")
        .to_owned();
    let mut text = shipped.to_owned();
    for (example, real) in [
        ("127.0.0.1:8443", app.public_address().to_string()),
        (
            "127.0.0.1:9180",
            app.internal().trim_start_matches("http://").to_owned(),
        ),
        ("127.0.0.1:9000", lis),
        ("/etc/vestibule/tls/authority.pem", app.ca_file.display().to_string()),
        ("/etc/vestibule/tls", tls),
        ("listen 443", format!("listen 127.0.0.1:{port}")),
        (
            "https://results.lab.example",
            format!("https://results.localhost:{port}"),
        ),
        ("results.lab.example", "results.localhost".to_owned()),
    ] {
        text = text.replace(example, &real);
    }
    text
}
