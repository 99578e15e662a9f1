//! What goes back to the client through the browser.

use url::Url;

use super::WayBack;
use crate::Refusal;
use domain::authorization::ResponseMode;

/// Where it goes, how, and what it says, in order.
#[derive(Debug)]
pub struct Response {
    pub redirect_uri: String,
    pub mode: ResponseMode,
    pub fields: Vec<(&'static str, String)>,
}

impl Response {
    /// `iss` says who answers, so that a client of several issuers cannot be led astray (RFC 9207).
    fn of(back: &WayBack, issuer: &str, told: Vec<(&'static str, String)>) -> Self {
        let mut fields = told;
        fields.extend(back.state.clone().map(|state| ("state", state)));
        fields.push(("iss", issuer.to_owned()));
        Self {
            redirect_uri: back.redirect_uri.clone(),
            mode: back.mode,
            fields,
        }
    }

    pub fn code(back: &WayBack, issuer: &str, code: &str) -> Self {
        Self::of(back, issuer, vec![("code", code.to_owned())])
    }

    pub fn refusal(back: &WayBack, issuer: &str, refusal: &Refusal) -> Self {
        let told = vec![
            ("error", refusal.error.as_str().to_owned()),
            ("error_description", refusal.description.to_owned()),
        ];
        Self::of(back, issuer, told)
    }

    /// The client's address with the fields in its query.
    pub fn location(&self) -> String {
        let Ok(mut url) = Url::parse(&self.redirect_uri) else {
            return self.redirect_uri.clone();
        };
        url.query_pairs_mut()
            .extend_pairs(self.fields.iter().map(|(name, value)| (*name, value.as_str())));
        url.into()
    }
}
