//! PyPI's Authlib in Flask, with its secret in the body and without naming a user agent.

use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::json;

use super::flow::Expected;
use super::program::{Program, folder, settings};
use super::stand::Stand;
use crate::support::app::free_port;
use crate::support::{oathtool, programs};

/// None, said aloud, where it is not installed.
fn python() -> Option<Command> {
    let python = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/ci/venv/bin/python");
    let mut probe = Command::new(&python);
    probe.args(["-c", "import authlib, flask"]).stderr(Stdio::null());
    if !probe.status().is_ok_and(|status| status.success()) {
        programs::missing_with(
            "Authlib",
            "python3 -m venv target/ci/venv && \
             target/ci/venv/bin/pip install -r tests/oidc_clients/authlib/requirements.txt",
        );
        return None;
    }
    let mut command = Command::new(python);
    command.arg(folder("authlib").join("relying_party.py"));
    Some(command)
}

#[actix_web::test]
async fn it_goes_the_whole_way_and_names_no_user_agent() {
    let Some(mut command) = python() else { return };
    if !oathtool::present() {
        return;
    }
    let (stand, port) = (Stand::with_patients(2).await, free_port());
    let policy = json!({"authentication": {"method": "client_secret_post"}});
    let client = stand.client("authlib", port, &policy).await;
    command.arg(settings(&stand, port, &client, &json!({})));
    let authority = stand.app.ca_file.to_str().unwrap();
    let log = stand.app.directory.path().join("authlib.log");
    let program = Program::start(command, &[("REQUESTS_CA_BUNDLE", authority)], port, log).await;
    let expected = Expected {
        client: "authlib",
        token_type: "Bearer",
        rotated: true,
    };
    expected.until_signed_out_elsewhere(&stand, &program).await;
    expected.until_signed_out_from_here(&stand, &program).await;
    drop(program);
    stand.app.stop().await;
}
