//! The command line: parses, calls one use case, and says what came of it in words or in JSON. `serve` and `demo` are
//! started by `main`, which constructs things; everything else is run here.

mod actor;
mod args;
mod canary;
mod client;
mod corpus;
mod correct;
mod database;
#[cfg(feature = "demo")]
mod demo;
mod doctor;
mod gate;
mod hidden;
mod invite;
mod keyring;
mod lab;
mod leak;
mod listing;
mod operator;
pub mod output;
mod patient;
mod progress;
mod sheet;
mod values;

use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use admin::{Problem, explain, installation};
use config::{Config, Problems};
use kernel::clock::{Clock, SharedClock, SystemClock};
use kernel::entropy::{SharedEntropy, SystemEntropy};
use kernel::ids::LabId;
use service::Core;
use store::StoreFault;

pub use args::{Command, Invocation, parse, parse_from};
#[cfg(feature = "demo")]
pub use demo::{Demo, DemoCommand};

/// What a command has done.
#[derive(Debug)]
pub struct Done {
    /// For people, without a line end.
    pub text: String,
    pub json: serde_json::Value,
    /// It ran, and what it found is not well.
    pub failed: bool,
    /// An exit status that says more than 1.
    pub code: Option<u8>,
}

impl Done {
    fn new(text: impl Into<String>, json: serde_json::Value) -> Self {
        Self {
            text: text.into(),
            json,
            failed: false,
            code: None,
        }
    }
}

/// Runs every command but `serve` and `demo` itself.
pub async fn run(invocation: Invocation) -> ExitCode {
    let json = invocation.json;
    let done = match &invocation.command {
        Command::Doctor => doctor::run(&invocation).await,
        Command::Db(command) => database::run(&invocation, command).await,
        Command::Keyring(command) => keyring::run(&invocation, command).await,
        Command::Corpus(command) => corpus::run(&invocation, command),
        Command::Lab(command) => lab::run(&invocation, command).await,
        Command::Client(command) => client::run(&invocation, command).await,
        Command::Operator(command) => operator::run(&invocation, command).await,
        Command::Patient(command) => patient::run(&invocation, command).await,
        Command::Leak(command) => leak::run(&invocation, command).await,
        Command::Gate(command) => self::gate::run(&invocation, command).await,
        #[cfg(feature = "demo")]
        Command::Demo(Demo {
            command: Some(DemoCommand::Dump(options)),
            ..
        }) => demo::dump(&invocation, options),
        #[cfg(feature = "demo")]
        Command::Demo(_) => Err(started_elsewhere()),
        Command::Serve => Err(started_elsewhere()),
    };
    match done {
        Ok(done) => {
            if json {
                output::json(&done.json);
            } else {
                output::line(&done.text);
            }
            done.code.map_or_else(
                || {
                    if done.failed {
                        ExitCode::FAILURE
                    } else {
                        ExitCode::SUCCESS
                    }
                },
                ExitCode::from,
            )
        }
        Err(problems) => fail(json, &problems),
    }
}

fn started_elsewhere() -> Problems {
    Problems::one(
        "command line",
        "this command is started elsewhere",
        "start it as a program of its own",
    )
}

/// Says what is wrong, on standard error in words or on standard output in JSON; exit code 1.
pub fn fail(json: bool, problems: &Problems) -> ExitCode {
    output::problems(json, problems);
    ExitCode::FAILURE
}

impl Invocation {
    /// `--config`, else `VESTIBULE_CONFIG`, else `config/vestibule.toml`.
    pub fn config_file(&self) -> PathBuf {
        let named = self.config.clone();
        let named = named.or_else(|| {
            std::env::var_os("VESTIBULE_CONFIG")
                .filter(|path| !path.is_empty())
                .map(PathBuf::from)
        });
        named.unwrap_or_else(|| PathBuf::from(config::DEFAULT_FILE))
    }

    /// # Errors
    /// Every problem of the configuration.
    pub fn load_config(&self) -> Result<Config, Problems> {
        Config::load(&self.config_file())
    }
}

/// The installation, for a command that hashes nothing: one hash thread is enough.
async fn open(invocation: &Invocation) -> Result<Core, Problems> {
    open_with(invocation, 1).await
}

async fn open_with(invocation: &Invocation, hash_threads: usize) -> Result<Core, Problems> {
    let mut config = invocation.load_config()?;
    config.password.threads = hash_threads;
    let (clock, entropy) = machine();
    installation::open(config, clock, entropy).await.map_err(Problems::from)
}

fn machine() -> (SharedClock, SharedEntropy) {
    (Arc::new(SystemClock), Arc::new(SystemEntropy))
}

fn now() -> kernel::clock::Timestamp {
    SystemClock.now()
}

fn problem(place: impl Into<String>, what: impl Into<String>, remedy: impl Into<String>) -> Problems {
    Problem::new(place, what, remedy).into()
}

fn unwell(fault: &StoreFault) -> Problems {
    explain(fault, "database").into()
}

fn unknown_lab(lab: &LabId) -> Problems {
    problem(
        format!("--lab {lab}"),
        "the configuration has no such laboratory",
        "name a lab of the configuration: vestibule lab list",
    )
}
