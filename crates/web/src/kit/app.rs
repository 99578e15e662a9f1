//! What the faces share, built once by the server.

use crate::kit::faces::Faces;
use crate::kit::floor::Floor;
use i18n::Texts;
use machinery::network_throttle::NetworkThrottle;
use service::Core;

#[derive(Debug)]
pub struct App {
    pub core: Core,
    pub texts: Texts,
    pub throttle: NetworkThrottle,
    pub floor: Floor,
    pub faces: Faces,
}
