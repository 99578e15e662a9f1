//! What is said to patients and to the laboratory's own people.

pub mod alert_deliveries;
pub mod alerts;
pub mod outbox;
