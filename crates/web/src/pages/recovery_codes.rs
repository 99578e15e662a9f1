//! The recovery codes, shown until they are kept.

use askama::Template;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use zeroize::Zeroizing;

use super::{Chrome, Step};

#[derive(Clone, Debug, Template)]
#[template(path = "recovery_codes.html")]
pub struct RecoveryCodes<'a> {
    pub chrome: Chrome<'a>,
    pub step: Option<Step>,
    /// In the form in which they are to be typed.
    pub codes: &'a [Zeroizing<String>],
}

impl RecoveryCodes<'_> {
    fn title(&self) -> String {
        self.chrome.title(&self.chrome.t("recovery-title"), false)
    }

    /// The codes as a text file inside the link: nothing is stored or asked of the server for it.
    fn download(&self) -> String {
        let mut text = self.chrome.t1("recovery-file-title", "lab", self.chrome.lab);
        text.push_str("\r\n\r\n");
        for code in self.codes {
            text.push_str(code);
            text.push_str("\r\n");
        }
        format!(
            "data:text/plain;charset=utf-8,{}",
            utf8_percent_encode(&text, NON_ALPHANUMERIC)
        )
    }
}
