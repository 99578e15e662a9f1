//! Glewlwyd (Debian package `glewlwyd`): its own database backend on SQLite, its API, its own TLS.

use std::io::Read as _;
use std::process::Command;
use std::time::Duration;

use flate2::read::GzDecoder;
use sqlx::Connection as _;
use vestibule::demo::certificate;
use vestibule::kernel::clock::{Clock as _, SystemClock};

use super::peer::{Link, Peer, Verdict};
use super::support::client::{Answer, Client};
use super::support::process::{Server, program};
use super::support::{PASSWORD, free_port, wait_until};

const SCHEMA: &str = "/usr/share/doc/glewlwyd/database/init.sqlite3.sql.gz";
const USERS: usize = 40;

pub struct Glewlwyd {
    server: Server,
    client: Client,
    port: u16,
    iterations: String,
    /// Outlives the server.
    _folder: tempfile::TempDir,
}

impl Glewlwyd {
    /// # Errors
    /// What is not installed.
    pub async fn start() -> Result<Self, &'static str> {
        let program = program(&["/usr/bin/glewlwyd"]).ok_or("apt-get install glewlwyd")?;
        let schema = std::fs::File::open(SCHEMA).map_err(|_| "its file of tables is not there")?;
        let folder = tempfile::tempdir().unwrap();
        let database = folder.path().join("glewlwyd.db");
        let mut tables = String::new();
        GzDecoder::new(schema).read_to_string(&mut tables).unwrap();
        let url = format!("sqlite:{}?mode=rwc", database.display());
        let mut connection = sqlx::SqliteConnection::connect(&url).await.unwrap();
        sqlx::raw_sql(sqlx::AssertSqlSafe(tables))
            .execute(&mut connection)
            .await
            .unwrap();
        let files = certificate::ensure(folder.path(), SystemClock.now()).unwrap();
        let (port, config) = (free_port(), folder.path().join("glewlwyd.conf"));
        std::fs::write(&config, config_text(port, folder.path())).unwrap();
        let mut command = Command::new(program);
        command.arg(format!("--config-file={}", config.display()));
        let server = Server::start(command, &folder.path().join("server.log"));
        wait_until("glewlwyd", || std::net::TcpStream::connect(("127.0.0.1", port)).is_ok());
        let client = Client::new(&files.authority, port);
        make_users(&client, port).await;
        let (stored,): (String,) =
            sqlx::query_as("SELECT guw_password FROM g_user_password ORDER BY gu_id DESC LIMIT 1")
                .fetch_one(&mut connection)
                .await
                .unwrap();
        connection.close().await.unwrap();
        Ok(Self {
            server,
            client,
            port,
            iterations: stored
                .split_once(',')
                .map_or("?", |(_, iterations)| iterations)
                .to_owned(),
            _folder: folder,
        })
    }

    async fn sign_in(&self, link: &mut Link, user: &str, password: &str) -> std::io::Result<Answer> {
        let body = serde_json::json!({ "username": user, "password": password }).to_string();
        link.connection.exchange(&json(self.port, "auth/", "", &body)).await
    }
}

/// As Debian's, but for paths, address and TLS.
fn config_text(port: u16, folder: &std::path::Path) -> String {
    let folder = folder.display();
    format!(
        r#"
port={port}
bind_address="127.0.0.1"
external_url="https://localhost:{port}/"
login_url="login.html"
api_prefix="api"
log_mode="file"
log_level="WARNING"
log_file="{folder}/glewlwyd.log"
cookie_secure=0
cookie_same_site="empty"
session_expiration=2419200
session_key="GLEWLWYD2_SESSION_ID"
admin_session_authentication="cookie"
profile_session_authentication="cookie"
allow_multiple_user_per_session=true
login_api_enabled=true
plugin_api_run_enabled=""
max_post_size=16778240
admin_scope="g_admin"
profile_scope="g_profile"
user_module_path="/usr/lib/glewlwyd/user"
client_module_path="/usr/lib/glewlwyd/client"
user_auth_scheme_module_path="/usr/lib/glewlwyd/scheme"
plugin_module_path="/usr/lib/glewlwyd/plugin"
use_secure_connection=true
secure_connection_key_file="{folder}/key.pem"
secure_connection_pem_file="{folder}/certificate.pem"
hash_algorithm = "SHA512"
database = {{ type = "sqlite3"; path = "{folder}/glewlwyd.db"; }};
static_files_mime_types = ( {{ extension = ".html"; mime_type = "text/html" }} )
"#
    )
}

/// Through its own API, so that their passwords are stored as it stores them by default.
async fn make_users(client: &Client, port: u16) {
    let mut connection = client.connect().await.unwrap();
    let administrator = serde_json::json!({ "username": "admin", "password": "password" }).to_string();
    let answer = connection
        .exchange(&json(port, "auth/", "", &administrator))
        .await
        .unwrap();
    let session = answer.cookie("GLEWLWYD2_SESSION_ID").unwrap().to_owned();
    for number in 0..USERS {
        let user = serde_json::json!({
            "username": user(number), "name": "Odette", "password": PASSWORD, "enabled": true, "scope": ["g_profile"],
        });
        let request = json(port, "user/?source=database", &session, &user.to_string());
        assert_eq!(connection.exchange(&request).await.unwrap().status, 200);
    }
}

fn user(number: usize) -> String {
    format!("p{}", 100_000 + number % USERS)
}

fn json(port: u16, path: &str, cookies: &str, body: &str) -> Vec<u8> {
    format!(
        "POST /api/{path} HTTP/1.1\r\nHost: localhost:{port}\r\nCookie: {cookies}\r\n\
         Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    )
    .into_bytes()
}

impl Peer for Glewlwyd {
    fn name(&self) -> String {
        "Glewlwyd".to_owned()
    }

    fn note(&self) -> String {
        format!(
            "passwords: PBKDF2, {} iterations, its default; it logs failures for a program beside it and slows nobody",
            self.iterations
        )
    }

    fn cpu(&self) -> Duration {
        self.server.cpu()
    }

    async fn connect(&self) -> std::io::Result<Link> {
        let connection = self.client.connect().await?;
        Ok(Link {
            connection,
            token: None,
        })
    }

    async fn wrong(&self, link: &mut Link, number: usize, known: bool) -> std::io::Result<Verdict> {
        let name = if known { user(number) } else { format!("q{number}") };
        Ok(Verdict::of(&self.sign_in(link, &name, "a wrong password").await?))
    }

    async fn right(&self, link: &mut Link, number: usize) -> std::io::Result<Verdict> {
        let answer = self.sign_in(link, &user(number), PASSWORD).await?;
        Ok(match answer.status {
            200 => Verdict::SignedIn,
            _ => Verdict::of(&answer),
        })
    }
}
