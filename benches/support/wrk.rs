//! Loads by `wrk`, one side after the other in rounds, so that what disturbs the machine disturbs all of them alike.

use std::process::Command;

use super::median;
use super::process::Server;

pub struct Contest<'a> {
    pub wrk: &'a str,
    pub connections: u32,
    pub rounds: usize,
    pub seconds: u32,
}

/// A server, and what it is asked again and again.
pub struct Side<'a> {
    pub name: &'a str,
    pub server: &'a Server,
    pub port: u16,
    pub path: String,
    pub headers: Vec<String>,
    /// Of a POST.
    pub body: Option<&'a str>,
}

/// Microseconds of the server's processor time for each request, one figure a round.
pub type Costs = Vec<f64>;

impl<'a> Side<'a> {
    pub fn get(name: &'a str, server: &'a Server, port: u16, path: &str, headers: &[&str]) -> Self {
        Self {
            name,
            server,
            port,
            path: path.to_owned(),
            headers: headers.iter().map(ToString::to_string).collect(),
            body: None,
        }
    }
}

impl Contest<'_> {
    /// The costs of each side, in their order.
    pub fn run(&self, sides: &[Side]) -> Vec<Costs> {
        let mut costs = vec![Costs::new(); sides.len()];
        for side in sides {
            self.load(side, 1);
        }
        for _ in 0..self.rounds {
            for (side, costs) in sides.iter().zip(&mut costs) {
                costs.push(self.load(side, self.seconds));
            }
        }
        costs
    }

    fn load(&self, side: &Side, seconds: u32) -> f64 {
        let mut wrk = Command::new(self.wrk);
        wrk.args([
            "-t1",
            "--timeout",
            "30s",
            &format!("-c{}", self.connections),
            &format!("-d{seconds}s"),
        ]);
        for header in &side.headers {
            wrk.args(["-H", header]);
        }
        let script = side.body.map(|body| {
            let file = tempfile::NamedTempFile::new().unwrap();
            std::fs::write(file.path(), format!("wrk.method = \"POST\"\nwrk.body = \"{body}\"\n")).unwrap();
            file
        });
        if let Some(script) = &script {
            wrk.arg("-s").arg(script.path());
        }
        let before = side.server.cpu();
        let output = wrk
            .arg(format!("https://127.0.0.1:{}{}", side.port, side.path))
            .output()
            .unwrap();
        let cpu = side.server.cpu() - before;
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(
            !text.contains("Non-2xx") && !text.contains("Socket errors"),
            "{}: {text}",
            side.name
        );
        let line = text.lines().find(|line| line.contains(" requests in ")).unwrap();
        let requests: u64 = line.trim().split(' ').next().unwrap().parse().unwrap();
        let micros = cpu.as_secs_f64() * 1e6 / requests as f64;
        println!(
            "{:14} {micros:7.1} µs CPU per request ({:.0}/s, {requests} requests)",
            side.name,
            requests as f64 / f64::from(seconds)
        );
        micros
    }
}

/// One side against another of the same rounds; says whether their ratio is as small as it should be.
pub fn compare(ours: &Costs, theirs: &Costs, goal: f64) {
    let mut ratios: Vec<f64> = ours.iter().zip(theirs).map(|(ours, theirs)| ours / theirs).collect();
    let (least, most) = ratios.iter().fold((f64::INFINITY, 0.0_f64), |(least, most), ratio| {
        (least.min(*ratio), most.max(*ratio))
    });
    let ratio = median(&mut ratios);
    println!(
        "medians {:.1} µs and {:.1} µs; ratio {ratio:.2} (rounds from {least:.2} to {most:.2}; goal at most {goal}: {})",
        median(&mut ours.clone()),
        median(&mut theirs.clone()),
        if ratio <= goal { "met" } else { "MISSED" }
    );
}
