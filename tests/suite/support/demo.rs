//! `vestibule demo`, in a folder of its own, until it is dropped.

use std::fs::File;
use std::net::{SocketAddr, TcpListener};
use std::process::{Child, Command, Stdio};

use super::wait::eventually;

pub struct Demo {
    pub child: Child,
    pub folder: tempfile::TempDir,
    pub address: SocketAddr,
}

impl Drop for Demo {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Demo {
    pub fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let address = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        let child = Command::new(env!("CARGO_BIN_EXE_vestibule"))
            .current_dir(folder.path())
            .args(["demo", "--dir", "demo", "--port", &address.port().to_string()])
            .stdout(Stdio::null())
            .stderr(File::create(folder.path().join("log")).unwrap())
            .spawn()
            .unwrap();
        Self { child, folder, address }
    }

    /// `demo.json`, once the portal can be reached.
    pub async fn story(&self) -> serde_json::Value {
        eventually("the demo's start", async || {
            let text = std::fs::read_to_string(self.folder.path().join("demo/demo.json")).ok()?;
            std::net::TcpStream::connect(self.address).ok()?;
            Some(serde_json::from_str(&text).unwrap())
        })
        .await
    }
}
