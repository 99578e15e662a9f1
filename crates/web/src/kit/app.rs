//! What the faces share, built once by the server.

use crate::kit::faces::Faces;
use crate::kit::floor::Floor;
use i18n::Texts;
use machinery::minute::OncePerMinute;
use machinery::network_throttle::NetworkThrottle;
use service::Core;

#[derive(Debug)]
pub struct App {
    pub core: Core,
    pub texts: Texts,
    pub throttle: NetworkThrottle,
    pub floor: Floor,
    pub faces: Faces,
    /// For the log: a proxy that says nothing readable says it with every request.
    pub unreadable_addresses: OncePerMinute,
    /// For the log: what proxies ask and nobody can answer.
    pub unanswered_questions: OncePerMinute,
}
