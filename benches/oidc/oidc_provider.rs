//! npm's oidc-provider, in `oidc-provider/` beside this file.

use std::path::Path;
use std::process::Command;

use super::support::process::{Server, program};
use super::support::{free_port, wait_until};

/// Client ids are algorithms.
pub const SECRET: &str = "a-secret-of-the-load-program";

pub struct OidcProvider {
    pub server: Server,
    pub port: u16,
    /// Of its log; outlives the server.
    _folder: tempfile::TempDir,
}

impl OidcProvider {
    /// `certificates`: the folder of `certificate.pem` and `key.pem`.
    ///
    /// # Errors
    /// What is not installed.
    pub fn start(certificates: &Path) -> Result<Self, &'static str> {
        let node = program(&["/usr/bin/node", "/usr/local/bin/node"]).ok_or("apt-get install nodejs npm")?;
        let place = Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/oidc/oidc-provider");
        if !place.join("node_modules/oidc-provider").exists() {
            return Err("cd benches/oidc/oidc-provider && npm ci");
        }
        let (port, folder) = (free_port(), tempfile::tempdir().unwrap());
        let mut command = Command::new(node);
        command.env("NODE_ENV", "production").arg(place.join("provider.mjs"));
        command.arg(port.to_string());
        command.args(["certificate.pem", "key.pem"].map(|name| certificates.join(name)));
        let server = Server::start(command, &folder.path().join("server.log"));
        wait_until("oidc-provider", || {
            std::net::TcpStream::connect(("127.0.0.1", port)).is_ok()
        });
        Ok(Self {
            server,
            port,
            _folder: folder,
        })
    }
}
