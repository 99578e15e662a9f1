//! The one binary: constructs what the command needs and runs it.

use std::io::IsTerminal;
use std::process::ExitCode;
use std::sync::Arc;

use actix_web::rt::System;
use admin::installation;
use cli::{Command, Invocation};
use config::Problems;
use mimalloc::MiMalloc;
use tokio::signal::unix::{SignalKind, signal};
use tracing_subscriber::EnvFilter;

use kernel::clock::SystemClock;
use kernel::entropy::SystemEntropy;

use zeroizing_alloc::ZeroAlloc;

/// Whatever is freed is wiped first: passwords pass through buffers of TLS, HTTP and list readers that no type guards.
#[global_allocator]
static ALLOCATOR: ZeroAlloc<MiMalloc> = ZeroAlloc(MiMalloc);

fn main() -> ExitCode {
    let invocation = cli::parse();
    log_to_standard_error(&invocation.command);
    System::new().block_on(async move {
        let json = invocation.json;
        let ended = match &invocation.command {
            Command::Serve => serve(&invocation).await,
            #[cfg(feature = "demo")]
            Command::Demo(options) if options.command.is_none() => {
                let run = demo::run(&options.dir, options.port, told_to_stop()).await;
                run.map_err(|error| Problems::one("demo", error.to_string(), "see above; nothing was lost"))
            }
            _ => return cli::run(invocation).await,
        };
        match ended {
            Ok(()) => ExitCode::SUCCESS,
            Err(problems) => cli::fail(json, &problems),
        }
    })
}

async fn serve(invocation: &Invocation) -> Result<(), Problems> {
    let config = invocation.load_config()?;
    let core = installation::open(config, Arc::new(SystemClock), Arc::new(SystemEntropy)).await?;
    let running = server::start(core).map_err(|error| error.problem())?;
    tracing::info!(public = %running.public, internal = %running.internal, "serving");
    told_to_stop().await;
    tracing::info!("stopping: requests under way are finished first");
    running.stop().await;
    Ok(())
}

/// Ctrl-C, or the service manager.
async fn told_to_stop() {
    let Ok(mut terminate) = signal(SignalKind::terminate()) else {
        return std::future::pending().await;
    };
    tokio::select! {
        _ = tokio::signal::ctrl_c() => {}
        _ = terminate.recv() => {}
    }
}

/// JSON for machines, plain lines for people; `RUST_LOG` chooses what is said.
fn log_to_standard_error(command: &Command) {
    let default = match command {
        Command::Serve => "info",
        _ => "warn",
    };
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new(default));
    let lines = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr);
    if std::io::stderr().is_terminal() {
        lines.compact().init();
    } else {
        lines.json().flatten_event(true).init();
    }
}
