//! Which means of signing in each lab accepts, and until when.

use jiff::ToSpan;
use jiff::civil::Date;

use super::{Check, Status};
use config::{Lab, OWN_MEANS, today};
use kernel::clock::Timestamp;

/// Time to decide, and to tell patients.
const SOON_DAYS: i64 = 90;

pub(super) fn examine(lab: &Lab, now: Timestamp) -> Check {
    let own = OWN_MEANS.iter().map(|means| {
        let until = lab.accepted_until.of(means);
        ((*means).to_owned(), until)
    });
    let providers = lab.providers.iter().map(|provider| {
        let means = format!("{} ({})", provider.name, provider.issuer);
        (means, provider.until)
    });
    let accepted: Vec<(String, Option<Date>)> = own.chain(providers).collect();
    let today = today(&lab.time_zone, now);
    let worst = accepted.iter().map(|(_, until)| judged(*until, today)).max();
    let said: Vec<String> = accepted.iter().map(|(means, until)| said(means, *until)).collect();
    let (name, what) = (format!("means of {}", lab.id), said.join("; "));
    let remedy =
        "decide what is accepted after that, and set a new date in [lab.accepted_until] or in the provider's until";
    match worst.unwrap_or(Status::Ok) {
        Status::Ok => Check::ok(name, what),
        Status::Warning => Check::warning(name, what, remedy),
        Status::Problem => Check::problem(name, what, remedy),
    }
}

fn said(means: &str, until: Option<Date>) -> String {
    until.map_or_else(
        || format!("{means}, without a last day"),
        |until| format!("{means} until {until}"),
    )
}

fn judged(until: Option<Date>, today: Date) -> Status {
    let Some(until) = until else { return Status::Ok };
    let soon = today.saturating_add(SOON_DAYS.days());
    if until < today {
        Status::Problem
    } else if until < soon {
        Status::Warning
    } else {
        Status::Ok
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn r30_a_policy_that_ends_is_said_in_time() {
        let day = |text: &str| text.parse::<Date>().unwrap();
        let today = day("2026-11-26");
        assert_eq!(judged(None, today), Status::Ok);
        assert_eq!(judged(Some(day("2029-12-31")), today), Status::Ok);
        assert_eq!(judged(Some(day("2027-01-31")), today), Status::Warning);
        assert_eq!(judged(Some(today), today), Status::Warning, "its last day is still one");
        assert_eq!(judged(Some(day("2026-11-25")), today), Status::Problem);
    }
}
