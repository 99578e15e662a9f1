//! LemonLDAP::NG (Debian packages `lemonldap-ng`, `lemonldap-ng-fastcgi-server`): its portal behind its own FastCGI
//! server, with nginx in front for TLS, as its package proposes. Accounts in SQLite, whose passwords it compares in
//! clear: its hashes are computed by the database, and SQLite has none. So this is the cheapest it can be.

use std::os::unix::fs::chown;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use serde_json::{Value, json};
use sqlx::Connection as _;
use url::form_urlencoded::Serializer;
use vestibule::demo::certificate;
use vestibule::kernel::clock::{Clock as _, SystemClock};

use super::peer::{Link, Peer, Verdict};
use super::support::client::{Answer, Client};
use super::support::process::{Server, program};
use super::support::{PASSWORD, free_port, wait_until};

const SHIPPED: &str = "/var/lib/lemonldap-ng/conf/lmConf-1.json";
const USERS: usize = 40;

pub struct LemonLdap {
    /// Dropped in this order: nginx first.
    nginx: Server,
    fastcgi: Server,
    client: Client,
    port: u16,
    _folder: tempfile::TempDir,
}

impl LemonLdap {
    /// # Errors
    /// What is not installed.
    pub async fn start() -> Result<Self, &'static str> {
        const PACKAGES: &str = "apt-get install lemonldap-ng lemonldap-ng-fastcgi-server libgd-securityimage-perl \
             libimage-magick-perl libdbd-sqlite3-perl nginx-light";
        let fastcgi = program(&["/usr/sbin/llng-fastcgi-server"]).ok_or(PACKAGES)?;
        let nginx = program(&["/usr/sbin/nginx"]).ok_or(PACKAGES)?;
        let shipped = std::fs::read_to_string(SHIPPED).map_err(|_| PACKAGES)?;
        let user = user_id("www-data").ok_or("it needs the user www-data")?;
        let folder = tempfile::tempdir().unwrap();
        let (place, port) = (folder.path(), free_port());
        for name in ["conf", "sessions/lock", "psessions/lock", "cache", "notifications"] {
            std::fs::create_dir_all(place.join(name)).unwrap();
        }
        let files = certificate::ensure(place, SystemClock.now()).unwrap();
        let config = configuration(&shipped, port, place);
        std::fs::write(place.join("conf/lmConf-1.json"), config.to_string()).unwrap();
        std::fs::write(place.join("lemonldap-ng.ini"), ini(place)).unwrap();
        std::fs::write(place.join("nginx.conf"), nginx_config(port, place)).unwrap();
        fill(&place.join("users.db")).await;
        give_away(place, user);
        let mut command = Command::new(fastcgi);
        command
            .args(["--foreground", "-u", "www-data", "-g", "www-data"])
            .arg("-p")
            .arg(place.join("llng.pid"))
            .arg("-s")
            .arg(place.join("llng.sock"))
            .env("LLNG_DEFAULTCONFFILE", place.join("lemonldap-ng.ini"))
            .env("LLNG_DEFAULTLOGGER", "Lemonldap::NG::Common::Logger::Std");
        let fastcgi = Server::start(command, &place.join("llng.log"));
        wait_until("llng-fastcgi-server", || place.join("llng.sock").exists());
        let mut command = Command::new(nginx);
        command.arg("-c").arg(place.join("nginx.conf")).arg("-p").arg(place);
        let nginx = Server::start(command, &place.join("nginx.log"));
        wait_until("nginx", || std::net::TcpStream::connect(("127.0.0.1", port)).is_ok());
        Ok(Self {
            nginx,
            fastcgi,
            client: Client::new(&files.authority, port),
            port,
            _folder: folder,
        })
    }

    /// The form's token works once and comes with the page before: the form itself, or the refusal of the last try.
    async fn sign_in(&self, link: &mut Link, user: &str, password: &str) -> std::io::Result<Answer> {
        if link.token.is_none() {
            let page = format!("GET / HTTP/1.1\r\nHost: localhost:{}\r\n\r\n", self.port);
            link.token = token(&link.connection.exchange(page.as_bytes()).await?);
        }
        let body = Serializer::new(String::new())
            .append_pair("user", user)
            .append_pair("password", password)
            .append_pair("token", link.token.as_deref().unwrap_or_default())
            .finish();
        let request = format!(
            "POST / HTTP/1.1\r\nHost: localhost:{}\r\nContent-Type: application/x-www-form-urlencoded\r\n\
             Content-Length: {}\r\n\r\n{body}",
            self.port,
            body.len()
        );
        let answer = link.connection.exchange(request.as_bytes()).await?;
        link.token = token(&answer);
        Ok(answer)
    }
}

fn token(answer: &Answer) -> Option<String> {
    answer.field("token").map(str::to_owned)
}

/// The configuration that the package ships, with other accounts and other paths.
fn configuration(shipped: &str, port: u16, place: &Path) -> Value {
    let mut config: Value = serde_json::from_str(shipped).unwrap();
    let path = |name: &str| place.join(name).display().to_string();
    let changes = json!({
        "authentication": "DBI", "userDB": "DBI", "passwordDB": "Null", "registerDB": "Null",
        "dbiAuthChain": format!("dbi:SQLite:dbname={}", path("users.db")),
        "dbiAuthUser": "", "dbiAuthPassword": "", "dbiAuthTable": "users", "dbiAuthLoginCol": "login",
        "dbiAuthPasswordCol": "password", "dbiUserTable": "users", "dbiDynamicHashEnabled": 0, "dbiExportedVars": {},
        "userPivot": "login", "portal": format!("https://localhost:{port}/"), "domain": "localhost", "securedCookie": 1,
        "globalStorageOptions": {
            "Directory": path("sessions"), "LockDirectory": path("sessions/lock"),
            "generateModule": "Lemonldap::NG::Common::Apache::Session::Generate::SHA256",
        },
        "persistentStorageOptions": { "Directory": path("psessions"), "LockDirectory": path("psessions/lock") },
        "notificationStorageOptions": { "dirName": path("notifications") },
        "localSessionStorageOptions": {
            "namespace": "lemonldap-ng-sessions", "default_expires_in": 600, "directory_umask": "007",
            "cache_root": path("cache"), "cache_depth": 3,
        },
    });
    for (key, value) in changes.as_object().unwrap() {
        config[key] = value.clone();
    }
    config
}

fn ini(place: &Path) -> String {
    let place = place.display();
    format!(
        "[all]\nlogLevel = error\n[configuration]\ntype=File\ndirName = {place}/conf\nlocalStorage=Cache::FileCache\n\
         localStorageOptions={{'namespace' => 'lemonldap-ng-config', 'default_expires_in' => 600, \
         'directory_umask' => '007', 'cache_root' => '{place}/cache', 'cache_depth' => 3}}\n\
         [portal]\nstaticPrefix = /static\ntemplateDir = /usr/share/lemonldap-ng/portal/templates\nlanguages = en, fr\n"
    )
}

fn nginx_config(port: u16, place: &Path) -> String {
    let place = place.display();
    format!(
        "worker_processes 2;\npid {place}/nginx.pid;\nerror_log {place}/nginx.err;\ndaemon off;\n\
         events {{ worker_connections 4096; }}\nhttp {{\naccess_log off;\nkeepalive_requests 100000;\n\
         client_body_temp_path {place}/t1;\nfastcgi_temp_path {place}/t2;\nproxy_temp_path {place}/t3;\n\
         uwsgi_temp_path {place}/t4;\nscgi_temp_path {place}/t5;\nserver {{\nlisten 127.0.0.1:{port} ssl;\n\
         ssl_certificate {place}/certificate.pem;\nssl_certificate_key {place}/key.pem;\nserver_name localhost;\n\
         location / {{\ninclude /etc/nginx/fastcgi_params;\nfastcgi_pass unix:{place}/llng.sock;\n\
         fastcgi_param HTTP_HOST $host:$server_port;\nfastcgi_param LLTYPE portal;\nfastcgi_param SCRIPT_NAME \"\";\n\
         fastcgi_param PATH_INFO $uri;\n}}\n}}\n}}\n"
    )
}

async fn fill(database: &Path) {
    let url = format!("sqlite:{}?mode=rwc", database.display());
    let mut connection = sqlx::SqliteConnection::connect(&url).await.unwrap();
    let table = "CREATE TABLE users (login TEXT PRIMARY KEY, password TEXT)";
    sqlx::query(table).execute(&mut connection).await.unwrap();
    for number in 0..USERS {
        sqlx::query("INSERT INTO users VALUES ($1, $2)")
            .bind(user(number))
            .bind(PASSWORD)
            .execute(&mut connection)
            .await
            .unwrap();
    }
    connection.close().await.unwrap();
}

fn user(number: usize) -> String {
    format!("p{}", 100_000 + number % USERS)
}

fn user_id(name: &str) -> Option<u32> {
    let users = std::fs::read_to_string("/etc/passwd").ok()?;
    let line = users.lines().find(|line| line.split(':').next() == Some(name))?;
    line.split(':').nth(2)?.parse().ok()
}

/// It does not run as root, and is not to read anything else.
fn give_away(place: &Path, user: u32) {
    chown(place, Some(user), Some(user)).unwrap();
    if place.is_dir() {
        for entry in std::fs::read_dir(place).unwrap() {
            give_away(&entry.unwrap().path(), user);
        }
    }
}

impl Peer for LemonLdap {
    fn name(&self) -> String {
        "LemonLDAP::NG".to_owned()
    }

    fn note(&self) -> String {
        "passwords: compared in clear, since its hashes are the database's and SQLite has none; bruteForceProtection and \
         captcha are off by default; 7 FastCGI processes, its default, and nginx for TLS"
            .to_owned()
    }

    fn cpu(&self) -> Duration {
        self.fastcgi.cpu() + self.nginx.cpu()
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
        let answer = self.sign_in(link, &name, "a wrong password").await?;
        Ok(match answer.status {
            // It refuses with the page of the form.
            200 if answer.body.contains("trmsg=\"5\"") => Verdict::Refused,
            _ => Verdict::of(&answer),
        })
    }

    async fn right(&self, link: &mut Link, number: usize) -> std::io::Result<Verdict> {
        let answer = self.sign_in(link, &user(number), PASSWORD).await?;
        Ok(match answer.status {
            302 if answer.cookie("lemonldap").is_some() => Verdict::SignedIn,
            _ => Verdict::of(&answer),
        })
    }
}
