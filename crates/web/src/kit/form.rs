//! Is a posted form one of ours, from this browser?

use actix_web::http::header;

use crate::kit::context::Context;
use crypto::csrf;

impl Context<'_> {
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
