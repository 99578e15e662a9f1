//! `vestibule patient conflicts` and `vestibule patient record …`: whose own file a record is.

use serde_json::json;

use crate::args::{OneRecord, RecordCommand, TwoRecords};
use crate::{Done, Invocation, open, problem, unknown_lab};
use admin::patients::{Act, CorrectionError, correct, find_conflicts};
use config::Problems;
use domain::operator::Role;
use kernel::ids::LabId;

pub(super) async fn list(invocation: &Invocation, lab: &LabId) -> Result<Done, Problems> {
    let core = open(invocation).await?;
    let found = find_conflicts(&core, lab).await;
    core.db.close().await;
    let found = found.map_err(|error| refused(error, lab))?;
    let mut text: Vec<String> = found
        .iter()
        .map(|open| {
            let reading = if open.kind.stops_reading() {
                "nobody reads it"
            } else {
                "read as before"
            };
            format!(
                "{}  {}  since {}  {reading}",
                open.record,
                open.kind.as_str(),
                open.found_at
            )
        })
        .collect();
    text.push(format!("{} records wait for a decision", found.len()));
    let all: Vec<_> = found
        .iter()
        .map(|open| {
            json!({
                "record": open.record, "conflict": open.kind.as_str(), "found_at": open.found_at.to_string(),
                "stops_reading": open.kind.stops_reading(), "account": open.account.to_string(),
            })
        })
        .collect();
    Ok(Done::new(text.join("\n"), json!({ "lab": lab, "conflicts": all })))
}

pub(super) async fn run(invocation: &Invocation, command: &RecordCommand) -> Result<Done, Problems> {
    let (one, act, done) = match command {
        RecordCommand::Keep(one) => (one, Act::Keep, "stays where it is; the next import takes its line"),
        RecordCommand::Detach(one) => (one, Act::Detach, "is nobody's own file now; import it again"),
        RecordCommand::Move(TwoRecords { one, to }) => (one, Act::Move(to.clone()), "has moved"),
        RecordCommand::Merge(TwoRecords { one, to }) => {
            (one, Act::Merge(to.clone()), "has moved, its account is closed")
        }
        RecordCommand::Split(one) => (
            one,
            Act::Split,
            "is back with its own account, which waits for a lab code",
        ),
    };
    let OneRecord { lab, record, reason } = one;
    let core = open(invocation).await?;
    let actor = invocation.actor(&core, Role::Desk, &[lab]).await?;
    let corrected = correct(&core, lab, record, &act, reason, &actor).await;
    core.db.close().await;
    corrected.map_err(|error| refused(error, lab))?;
    let json = json!({ "lab": lab, "record": record.as_str(), "done": done });
    Ok(Done::new(
        format!(
            "record {} {done}; sessions of those concerned are over",
            record.as_str()
        ),
        json,
    ))
}

fn refused(error: CorrectionError, lab: &LabId) -> Problems {
    let what = error.to_string();
    match error {
        CorrectionError::UnknownLab => unknown_lab(lab),
        CorrectionError::UnknownRecord => problem("--record", what, "check the number, exactly as the LIS writes it"),
        CorrectionError::UnknownOther => problem("--to", what, "check the number, exactly as the LIS writes it"),
        CorrectionError::SameAccount => problem("--to", what, "nothing is to be done"),
        CorrectionError::NothingOpen => problem("--record", what, "vestibule patient conflicts shows what does"),
        CorrectionError::NotMerged => problem(
            "--record",
            what,
            "vestibule patient record detach, then import it again",
        ),
        CorrectionError::NoReason => problem("--reason", what, "say in a sentence why"),
        CorrectionError::Fault(fault) => problem("database", fault.to_string(), "nothing was changed; try again"),
    }
}
