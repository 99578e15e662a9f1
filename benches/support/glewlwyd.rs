//! Glewlwyd (Debian package `glewlwyd`): its own database backend on SQLite, its API, its own TLS.

use std::io::Read as _;
use std::path::Path;
use std::process::Command;

use flate2::read::GzDecoder;
use serde_json::{Value, json};
use sqlx::Connection as _;
use vestibule::demo::certificate;
use vestibule::kernel::clock::{Clock as _, SystemClock};

use super::client::{Client, Connection};
use super::process::{Server, program};
use super::{free_port, wait_until};

const SCHEMA: &str = "/usr/share/doc/glewlwyd/database/init.sqlite3.sql.gz";

pub struct Glewlwyd {
    pub server: Server,
    pub client: Client,
    pub port: u16,
    /// Outlives the server.
    folder: tempfile::TempDir,
}

/// Its administrator, as Debian names and opens it.
pub struct Administrator {
    connection: Connection,
    session: String,
    port: u16,
}

impl Glewlwyd {
    /// # Errors
    /// What is not installed.
    pub async fn start() -> Result<Self, &'static str> {
        let program = program(&["/usr/bin/glewlwyd"]).ok_or("apt-get install glewlwyd")?;
        let schema = std::fs::File::open(SCHEMA).map_err(|_| "its file of tables is not there")?;
        let folder = tempfile::tempdir().unwrap();
        let mut tables = String::new();
        GzDecoder::new(schema).read_to_string(&mut tables).unwrap();
        let mut connection = open(folder.path()).await;
        sqlx::raw_sql(sqlx::AssertSqlSafe(tables))
            .execute(&mut connection)
            .await
            .unwrap();
        connection.close().await.unwrap();
        let files = certificate::ensure(folder.path(), SystemClock.now()).unwrap();
        let (port, config) = (free_port(), folder.path().join("glewlwyd.conf"));
        std::fs::write(&config, config_text(port, folder.path())).unwrap();
        let mut command = Command::new(program);
        command.arg(format!("--config-file={}", config.display()));
        let server = Server::start(command, &folder.path().join("server.log"));
        wait_until("glewlwyd", || std::net::TcpStream::connect(("127.0.0.1", port)).is_ok());
        Ok(Self {
            server,
            client: Client::new(&files.authority, port),
            port,
            folder,
        })
    }

    pub async fn database(&self) -> sqlx::SqliteConnection {
        open(self.folder.path()).await
    }

    pub async fn administrator(&self) -> Administrator {
        let mut connection = self.client.connect().await.unwrap();
        let body = json!({ "username": "admin", "password": "password" }).to_string();
        let answer = connection.exchange(&post(self.port, "auth/", "", &body)).await.unwrap();
        Administrator {
            session: answer.cookie("GLEWLWYD2_SESSION_ID").unwrap().to_owned(),
            connection,
            port: self.port,
        }
    }
}

impl Administrator {
    /// Makes something that its API makes.
    pub async fn make(&mut self, path: &str, what: &Value) {
        let request = post(self.port, path, &self.session, &what.to_string());
        let answer = self.connection.exchange(&request).await.unwrap();
        assert_eq!(answer.status, 200, "{path}: {}", answer.body);
    }
}

async fn open(folder: &Path) -> sqlx::SqliteConnection {
    let url = format!("sqlite:{}?mode=rwc", folder.join("glewlwyd.db").display());
    sqlx::SqliteConnection::connect(&url).await.unwrap()
}

/// To its API.
pub fn post(port: u16, path: &str, cookies: &str, body: &str) -> Vec<u8> {
    format!(
        "POST /api/{path} HTTP/1.1\r\nHost: localhost:{port}\r\nCookie: {cookies}\r\n\
         Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    )
    .into_bytes()
}

/// As Debian's, but for paths, address and TLS.
fn config_text(port: u16, folder: &Path) -> String {
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
