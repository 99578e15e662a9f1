//! What a lab does for its patients: bring them in from the LIS, hand over lab codes, grant a record to somebody else.

mod columns;
mod decide;
mod grant;
mod import;
mod lab_code;
mod lines;
mod row;
mod survey;

pub use columns::{ColumnMap, Field, MalformedMap};
pub use grant::{GrantError, grant};
pub use import::{BadLine, ImportReport, Notice, import};
pub use lab_code::{IssueError, issue_lab_code};
pub use row::Reason;
pub(super) use row::{email, name};
