//! Telling people that a list with their identifier circulates: mails, letters, the report.

mod bounces;
mod incident;
mod letters;
mod mails;
mod report;
