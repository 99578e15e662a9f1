//! A real nginx, in a folder of its own and by its own pid.

use std::net::TcpStream;
use std::path::Path;
use std::process::Command;

use super::process::Server;
use super::wait_until;

/// `http`: what its configuration says inside `http { }`.
pub fn start(nginx: &str, folder: &Path, port: u16, workers: usize, http: &str) -> Server {
    let dir = folder.display();
    let temporary =
        ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map(|kind| format!("{kind}_temp_path {dir}/{kind};"));
    // The folder is its owner's alone, also for root's nginx, whose workers run as another user by default.
    let user = if rustix::process::getuid().is_root() {
        "user root;"
    } else {
        ""
    };
    let config = format!(
        "{user} daemon off; pid {dir}/pid; error_log {dir}/error.log; worker_processes {workers};\n\
         events {{ worker_connections 512; }}\n\
         http {{ access_log off; {}\n{http} }}",
        temporary.join(" ")
    );
    std::fs::write(folder.join("nginx.conf"), config).unwrap();
    let mut command = Command::new(nginx);
    command.arg("-p").arg(folder).arg("-e").arg(folder.join("error.log"));
    command.arg("-c").arg(folder.join("nginx.conf"));
    let server = Server::start(command, &folder.join("nginx.log"));
    wait_until("nginx", || TcpStream::connect(("127.0.0.1", port)).is_ok());
    server
}
