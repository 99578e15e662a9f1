//! Linking an app (or program, or device) that shows codes.

use askama::Template;

use super::{Alert, Chrome, Qr, Step};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EnrolError {
    WrongCode,
    Wait { seconds: u64 },
    Busy { seconds: u64 },
    Expired,
}

#[derive(Clone, Debug, Template)]
#[template(path = "enrol_totp.html")]
pub struct EnrolTotp<'a> {
    pub chrome: Chrome<'a>,
    pub step: Option<Step>,
    /// Where the form is sent.
    pub action: &'a str,
    /// `otpauth://totp/…`, opened by apps on the same device.
    pub otpauth_url: &'a str,
    /// [`Qr::of`] the same address; without it the page shows the key alone.
    pub qr: Option<Qr>,
    /// The secret in base32, without padding or spaces.
    pub secret: &'a str,
    pub error: Option<EnrolError>,
}

impl EnrolTotp<'_> {
    fn title(&self) -> String {
        self.chrome.title(&self.chrome.t("enrol-title"), self.error.is_some())
    }

    fn alert(&self) -> Option<Alert> {
        let chrome = &self.chrome;
        self.error.map(|error| match error {
            EnrolError::WrongCode => Alert::of(chrome, "enrol-wrong-title", &["enrol-wrong-next", "enrol-wrong-clock"]),
            EnrolError::Wait { seconds } => Alert::pause(chrome, seconds),
            EnrolError::Busy { seconds } => Alert::busy(chrome, seconds),
            EnrolError::Expired => Alert::expired(chrome),
        })
    }

    fn is_code_wrong(&self) -> bool {
        self.error == Some(EnrolError::WrongCode)
    }
}
