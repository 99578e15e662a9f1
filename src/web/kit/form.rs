//! Is a posted form one of ours, from this browser, and not one of too many?

use actix_web::http::header;

use crate::crypto::csrf;
use crate::service::network_throttle::Way;
use crate::web::kit::context::Context;
use crate::web::kit::failure::Failure;

impl Context<'_> {
    /// Before anything else is done with a form that a stranger can send, and that nobody can send by guessing.
    ///
    /// # Errors
    /// This network sends too fast.
    pub fn admit(&self) -> Result<(), Failure> {
        self.admit_by(Way::Unguessable)
    }

    /// Before anything else is done with a form that holds a code.
    ///
    /// # Errors
    /// This network, or this lab's strangers together, send too fast.
    pub fn admit_sign_in(&self) -> Result<(), Failure> {
        match self.device() {
            Some(token) => self.admit_by(Way::KnownDevice(token.hashed())),
            None => self.admit_by(Way::Stranger(self.realm())),
        }
    }

    fn admit_by(&self, way: Way<'_>) -> Result<(), Failure> {
        self.app.throttle.admit(self.client, way).map_err(|wait| {
            self.app.core.metrics.network_throttled();
            Failure::TooFast(wait)
        })
    }

    /// False: the form was not made by us for this browser, or was sent by another site's page.
    pub fn made_form(&self, csrf_field: &str) -> bool {
        let headers = self.request.headers();
        let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
        let origin = self.face.lab.portal_origin();
        let same_origin = text(header::ORIGIN).is_none_or(|sent| sent == origin);
        let same_site = text(header::HeaderName::from_static("sec-fetch-site"))
            .is_none_or(|from| matches!(from, "same-origin" | "none"));
        let matches = csrf::csrf_matches(&self.app.core.keyring, &self.browser().hashed(), csrf_field);
        same_origin && same_site && matches
    }
}
