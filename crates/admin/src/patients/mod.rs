//! What a lab does for its patients: bring them in from the LIS, hand over lab codes, grant a record to another person.

mod canary;
mod columns;
mod correct;
mod damage;
mod dates;
mod decide;
mod grant;
mod import;
mod invite;
mod lab_code;
mod legacy;
mod lines;
mod notice;
mod readable;
mod row;
mod survey;

pub use canary::{Canary, CanaryError, make_canaries};
pub use columns::{ColumnMap, Field, LegacyColumns, MalformedMap, NoSource, Source};
pub use correct::{Act, CorrectionError, correct, find_conflicts};
pub use grant::{GrantError, grant};
pub use import::{ImportReport, import};
pub use invite::{Invitation, InviteError, invite};
pub use lab_code::{IssueError, issue_lab_code};
pub use legacy::LegacyReport;
pub use notice::{BadLine, Notice};
pub use readable::find_readable;
pub use row::Reason;
pub(super) use row::{email, name};
