//! What the faces share, built once by the server.

use crate::i18n::Texts;
use crate::service::Core;
use crate::service::network_throttle::NetworkThrottle;
use crate::web::kit::faces::Faces;
use crate::web::kit::floor::Floor;

#[derive(Debug)]
pub struct App {
    pub core: Core,
    pub texts: Texts,
    pub throttle: NetworkThrottle,
    pub floor: Floor,
    pub faces: Faces,
}
