//! A server as a process of its own, and what `/proc` says of it.

use std::fs::File;
use std::io::{Read as _, Write as _};
use std::net::{Ipv4Addr, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};
use vestibule::kernel::clock::Stopwatch;

use super::{Installation, wait_until};

/// Stopped by its own pid when dropped.
pub struct Server(Child);

impl Server {
    pub fn start(mut command: Command, log: &Path) -> Self {
        let log = File::create(log).unwrap();
        command
            .stdin(Stdio::null())
            .stdout(log.try_clone().unwrap())
            .stderr(log);
        Self(command.spawn().unwrap())
    }

    /// `vestibule serve`, ready. Its log is kept as quiet as an installation that sends it to a collector keeps it.
    pub fn vestibule(installation: &Installation) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_vestibule"));
        command.arg("serve").arg("--config").arg(installation.config_file());
        Self::ready(command, installation)
    }

    /// Any program that serves this installation.
    pub fn ready(command: Command, installation: &Installation) -> Self {
        let mut server = Self::start(command, &installation.folder().join("server.log"));
        let internal = installation.internal;
        wait_until("vestibule serve", || {
            let ended = server.0.try_wait().unwrap();
            let log = installation.folder().join("server.log");
            assert!(ended.is_none(), "{}", std::fs::read_to_string(log).unwrap());
            get(internal, "/readyz").is_some_and(|answer| answer.starts_with("HTTP/1.1 200"))
        });
        server
    }

    pub fn pid(&self) -> u32 {
        self.0.id()
    }

    /// User and system time of the process and of its children that still run.
    pub fn cpu(&self) -> Duration {
        cpu_of_tree(self.pid())
    }

    pub fn memory(&self) -> Memory {
        let all: Vec<Memory> = tree(self.pid()).into_iter().map(memory_of).collect();
        Memory {
            now: all.iter().map(|memory| memory.now).sum(),
            peak: all.iter().map(|memory| memory.peak).sum(),
        }
    }

    /// Begins a new peak.
    pub fn forget_peak(&self) {
        std::fs::write(format!("/proc/{}/clear_refs", self.pid()), "5").unwrap();
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let pid = i32::try_from(self.pid()).ok().and_then(Pid::from_raw);
        let asked = pid.is_some_and(|pid| kill_process(pid, Signal::TERM).is_ok());
        let watch = Stopwatch::start();
        while asked && watch.elapsed() < Duration::from_secs(10) {
            if matches!(self.0.try_wait(), Ok(Some(_))) {
                return;
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Resident bytes.
#[derive(Clone, Copy, Debug)]
pub struct Memory {
    pub now: u64,
    pub peak: u64,
}

/// CPU time of this process.
pub fn own_cpu() -> Duration {
    cpu_of(std::process::id())
}

/// CPU time of a process and of its children that still run.
pub fn cpu_of_tree(pid: u32) -> Duration {
    tree(pid).into_iter().map(cpu_of).sum()
}

/// Of this process.
pub fn own_memory() -> Memory {
    memory_of(std::process::id())
}

/// This process begins a new peak.
pub fn forget_own_peak() {
    std::fs::write("/proc/self/clear_refs", "5").unwrap();
}

/// In ticks of a hundredth of a second; threads that ended are counted, and children that ended.
fn cpu_of(pid: u32) -> Duration {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    let fields: Vec<&str> = stat.rsplit(") ").next().unwrap_or_default().split(' ').collect();
    let ticks = fields
        .iter()
        .skip(11)
        .take(4)
        .filter_map(|text| text.parse::<u64>().ok());
    Duration::from_millis(ticks.sum::<u64>() * 1000 / rustix::param::clock_ticks_per_second())
}

fn memory_of(pid: u32) -> Memory {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
    let field = |name: &str| {
        let line = status.lines().find_map(|line| line.strip_prefix(name));
        let kib = line.and_then(|rest| {
            rest.trim_matches([':', ' ', '\t'])
                .split(' ')
                .next()?
                .parse::<u64>()
                .ok()
        });
        kib.unwrap_or(0) * 1024
    };
    Memory {
        now: field("VmRSS"),
        peak: field("VmHWM"),
    }
}

fn tree(pid: u32) -> Vec<u32> {
    let children = std::fs::read_to_string(format!("/proc/{pid}/task/{pid}/children")).unwrap_or_default();
    let children = children.split_whitespace().filter_map(|text| text.parse().ok());
    std::iter::once(pid).chain(children.flat_map(tree)).collect()
}

/// Whole answer to a plain request on loopback.
pub fn get(port: u16, path: &str) -> Option<String> {
    let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).ok()?;
    stream.set_read_timeout(Some(Duration::from_secs(5))).ok()?;
    write!(
        stream,
        "GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
    )
    .ok()?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).ok()?;
    Some(answer)
}

/// Value of a counter of `/metrics`, by its whole name with labels; 0 where it was never counted.
pub fn metric(internal: u16, name: &str) -> u64 {
    let text = get(internal, "/metrics").unwrap();
    let line = text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
    line.map_or(0, |value| value.trim().parse().unwrap())
}

/// First of the paths at which a program is installed.
pub fn program(paths: &[&'static str]) -> Option<&'static str> {
    paths.iter().copied().find(|path| Path::new(path).exists())
}
